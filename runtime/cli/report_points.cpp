// `sop report points`: who has the most.
#include "runtime/cli/exit_code.h"
#include "runtime/cli/report.h"
#include "runtime/cli/sheet.h"
#include "runtime/cli/time_argument.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::runtime::cli {

int report_points(const ReportScene& scene) {
    const ReportOptions& options = scene.options;
    std::optional<Instant> until;
    if (options.at) until = parse_instant(*options.at, *scene.zone, "--at");
    auto most = scene.store.most_points(until, options.top + 1);
    const bool cuts_equals = most.size() > options.top && options.top > 0 &&
                             most[options.top].points == most[options.top - 1].points;
    if (most.size() > options.top) most.resize(options.top);
    using enum Sheet::Kind;
    Sheet sheet{{{"rank", number}, {"member"}, {"name"}, {"points", number}}, {}};
    std::size_t rank = 0;
    for (std::size_t i = 0; i < most.size(); ++i) {
        // Equals share a rank, and the next one has that of its place.
        if (i == 0 || most[i].points != most[i - 1].points) rank = i + 1;
        sheet.rows.push_back(
            {std::to_string(rank), most[i].member, most[i].name, std::to_string(most[i].points)});
    }
    fmt::print("{}", render(sheet, options.format, {{"more_with_the_last", cuts_equals}}));
    if (cuts_equals && options.format == OutputFormat::text)
        fmt::print("… and others with {} points; `--top` shows more\n", most.back().points);
    return exit_fine;
}

}  // namespace sop::runtime::cli
