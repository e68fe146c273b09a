// The Chinese of every pattern.
#pragma once

#include <string_view>
#include <unordered_map>

namespace sop::lang {

// From the English pattern. Where Chinese wants another order the arguments are numbered: `{1}`.
const std::unordered_map<std::string_view, std::string_view>& messages_zh_cn();

}  // namespace sop::lang
