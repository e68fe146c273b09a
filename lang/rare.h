// What few have: an optional that takes no more than a pointer where there is nothing.
//
// The plan in force stays in memory whole, and most of what a rule can say most rules do not say.
// To be used as std::optional is. A value: copies are copies, and equal when what they hold is.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace sop::lang {

template <typename T>
class Rare {
  public:
    Rare() = default;
    Rare(std::nullopt_t) {}
    template <typename Other = T>
        requires std::convertible_to<Other&&, T>
    Rare(Other&& value) : value_(std::make_unique<T>(std::forward<Other>(value))) {}
    Rare(std::optional<T> value) {
        if (value) value_ = std::make_unique<T>(*std::move(value));
    }
    Rare(const Rare& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    Rare(Rare&&) noexcept = default;
    Rare& operator=(const Rare& other) {
        if (this != &other) value_ = other ? std::make_unique<T>(*other) : nullptr;
        return *this;
    }
    Rare& operator=(Rare&&) noexcept = default;
    ~Rare() = default;

    explicit operator bool() const { return value_ != nullptr; }
    bool has_value() const { return value_ != nullptr; }
    const T& operator*() const { return *value_; }
    T& operator*() { return *value_; }
    const T* operator->() const { return value_.get(); }
    T* operator->() { return value_.get(); }
    void reset() { value_.reset(); }
    template <typename... Arguments>
    T& emplace(Arguments&&... arguments) {
        value_ = std::make_unique<T>(std::forward<Arguments>(arguments)...);
        return *value_;
    }

    bool operator==(const Rare& other) const {
        return value_ == nullptr || other.value_ == nullptr ? value_ == other.value_
                                                            : *value_ == *other.value_;
    }

  private:
    std::unique_ptr<T> value_{};
};

}  // namespace sop::lang
