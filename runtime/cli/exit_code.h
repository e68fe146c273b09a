#pragma once

#include <string>

#include "runtime/error.h"

namespace sop::runtime::cli {

// What `sop` exits with.
inline constexpr int exit_fine = 0;
inline constexpr int exit_findings =
    1;  // the text has errors, is not formatted, a row of an import is bad
inline constexpr int exit_failed = 2;    // wrong usage, or a file, database or network that failed
inline constexpr int exit_internal = 3;  // sop itself is wrong

// Something a command cannot go on from: what, where, how to mend it. Ends the program with
// exit_failed.
class CommandError : public Error {
  public:
    using Error::Error;
};

}  // namespace sop::runtime::cli
