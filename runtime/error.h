// The world failed: a file, a database, the network, or what was asked for cannot be done. One line
// for the person at the terminal: what, where, how to mend it. What is wrong with an author's text
// is a diagnostic (lang/diagnostic.h), and what becomes of a message is a value
// (runtime/store/store.h), never an error.
#pragma once

#include <exception>
#include <string>

namespace sop::runtime {

class Error : public std::exception {
  public:
    explicit Error(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string what_;
};

}  // namespace sop::runtime
