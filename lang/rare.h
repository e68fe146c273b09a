// What few have: an optional and a list that take no more than a pointer where there is nothing.
//
// The plan in force stays in memory whole, and most of what a rule can say most rules do not say.
// To be used as std::optional and std::vector are. Values: copies are copies, and equal when what
// they hold is.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

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

template <typename T>
class RareList {
  public:
    RareList() = default;
    RareList(std::vector<T> values) {
        if (!values.empty()) values_ = std::move(values);
    }
    RareList(std::initializer_list<T> values) : RareList(std::vector<T>(values)) {}

    const std::vector<T>& list() const {
        static const std::vector<T> none;
        return values_ ? *values_ : none;
    }
    operator const std::vector<T>&() const { return list(); }
    std::vector<T>& edit() { return values_ ? *values_ : values_.emplace(); }
    auto begin() const { return list().begin(); }
    auto end() const { return list().end(); }
    // Iterators made of nothing are equal: a walk over an empty list makes none.
    auto begin() { return values_ ? values_->begin() : typename std::vector<T>::iterator{}; }
    auto end() { return values_ ? values_->end() : typename std::vector<T>::iterator{}; }
    bool empty() const { return list().empty(); }
    std::size_t size() const { return list().size(); }
    const T& operator[](std::size_t index) const { return list()[index]; }
    const T& front() const { return list().front(); }
    const T& back() const { return list().back(); }
    void push_back(T value) { edit().push_back(std::move(value)); }
    void clear() { values_.reset(); }

    bool operator==(const RareList& other) const { return list() == other.list(); }

  private:
    Rare<std::vector<T>> values_{};
};

}  // namespace sop::lang
