#pragma once

#include <exception>
#include <string>

namespace sop::runtime::cli {

// What `sop` exits with.
inline constexpr int exit_fine = 0;
inline constexpr int exit_findings = 1;  // the text has errors, is not formatted, a row of an import is bad
inline constexpr int exit_failed = 2;    // wrong usage, or a file, database or network that failed
inline constexpr int exit_internal = 3;  // sop itself is wrong

// Something a command cannot go on from: what, where, how to mend it. Ends the program with exit_failed.
class CommandError : public std::exception {
  public:
    explicit CommandError(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string what_;
};

}  // namespace sop::runtime::cli
