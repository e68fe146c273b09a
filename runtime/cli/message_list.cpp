#include "runtime/cli/message_list.h"

#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/text.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t text_cells = 30;

}  // namespace

std::string message_table(const std::vector<DueDelivery>& messages, std::size_t shown,
                          StoredPlans& plans) {
    Table table{{{"message", Table::Align::right},
                 {"planned for (UTC)"},
                 {"to"},
                 {"name"},
                 {"rule"},
                 {"step"},
                 {"channel"},
                 {"text"},
                 {"why"}},
                {}};
    for (std::size_t i = 0; i < std::min(shown, messages.size()); ++i) {
        const DueDelivery& due = messages[i];
        table.rows.push_back(
            {std::to_string(due.delivery.id), instant_text(due.delivery.planned_for), due.subject,
             due.subject_name, due.playbook + "." + due.rule, plans.step_of(due),
             due.delivery.channel, shortened(shown_line(due.text, due.form), text_cells),
             due.delivery.reason});
    }
    return render_table(table);
}

std::string asked_about_table(const std::vector<DueDelivery>& messages, std::size_t shown,
                              StoredPlans& plans) {
    Table table{{{"message", Table::Align::right},
                 {"planned for (UTC)"},
                 {"to"},
                 {"name"},
                 {"rule"},
                 {"step"},
                 {"channel"},
                 {"asked", Table::Align::right},
                 {"again at (UTC)"},
                 {"why"}},
                {}};
    for (std::size_t i = 0; i < std::min(shown, messages.size()); ++i) {
        const DueDelivery& due = messages[i];
        const Delivery& delivery = due.delivery;
        table.rows.push_back({std::to_string(delivery.id), instant_text(delivery.planned_for),
                              due.subject, due.subject_name, due.playbook + "." + due.rule,
                              plans.step_of(due), delivery.channel,
                              std::to_string(delivery.asks.value()),
                              instant_text(delivery.due_at.value()), delivery.reason});
    }
    return render_table(table);
}

nlohmann::json messages_json(const std::vector<DueDelivery>& messages, StoredPlans& plans) {
    auto list = nlohmann::json::array();
    for (const DueDelivery& due : messages) {
        const Delivery& delivery = due.delivery;
        nlohmann::json entry{
            {"message", delivery.id},
            {"planned_for", instant_text(delivery.planned_for)},
            {due.subject_kind == SubjectKind::group ? "group" : "member", due.subject},
            {"playbook", due.playbook},
            {"rule", due.rule},
            {"step", plans.step_of(due)},
            {"channel", delivery.channel},
            {"text", due.text},
            {"verb", std::string(to_text(due.form.verb))},
            {"why", delivery.reason}};
        if (delivery.asks) {
            entry["asks"] = *delivery.asks;
            entry["asked_again_at"] = instant_text(delivery.due_at.value());
        }
        if (delivery.unless_taken)
            entry["unless_taken"] = std::string(to_text(*delivery.unless_taken));
        list.push_back(std::move(entry));
    }
    return list;
}

}  // namespace sop::runtime::cli
