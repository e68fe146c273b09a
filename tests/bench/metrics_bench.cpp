// The metrics of 900 groups over 30 days, from counts kept by the day on a real file: all of
// std.metrics for each group by itself, for each tag, and for all as one crowd. One JSON object.
#include <fmt/format.h>

#include <filesystem>

#include "runtime/figures/group_figures.h"
#include "runtime/scheduler/measure.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/bench/engine_setup.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sop::bench;
namespace lang = sop::lang;
using sop::tests::TemporaryFolder;

constexpr int groups = 900;
constexpr int days = 30;
constexpr int members_of_group = 60;
constexpr int speakers_a_day = 20;

constexpr std::string_view playbook =
    "sop 1\nimport std.events\nimport std.metrics\ntag member\nchannel hook { kind webhook }\n"
    "playbook p { timezone Asia/Shanghai; for groups tagged member; via hook\n"
    "  hello: on check_in { post \"hi\" } }\n";

const date::local_days first_day{date::year{2026} / date::November / 1};

std::string group_name(int number) {
    return fmt::format("g{:04}", number);
}

// What a day of a lively group gives.
Tally tally_of_day(const Measure& measure, int group, int day) {
    Tally tally;
    const bool is_sum = measure.aggregate.kind == lang::Expression::Kind::sum;
    const bool is_distinct = measure.aggregate.kind == lang::Expression::Kind::distinct;
    tally.count = speakers_a_day;
    if (is_sum) tally.add({mpq_class(group * 100 + day) / 10, "CNY"});
    for (int i = 0; is_distinct && i < speakers_a_day; ++i)
        tally.different.add(fmt::format("m{:05}-{}", group, (day * 7 + i) % members_of_group));
    return tally;
}

void fill(Store& store, const lang::Plan& plan) {
    const auto transaction = store.begin();
    for (int group = 1; group <= groups; ++group) {
        store.put_group(
            {.id = group_name(group), .name = "Group", .owner = "boss", .tags = {"member"}});
        for (int i = 0; i < members_of_group; ++i)
            store.join({fmt::format("m{:05}-{}", group, i), group_name(group)}, Instant{});
    }
    for (const Measure& measure : measures_of(plan)) {
        const MeasureId id = store.figures().find_or_add_measure(measure.key, true).id;
        for (int group = 1; group <= groups; ++group) {
            for (int day = 0; day < days; ++day)
                store.figures().put_day(id, {group_name(group), first_day + date::days{day},
                                             to_stored(tally_of_day(measure, group, day))});
        }
    }
    transaction->commit();
}

}  // namespace

int main() {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const lang::Plan plan = compile(std::string(playbook));
    const auto zone = zones().find("Asia/Shanghai");
    fill(*open_sqlite_store(path), plan);

    const DateSpan span{first_day, first_day + date::days{days - 1}};
    std::vector<std::string> all;
    for (int group = 1; group <= groups; ++group) all.push_back(group_name(group));
    const auto store = open_sqlite_store(path, {.open = SqliteOptions::Open::read_only});
    int values = 0;
    const Seconds each = seconds_of([&] {
        GroupFigures figures(*store, plan, *zone, span);
        for (const std::string& group : all) {
            for (const lang::Metric& metric : plan.metrics)
                values += figures.value(metric, {group}, span).has_value() ? 1 : 0;
        }
    });
    const Seconds crowd = seconds_of([&] {
        GroupFigures figures(*store, plan, *zone, span);
        for (const lang::Metric& metric : plan.metrics)
            values += figures.value(metric, all, span).has_value() ? 1 : 0;
    });
    report(
        "\"groups\":{},\"days\":{},\"metrics\":{},\"values\":{},\"each_group_s\":{:.3f},"
        "\"each_group_cpu_s\":{:.3f},\"all_groups_s\":{:.3f},\"all_groups_cpu_s\":{:.3f},"
        "\"mb\":{:.1f}",
        groups, days, plan.metrics.size(), values, each.wall, each.cpu, crowd.wall, crowd.cpu,
        static_cast<double>(fs::file_size(path)) / (1 << 20));
}
