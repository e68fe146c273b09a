#include "runtime/scheduler/collecting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/migration.h"

namespace sop::runtime {

namespace {

constexpr std::string_view branch_mark = "branch:";
constexpr std::int64_t quantity_max = 1'000'000'000;

// Takes a number and the sign behind it off the front.
template <typename Number>
bool take_number(std::string_view& text, char sign, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto length = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || length >= text.size() || text[length] != sign) return false;
    text.remove_prefix(length + 1);
    return true;
}

}  // namespace

std::optional<std::int64_t> quantity_of(const lang::Collect& collect, const Event& event,
                                        const lang::Plan& plan) {
    if (collect.field.empty()) return 1;
    const auto text = event_field(plan, event, collect.field);
    if (!text) return std::nullopt;
    std::int64_t quantity = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), quantity);
    const bool is_whole = error == std::errc{} && end == text->data() + text->size();
    if (!is_whole || quantity < 1 || quantity > quantity_max) return std::nullopt;
    return quantity;
}

CollectDecision decide_entry(const lang::Collect& collect, const Collection& collection,
                             std::int64_t of_member, std::optional<std::int64_t> quantity) {
    if (!quantity || collection.is_full) return {};
    const bool fits = collect.limit == 0 || collection.taken + *quantity <= collect.limit;
    const bool may_have = collect.per_member == 0 || of_member + *quantity <= collect.per_member;
    if (!fits || !may_have) return {};
    return {true, collect.limit != 0 && collection.taken + *quantity == collect.limit};
}

std::string list_text(const lang::Collect& collect, const std::vector<ListedEntry>& entries) {
    std::string text;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i > 0) text += '\n';
        text += fmt::format("{}. {}", i + 1, entries[i].name);
        if (!collect.field.empty()) text += fmt::format(" ×{}", entries[i].quantity);
    }
    return text;
}

std::optional<std::int64_t> left_of(const lang::Collect& collect, const Collection& collection) {
    if (collect.limit == 0) return std::nullopt;
    return collection.is_full ? 0 : collect.limit - collection.taken;
}

std::string branch_firing_key(const BranchKey& key) {
    return fmt::format("{}{}/{}/{}/{}/{}", branch_mark, key.of.run, key.of.step, key.of.action,
                       key.label, key.what);
}

std::optional<BranchKey> read_branch_key(const std::string& firing_key) {
    if (!firing_key.starts_with(branch_mark)) return std::nullopt;
    const std::string key = original_key(firing_key);
    std::string_view rest = std::string_view(key).substr(branch_mark.size());
    BranchKey read;
    if (!take_number(rest, '/', read.of.run) || !take_number(rest, '/', read.of.step) ||
        !take_number(rest, '/', read.of.action))
        return std::nullopt;
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    read.label = rest.substr(0, slash);
    read.what = rest.substr(slash + 1);
    return read;
}

int count_newer_listings(const lang::Collect& collect, const Collection& collection, Instant at,
                         Instant now) {
    if (collect.every.count() <= 0 || now <= at) return 0;
    const Instant last = std::min(now, collection.closes_at - std::chrono::milliseconds{1});
    if (last <= at) return 0;
    const auto newer = (last - at) / std::chrono::milliseconds(collect.every);
    return static_cast<int>(
        std::min<std::int64_t>(newer, std::numeric_limits<int>::max()));
}

}  // namespace sop::runtime
