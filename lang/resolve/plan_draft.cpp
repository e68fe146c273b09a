#include "lang/resolve/plan_draft.h"

#include <utility>
#include <variant>

namespace sop::lang {

namespace {

// Its name, or how the text begins that was written in place.
std::string key_of(const Content& content) {
    if (!content.name.empty() || content.text.parts.empty()) return content.name;
    const auto* text = std::get_if<std::string>(&content.text.parts.front());
    return text ? *text : std::string();
}

}  // namespace

std::size_t PlanDraft::place_of(Content content) {
    const std::string key = key_of(content);
    const auto [begin, end] = content_places_.equal_range(key);
    for (auto known = begin; known != end; ++known) {
        if (contents[known->second] == content) return known->second;
    }
    content_places_.emplace(key, contents.size());
    contents.push_back(std::move(content));
    return contents.size() - 1;
}

}  // namespace sop::lang
