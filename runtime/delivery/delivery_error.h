#pragma once

#include <string>

#include "runtime/error.h"

namespace sop::runtime {

// A channel cannot be set up: what, and how to mend it. What becomes of a single message is a
// value, not an error.
class DeliveryError : public Error {
  public:
    using Error::Error;
};

}  // namespace sop::runtime
