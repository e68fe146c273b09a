// `sop report`: the plan's metrics, of groups, tags and owners, by the date.
#include "lang/suggestion.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/report.h"
#include "runtime/cli/sheet.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t page_rows = 1000;
// Up to so many columns figures stand beside one another, each metric a line.
constexpr std::size_t columns_beside_max = 8;
constexpr int places_shown = 4;

// Whose figures a row has.
struct Subject {
    std::string name;
    std::vector<std::string> groups;
};

std::vector<Group> read_groups(Store& store) {
    std::vector<Group> groups;
    for (std::string after;;) {
        const auto page = store.audience_page({.kind = SubjectKind::group}, after, page_rows);
        for (const std::string& id : page) groups.push_back(store.find_group(id).value());
        if (page.size() < page_rows) return groups;
        after = page.back();
    }
}

bool is_among(const std::vector<std::string>& wanted, const std::string& value) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool is_selected(const ReportOptions& options, const Group& group) {
    const bool has_tag = options.tags.empty() || std::any_of(group.tags.begin(), group.tags.end(),
                                                             [&](const std::string& tag) {
                                                                 return is_among(options.tags, tag);
                                                             });
    return is_among(options.groups, group.id) && is_among(options.owners, group.owner) && has_tag;
}

void require_known(const std::vector<std::string>& names, const std::set<std::string>& known,
                   const std::string& what) {
    for (const std::string& name : names) {
        if (known.contains(name)) continue;
        throw CommandError(fmt::format("there is no {} `{}`{}", what, name,
                                       lang::did_you_mean(name, {known.begin(), known.end()})));
    }
}

void require_known(const ReportOptions& options, const std::vector<Group>& groups) {
    std::set<std::string> ids;
    std::set<std::string> tags;
    std::set<std::string> owners;
    for (const Group& group : groups) {
        ids.insert(group.id);
        owners.insert(group.owner);
        tags.insert(group.tags.begin(), group.tags.end());
    }
    require_known(options.groups, ids, "group");
    require_known(options.tags, tags, "group with the tag");
    require_known(options.owners, owners, "group of the owner");
}

std::vector<Subject> subjects_of(const ReportScene& scene) {
    const ReportOptions& options = scene.options;
    std::vector<Group> groups = read_groups(scene.store);
    require_known(options, groups);
    const bool everything =
        options.groups.empty() && options.tags.empty() && options.owners.empty();
    std::erase_if(groups, [&](const Group& group) { return !is_selected(options, group); });
    std::map<std::string, Subject> by_name;
    for (const Group& group : groups) {
        const auto add = [&](const std::string& name) {
            Subject& subject = by_name[name];
            subject.name = name;
            subject.groups.push_back(group.id);
        };
        switch (options.per) {
            case ReportOptions::Per::all:
                add("all");
                break;
            case ReportOptions::Per::group:
                add(group.id);
                break;
            case ReportOptions::Per::tag:
                for (const std::string& tag : group.tags) {
                    if (is_among(options.tags, tag)) add(tag);
                }
                break;
            case ReportOptions::Per::owner:
                add(group.owner);
                break;
        }
    }
    // What happened in no group belongs to the whole alone.
    if (everything && options.per == ReportOptions::Per::all) {
        by_name["all"].name = "all";
        by_name["all"].groups.emplace_back(no_group);
    }
    std::vector<Subject> subjects;
    for (auto& [name, subject] : by_name) subjects.push_back(std::move(subject));
    return subjects;
}

std::vector<const lang::Metric*> metrics_of(const ReportScene& scene) {
    std::set<std::string> known;
    for (const lang::Metric& metric : scene.plan.metrics) known.insert(metric.name);
    if (known.empty())
        throw CommandError(
            "the plan in force declares no metric; `import std.metrics` brings the usual ones");
    require_known(scene.options.metrics, known, "metric");
    std::vector<const lang::Metric*> metrics;
    for (const lang::Metric& metric : scene.plan.metrics) {
        if (is_among(scene.options.metrics, metric.name)) metrics.push_back(&metric);
    }
    return metrics;
}

std::string span_text(const DateSpan& span) {
    const std::string from = lang::calendar::date_text(span.from);
    return span.from == span.until ? from : from + ".." + lang::calendar::date_text(span.until);
}

