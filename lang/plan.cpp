#include "lang/plan.h"

#include <algorithm>

#include "lang/sha256.h"

namespace sop::lang {

bool Plan::operator==(const Plan& other) const {
    return edition == other.edition && zone_release == other.zone_release && tags == other.tags &&
           events == other.events && channels == other.channels &&
           std::equal(calendars.begin(), calendars.end(), other.calendars.begin(),
                      other.calendars.end(), calendar::is_same) &&
           contents == other.contents && playbooks == other.playbooks;
}

std::string rule_path(const Playbook& playbook, const Rule& rule) {
    return playbook.name + "." + rule.name;
}

const Rule* find_rule(const Plan& plan, const std::string& playbook, const std::string& name) {
    for (const Playbook& candidate : plan.playbooks) {
        if (candidate.name != playbook) continue;
        for (const Rule& rule : candidate.rules) {
            if (rule.name == name) return &rule;
        }
    }
    return nullptr;
}

std::string content_hash(const Plan& plan) {
    Plan written = plan;
    written.zone_release.clear();
    return hex_text(sha256(to_json(written)));
}

}  // namespace sop::lang
