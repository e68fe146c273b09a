// What many have alike: a value that is kept once for all who share it.
//
// A plan stays in memory whole, and the rules of a playbook say much that is the same. To be used
// as a pointer to const; who changes his value gets one of his own. Equal when the values are.
#pragma once

#include <memory>
#include <utility>

namespace sop::lang {

template <typename T>
class Shared {
  public:
    Shared() : value_(usual()) {}
    Shared(T value) : value_(std::make_shared<T>(std::move(value))) {}

    const T& operator*() const { return *value_; }
    const T* operator->() const { return value_.get(); }

    // A copy of its own, good to be changed until it is shared.
    T& edit() {
        value_ = std::make_shared<T>(*value_);
        return *value_;
    }
    // Takes the other's value where it is equal to this one's.
    void share(const Shared& other) {
        if (*this == other) value_ = other.value_;
    }

    bool operator==(const Shared& other) const {
        return value_ == other.value_ || *value_ == *other.value_;
    }

  private:
    static const std::shared_ptr<T>& usual() {
        static const std::shared_ptr<T> value = std::make_shared<T>();
        return value;
    }

    std::shared_ptr<T> value_;
};

}  // namespace sop::lang
