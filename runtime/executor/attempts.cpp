#include "runtime/executor/attempts.h"

#include "runtime/delivery/delivery_key.h"
#include "runtime/executor/settlement.h"
#include "runtime/scheduler/flow.h"

namespace sop::runtime {

Attempt attempt_at(const DueDelivery& due, const lang::Rule& rule, int number) {
    const Delivery& delivery = due.delivery;
    Attempt attempt;
    attempt.delivery = delivery.id;
    attempt.playbook = due.playbook;
    attempt.rule = due.rule;
    attempt.step = step_path(rule, delivery.step);
    attempt.key = delivery_key(
        {due.playbook, due.rule, due.firing.key, run_subject(due), attempt.step, delivery.action});
    attempt.target_kind = due.subject_kind;
    attempt.target = due.subject;
    attempt.target_name = due.subject_name;
    attempt.text = due.text;
    attempt.planned_for = delivery.planned_for;
    attempt.number = number;
    return attempt;
}

}  // namespace sop::runtime
