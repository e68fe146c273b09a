// `sop report variants`: what came of each form of the contents that have several.
#include "lang/suggestion.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/report.h"
#include "runtime/cli/sheet.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/time_argument.h"
#include "runtime/figures/variant_results.h"
#include "runtime/scheduler/event_match.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

constexpr std::chrono::hours within_max{24 * 400};

void require_content(const ReportScene& scene, const Answering& answering) {
    std::vector<std::string> names;
    for (const lang::Content& content : scene.plan.contents) names.push_back(content.name);
    if (std::find(names.begin(), names.end(), answering.value) != names.end()) return;
    throw CommandError(fmt::format("--event {}: there is no content `{}`{}", scene.options.event,
                                   answering.value, lang::did_you_mean(answering.value, names)));
}

// "order", or "opened(article_1)": its first field.
Answering read_answering(const ReportScene& scene) {
    const std::string& written = scene.options.event;
    const auto parenthesis = written.find('(');
    Answering answering;
    answering.event = written.substr(0, parenthesis);
    answering.within = parse_length(scene.options.within, within_max, "--within");
    std::vector<std::string> known{message_event, join_event, leave_event};
    const lang::EventType* type = nullptr;
    for (const lang::EventType& each : scene.plan.events) {
        known.push_back(each.name);
        if (each.name == answering.event) type = &each;
    }
    if (std::find(known.begin(), known.end(), answering.event) == known.end()) {
        const std::string meant = lang::did_you_mean(answering.event, known);
        throw CommandError(fmt::format(
            "--event {}: no playbook declares it{}", written,
            meant.empty() ? "; name one of the plan in force, such as `--event order`" : meant));
    }
    if (parenthesis == std::string::npos) return answering;
    if (type == nullptr || type->fields.empty() || !written.ends_with(')'))
        throw CommandError(
            fmt::format("--event {}: expected an event, or an event and the value of its first "
                        "field, as in `opened(article_1)`",
                        written));
    answering.field = type->fields.front().name;
    answering.value = written.substr(parenthesis + 1, written.size() - parenthesis - 2);
    if (type->fields.front().type == lang::ValueType::content) require_content(scene, answering);
    return answering;
}

// As the plan in force has them; what it does not have comes behind.
void put_in_order(std::vector<VariantResult>& results, const lang::Plan& plan) {
    const auto place = [&](const VariantResult& result) {
        for (std::size_t i = 0; i < plan.contents.size(); ++i) {
            if (plan.contents[i].name != result.content) continue;
            const auto& forms = plan.contents[i].variants;
            for (std::size_t form = 0; form < forms.size(); ++form) {
                const std::string name =
                    forms[form].name.empty() ? std::to_string(form + 1) : forms[form].name;
                if (name == result.variant) return std::pair(i, form);
            }
            return std::pair(i, forms.size());
        }
        return std::pair(plan.contents.size(), std::size_t{0});
    };
    std::stable_sort(
        results.begin(), results.end(),
        [&](const VariantResult& a, const VariantResult& b) { return place(a) < place(b); });
}

std::string share_text(double share) {
    return fmt::format("{:.4f}", share);
}

std::string share_text(const Share& share) {
    if (share.of == 0) return "";
    return share_text(static_cast<double>(share.hits) / static_cast<double>(share.of));
}

Sheet make_sheet(const std::vector<VariantResult>& results) {
    using enum Sheet::Kind;
    Sheet sheet{{{"content"},
                 {"variant"},
                 {"sent", number},
                 {"to"},
                 {"counted", number},
                 {"open", number},
                 {"answered", number},
                 {"share", number},
                 {"low", number},
                 {"high", number},
                 {"chance", number}},
                {}};
    const VariantResult* first = nullptr;  // of the same content and kind
    for (const VariantResult& result : results) {
        const bool is_first =
            first == nullptr || first->content != result.content || first->kind != result.kind;
        if (is_first) first = &result;
        const auto interval = confidence_interval(result.answered);
        const auto chance =
            is_first ? std::nullopt : chance_of_difference(first->answered, result.answered);
        sheet.rows.push_back({result.content, result.variant, std::to_string(result.sent),
                              result.kind == SubjectKind::group ? "groups" : "members",
                              std::to_string(result.answered.of), std::to_string(result.open),
                              std::to_string(result.answered.hits), share_text(result.answered),
                              interval ? share_text(interval->from) : "",
                              interval ? share_text(interval->to) : "",
                              chance ? share_text(*chance) : ""});
    }
    return sheet;
}

}  // namespace

int report_variants(const ReportScene& scene) {
    const Answering answering = read_answering(scene);
    StoredPlans plans(scene.store);
    const auto start_of = [&](date::local_days day) {
        return Instant(scene.zone->to_instant(date::local_seconds(day)));
    };
    auto results = variant_results(
        scene.store, [&](PlanVersion version) { return &plans.plan_of(version); },
        start_of(scene.span.from), start_of(scene.span.until + date::days{1}), answering,
        scene.store.present_until().value_or(Instant{}));
    put_in_order(results, scene.plan);
    const ReportOptions& options = scene.options;
    if (results.empty() && options.format == OutputFormat::text) {
        fmt::print("No message of a content with several forms was sent from {} to {}.\n",
                   lang::calendar::date_text(scene.span.from),
                   lang::calendar::date_text(scene.span.until));
        return exit_fine;
    }
    fmt::print("{}", render(make_sheet(results), options.format,
                            {{"from", lang::calendar::date_text(scene.span.from)},
                             {"until", lang::calendar::date_text(scene.span.until)},
                             {"event", options.event},
                             {"within", options.within}}));
    if (options.format == OutputFormat::text)
        fmt::print(
            "\nanswered: `{}` within {} of the message. low, high: where the true share lies, 95 "
            "times of 100.\nchance: how likely so great a difference from the first form is by "
            "chance alone.\n",
            options.event, options.within);
    return exit_fine;
}

}  // namespace sop::runtime::cli
