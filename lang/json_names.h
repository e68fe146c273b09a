// Enumerators by their names in the JSON of plans.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/plan.h"

namespace sop::lang {

template <typename Enum>
using Names = std::vector<std::pair<Enum, std::string_view>>;

template <typename Enum>
std::string name_of(const Names<Enum>& names, Enum value) {
    for (const auto& [candidate, name] : names) {
        if (candidate == value) return std::string(name);
    }
    throw PlanFormatError("an enumerator without a name");
}

template <typename Enum>
Enum value_of(const Names<Enum>& names, const std::string& name) {
    for (const auto& [value, candidate] : names) {
        if (candidate == name) return value;
    }
    throw PlanFormatError(
        fmt::format("the plan says `{}`, which this version does not know", name));
}

}  // namespace sop::lang
