#include "runtime/scheduler/plan_channels.h"

#include "runtime/scheduler/flow.h"

namespace sop::runtime {

std::set<std::string> channels_used_by(const lang::Plan& plan) {
    std::set<std::string> names;
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) {
            names.insert(rule.via->begin(), rule.via->end());
            for (std::size_t step = 0; step < count_steps(rule); ++step) {
                for (const lang::Action& action : step_at(rule, step).actions) {
                    if (const auto* call = std::get_if<lang::Call>(&action))
                        names.insert(call->channel);
                }
            }
        }
    }
    return names;
}

}  // namespace sop::runtime
