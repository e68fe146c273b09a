#include "runtime/scheduler/variant.h"

#include <algorithm>
#include <numeric>

#include "runtime/scheduler/stable_hash.h"

namespace sop::runtime {

namespace {

std::uint64_t weight_of(const lang::Variant& variant) {
    return static_cast<std::uint64_t>(std::max(variant.weight, 1));
}

// The one that a share of all weights falls to.
std::size_t at_share(const lang::Content& content, std::uint64_t share) {
    std::uint64_t through = 0;
    for (std::size_t i = 0; i < content.variants.size(); ++i) {
        through += weight_of(content.variants[i]);
        if (share < through) return i;
    }
    return content.variants.size() - 1;
}

std::uint64_t chance(const lang::Content& content, const MessageIdentity& message) {
    const char* kind = message.target.kind == SubjectKind::group ? "group" : "member";
    const bool are_compared = !content.variants.front().name.empty();
    if (are_compared) return stable_hash({content.name, ":", kind, ":", message.target.id});
    return stable_hash({content.name, ":", kind, ":", message.target.id, "/", message.firing_key,
                        "/", message.step});
}

}  // namespace

PickedVariant pick_variant(const lang::Content& content, const MessageIdentity& message,
                           std::int64_t turns) {
    const auto& variants = content.variants;
    if (variants.empty()) return {};
    const std::uint64_t whole = std::accumulate(
        variants.begin(), variants.end(), std::uint64_t{0},
        [](std::uint64_t sum, const lang::Variant& each) { return sum + weight_of(each); });
    std::size_t picked = 0;
    switch (content.pick) {
        case lang::Content::Pick::first:
            break;
        case lang::Content::Pick::rotate:
            picked = at_share(content, static_cast<std::uint64_t>(turns) % whole);
            break;
        case lang::Content::Pick::random:
            picked = at_share(content, chance(content, message) % whole);
            break;
    }
    const lang::Variant& variant = variants[picked];
    if (variants.size() == 1) return {&variant, variant.name};
    return {&variant, variant.name.empty() ? std::to_string(picked + 1) : variant.name};
}

}  // namespace sop::runtime