// To a few places: people compare, programs get all of it.
std::string shortened_number(const std::string& value) {
    const std::size_t point = value.find('.');
    const std::size_t end = std::min(value.find(' '), value.size());
    if (point == std::string::npos || end - point <= places_shown + 1) return value;
    return fmt::format("{:.{}f}", std::strtod(value.c_str(), nullptr), places_shown) +
           value.substr(end);
}

struct Figures {
    std::vector<Subject> subjects;
    std::vector<DateSpan> spans;
    std::vector<const lang::Metric*> metrics;
    std::map<std::tuple<std::size_t, std::size_t, std::size_t>, std::string> values;

    const std::string& at(std::size_t subject, std::size_t span, std::size_t metric) const {
        return values.at({subject, span, metric});
    }
};

Figures read_figures(const ReportScene& scene) {
    Figures figures{subjects_of(scene), split(scene.span, scene.options.by), metrics_of(scene), {}};
    GroupFigures reader(scene.store, scene.plan, *scene.zone, scene.span);
    for (std::size_t subject = 0; subject < figures.subjects.size(); ++subject) {
        for (std::size_t span = 0; span < figures.spans.size(); ++span) {
            for (std::size_t metric = 0; metric < figures.metrics.size(); ++metric)
                figures.values[{subject, span, metric}] =
                    reader
                        .value(*figures.metrics[metric], figures.subjects[subject].groups,
                               figures.spans[span])
                        .value_or("");
        }
    }
    return figures;
}

// A line for each subject and span.
Sheet sheet_of(const Figures& figures, bool is_short) {
    Sheet sheet{{{"of"}, {"from"}, {"until"}}, {}};
    for (const lang::Metric* metric : figures.metrics)
        sheet.columns.push_back({metric->name, Sheet::Kind::number});
    for (std::size_t subject = 0; subject < figures.subjects.size(); ++subject) {
        for (std::size_t span = 0; span < figures.spans.size(); ++span) {
            std::vector<std::string> row{figures.subjects[subject].name,
                                         lang::calendar::date_text(figures.spans[span].from),
                                         lang::calendar::date_text(figures.spans[span].until)};
            for (std::size_t metric = 0; metric < figures.metrics.size(); ++metric) {
                const std::string& value = figures.at(subject, span, metric);
                row.push_back(is_short ? shortened_number(value) : value);
            }
            sheet.rows.push_back(std::move(row));
        }
    }
    return sheet;
}

// A line for each metric, where few columns stand beside one another; with several spans of one
// subject, how it went.
Sheet sheet_by_metric(const Figures& figures) {
    const bool is_course = figures.subjects.size() == 1 && figures.spans.size() > 1;
    Sheet sheet{{{"metric"}}, {}};
    if (is_course) sheet.columns.push_back({"course"});
    for (const Subject& subject : figures.subjects) {
        for (const DateSpan& span : figures.spans) {
            const std::string name = figures.spans.size() == 1 ? subject.name : span_text(span);
            sheet.columns.push_back({name, Sheet::Kind::number});
        }
    }
    for (std::size_t metric = 0; metric < figures.metrics.size(); ++metric) {
        std::vector<std::string> values;
        for (std::size_t subject = 0; subject < figures.subjects.size(); ++subject) {
            for (std::size_t span = 0; span < figures.spans.size(); ++span)
                values.push_back(shortened_number(figures.at(subject, span, metric)));
        }
        std::vector<std::string> row{figures.metrics[metric]->name};
        if (is_course) row.push_back(sparkline(values));
        row.insert(row.end(), values.begin(), values.end());
        sheet.rows.push_back(std::move(row));
    }
    return sheet;
}

}  // namespace

int report_metrics(const ReportScene& scene) {
    const Figures figures = read_figures(scene);
    const OutputFormat format = scene.options.format;
    const bool is_text = format == OutputFormat::text;
    const std::size_t columns = figures.subjects.size() * figures.spans.size();
    const bool stands_beside = columns <= columns_beside_max &&
                               (figures.subjects.size() == 1 || figures.spans.size() == 1);
    if (is_text) fmt::print("{}, dates of {}\n\n", span_text(scene.span), scene.zone->name());
    const Sheet sheet =
        is_text && stands_beside ? sheet_by_metric(figures) : sheet_of(figures, is_text);
    fmt::print("{}", render(sheet, format,
                            {{"from", lang::calendar::date_text(scene.span.from)},
                             {"until", lang::calendar::date_text(scene.span.until)},
                             {"timezone", scene.zone->name()}}));
    return exit_fine;
}

}  // namespace sop::runtime::cli
