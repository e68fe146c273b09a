#include "runtime/scheduler/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "lang/sha256.h"

namespace sop::runtime {

namespace {

constexpr std::size_t short_hash_bytes = 16;

}  // namespace

std::string draw_seed(std::string_view secret, std::string_view rule, std::string_view firing_key,
                      std::string_view subject) {
    // Each part carries its length, as names may hold any character.
    std::string text;
    for (const std::string_view part : {secret, rule, firing_key, subject})
        text += fmt::format("{}:{}", part.size(), part);
    return lang::hex_text(lang::sha256(text), short_hash_bytes);
}

std::string draw_seal(std::string_view seed) {
    return lang::hex_text(lang::sha256(seed), short_hash_bytes);
}

std::string draw_number(std::string_view seed, std::string_view draw, std::string_view event) {
    return lang::hex_text(lang::sha256(fmt::format("{}/{}/{}", seed, draw, event)));
}

std::vector<StoredDrawEntry> hold_draw(const lang::Draw& draw, std::string_view seed,
                                       std::string_view name, const std::vector<Event>& events) {
    std::vector<StoredDrawEntry> entries;
    std::set<std::string> seen;
    for (const Event& event : events) {
        if (!event.member) continue;
        const bool is_first = seen.insert(*event.member).second;
        if (is_first || !draw.once_per_member) entries.push_back({event.id, *event.member, {}});
    }
    std::vector<std::pair<std::string, StoredDrawEntry*>> order;
    order.reserve(entries.size());
    for (StoredDrawEntry& entry : entries)
        order.emplace_back(draw_number(seed, name, entry.event), &entry);
    std::sort(order.begin(), order.end());
    std::set<std::string> won;
    for (const auto& [number, entry] : order) {
        if (won.size() == static_cast<std::size_t>(draw.winners)) break;
        if (won.insert(entry->member).second)
            entry->place = static_cast<std::int64_t>(won.size());
    }
    return entries;
}

}  // namespace sop::runtime
