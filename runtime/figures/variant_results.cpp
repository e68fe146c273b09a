#include "runtime/figures/variant_results.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <variant>

#include "runtime/scheduler/flow.h"

namespace sop::runtime {

namespace {

constexpr std::size_t page_rows = 5000;

// One group or member, however many such messages it got.
struct Receiver {
    bool answered = false;
    bool open = false;
};

struct Receivers {
    std::int64_t sent = 0;
    std::map<std::string, Receiver> by_subject{};
};

// The content a message was made of; nullptr where it was written in place or nobody knows.
const lang::Content* content_of(const DueDelivery& due, const FindPlan& find_plan) {
    const lang::Plan* plan = find_plan(due.firing.plan);
    const lang::Rule* rule = plan ? lang::find_rule(*plan, due.playbook, due.rule) : nullptr;
    if (rule == nullptr) return nullptr;
    const auto* deliver =
        std::get_if<lang::Deliver>(&action_of(*rule, {due.delivery.step, due.delivery.action}));
    if (deliver == nullptr) return nullptr;
    const lang::Content& content = plan->contents.at(deliver->content);
    return content.name.empty() ? nullptr : &content;
}

bool has_answered(Store& store, const DueDelivery& due, const Answering& answering, Instant until) {
    const auto events = store.events_of(due.subject_kind, due.subject, answering.event,
                                        *due.delivery.settled_at, until);
    return std::any_of(events.begin(), events.end(), [&](const Event& event) {
        if (!answering.field) return true;
        const auto field = event.fields.find(*answering.field);
        return field != event.fields.end() && field->second == answering.value;
    });
}

}  // namespace

std::vector<VariantResult> variant_results(Store& store, const FindPlan& find_plan, Instant from,
                                           Instant to, const Answering& answering, Instant now) {
    std::map<std::tuple<std::string, std::string, lang::SubjectKind>, Receivers> forms;
    DeliveryFilter filter{.state = DeliveryState::sent, .limit = page_rows};
    for (;;) {
        const auto page = store.list_deliveries(filter);
        for (const DueDelivery& due : page) {
            const Delivery& delivery = due.delivery;
            if (delivery.variant.empty() || !delivery.settled_at) continue;
            if (delivery.planned_for < from || delivery.planned_for >= to) continue;
            const lang::Content* content = content_of(due, find_plan);
            if (content == nullptr) continue;
            Receivers& form = forms[{content->name, delivery.variant, due.subject_kind}];
            ++form.sent;
            Receiver& receiver = form.by_subject[due.subject];
            const Instant until = *delivery.settled_at + answering.within;
            receiver.open = receiver.open || until > now;
            receiver.answered = receiver.answered || has_answered(store, due, answering, until);
        }
        if (page.size() < page_rows) break;
        filter.after = page.back().delivery.id;
    }
    std::vector<VariantResult> results;
    for (const auto& [key, form] : forms) {
        const auto& [content, variant, kind] = key;
        VariantResult result{content, variant, kind, form.sent, {}, 0};
        for (const auto& [subject, receiver] : form.by_subject) {
            if (receiver.open) {
                ++result.open;
                continue;
            }
            ++result.answered.of;
            if (receiver.answered) ++result.answered.hits;
        }
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace sop::runtime
