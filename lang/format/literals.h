// Literals in their one canonical form.
#pragma once

#include <string>
#include <string_view>

#include "lang/keywords.h"

namespace sop::lang::formatting {

// `8:00` and `08：00` as `08:00`.
std::string padded_time(std::string_view written);
// `2026-1-5` as `2026-01-05`.
std::string padded_date(std::string_view written);
// `1h30m` as `1小时30分钟`, `1天` as `1 day`.
std::string duration_text(std::string_view written, Dialect from, Dialect to);
// Of `1st` and `第1`.
int ordinal_number(std::string_view written);
bool is_one(std::string_view digits);

// What stands between `"""` and `"""`, without what is layout of it.
std::string without_layout(std::string inner);
// A text in quotes: straight ones if it has none itself. `between_holes` is what of it stands
// outside holes, where a quote would end it. Several lines stand between `"""` and `"""`, at the
// indent given.
std::string quoted_text(const std::string& inner, std::string_view between_holes,
                        std::size_t indent);

}  // namespace sop::lang::formatting
