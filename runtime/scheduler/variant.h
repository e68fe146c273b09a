// Which form of a content a message takes, where there are several.
//
// `first` always takes the first. In turn (`rotate`) each target gets one after the other, over all
// runs and rules, so that nothing comes again before all have come; a weight of 2 is two turns in a
// row. By chance (`random`) a hash decides, so that the same run takes the same form wherever and
// how often it is decided: for forms with names, which are compared with one another, the target
// alone counts, so that nobody sees two of them; for others the firing and the step as well.
#pragma once

#include <string>
#include <string_view>

#include "lang/plan.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct MessageIdentity {
    std::string_view firing_key{};
    std::string_view step{};  // its path
    const Target& target;
};

struct PickedVariant {
    const lang::Variant* variant = nullptr;  // nullptr: there is one form of text only
    std::string name{};  // its own, or its place from 1 where it has none; empty for one form only
};
// `turns` is how many messages of the content the target was given before.
PickedVariant pick_variant(const lang::Content& content, const MessageIdentity& message,
                           std::int64_t turns);

}  // namespace sop::runtime
