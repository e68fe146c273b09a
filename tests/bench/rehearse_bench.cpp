// Rehearsing the example week with the `sop` binary, the median of five, as one JSON object.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "tests/support/process.h"

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
    const std::string example = SOP_SOURCE_DIR "/examples/members";
    const double rehearse = median_seconds({SOP_BINARY, "rehearse", example, "--from", "2026-11-16",
                                            "--for", "7d", "--events", example + "/events.ndjson"});
    fmt::print(
        "{{\"bench\":\"rehearse\",\"messages\":14180,\"seconds\":{:.3f},\"messages_per_second\":{:."
        "0f}}}\n",
        rehearse, 14180 / rehearse);
}
