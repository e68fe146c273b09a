#pragma once

#include <exception>
#include <string>

namespace sop::runtime {

// A channel cannot be set up: what, and how to mend it. What becomes of a single message is a value, not an error.
class DeliveryError : public std::exception {
  public:
    explicit DeliveryError(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string what_;
};

}  // namespace sop::runtime
