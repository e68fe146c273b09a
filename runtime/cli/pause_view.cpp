#include "runtime/cli/pause_view.h"

#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

namespace {

std::string pause_name(const Pause& pause) {
    return pause.rule.empty() ? pause.playbook : pause.playbook + "." + pause.rule;
}

}  // namespace

std::vector<Pause> pauses_in_effect(Store& store) {
    auto pauses = store.list_pauses();
    std::erase_if(pauses, [](const Pause& pause) { return pause.resumed_at.has_value(); });
    return pauses;
}

std::string pauses_text(const std::vector<Pause>& pauses) {
    std::string text;
    for (const Pause& pause : pauses) {
        text += fmt::format(
            "{} is paused since {}: {}\n", pause_name(pause), instant_text(pause.since),
            pause.mode == PauseMode::hold ? "all of it waits" : "what it would do is skipped");
    }
    return text;
}

nlohmann::json pauses_json(const std::vector<Pause>& pauses) {
    auto list = nlohmann::json::array();
    for (const Pause& pause : pauses) {
        list.push_back({{"name", pause_name(pause)},
                        {"mode", std::string(to_text(pause.mode))},
                        {"since", instant_text(pause.since)}});
    }
    return list;
}

}  // namespace sop::runtime::cli
