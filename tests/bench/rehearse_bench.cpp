// Whole runs of the `sop` binary, the median of five: checking 10,000 lines, and rehearsing the
// example week. Prints one JSON object a line.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace sop::tests;

double median_seconds(const std::vector<std::string>& command) {
    std::vector<double> seconds;
    for (int i = 0; i < 5; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        const ProcessResult result = run(command);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
        if (result.exit_code != 0) throw std::runtime_error(result.err);
        seconds.push_back(taken.count());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds[2];
}

}  // namespace

int main() {
    constexpr int lines = 10000;
    const TemporaryFolder folder;
    std::string text =
        "sop 1\ntag member\n\nplaybook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n "
        " via log\n";
    for (int i = 8; i < lines; ++i) {
        text += fmt::format(
            "  rule_{}: every thursday at {:02}:{:02} {{ post \"Good day, {{group.name}}\" }}\n", i,
            i / 60 % 24, i % 60);
    }
    const auto file = folder.write("large.sop", text + "}\n");
    const double check = median_seconds({SOP_BINARY, "check", file.string()});
    fmt::print(
        "{{\"bench\":\"check\",\"lines\":{},\"seconds\":{:.3f},\"lines_per_second\":{:.0f}}}\n",
        lines, check, lines / check);

    const std::string example = SOP_SOURCE_DIR "/examples/members";
    const double rehearse = median_seconds({SOP_BINARY, "rehearse", example, "--from", "2026-11-16",
                                            "--for", "7d", "--events", example + "/events.ndjson"});
    fmt::print(
        "{{\"bench\":\"rehearse\",\"messages\":14180,\"seconds\":{:.3f},\"messages_per_second\":{:."
        "0f}}}\n",
        rehearse, 14180 / rehearse);
}
