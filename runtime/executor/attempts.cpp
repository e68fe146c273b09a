#include "runtime/executor/attempts.h"

#include "runtime/delivery/delivery_key.h"
#include "runtime/scheduler/flow.h"

namespace sop::runtime {

Attempt attempt_at(Store& store, const DueDelivery& due, const lang::Rule& rule, int number) {
    const Delivery& delivery = due.delivery;
    Attempt attempt;
    attempt.delivery = delivery.id;
    attempt.playbook = due.playbook;
    attempt.rule = due.rule;
    attempt.step = step_path(rule, delivery.step);
    DeliveryIdentity identity{due.playbook,    due.rule,     due.firing.key,
                              due.run_subject, attempt.step, delivery.action};
    if (delivery.target) {
        identity.target_kind = delivery.target->kind == SubjectKind::group ? "group" : "member";
        identity.target = delivery.target->id;
    }
    attempt.key = delivery_key(identity);
    attempt.target_kind = due.subject_kind;
    attempt.target = due.subject;
    attempt.target_name = due.subject_name;
    attempt.text = due.text;
    attempt.form = due.form;
    attempt.planned_for = delivery.planned_for;
    attempt.number = number;
    if (!is_message(action_of(rule, {delivery.step, delivery.action})))
        attempt.command = store.find_command(delivery.id);
    return attempt;
}

}  // namespace sop::runtime
