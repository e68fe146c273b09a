// Any text as a schedule: it is refused with diagnostics, or gives one that reads back from its
// sentences and whose instants ascend.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lang/sentence.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace {

using namespace sop::lang;

// Stops the run with the input that led here.
void require(bool promise) {
    if (!promise) std::abort();
}

const calendar::Zone& new_york() {
    static const calendar::ZoneDatabase zones(
        sop::runtime::zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo"));
    static const auto zone = zones.find("America/New_York");
    return *zone;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Source source("schedule", std::string(reinterpret_cast<const char*>(data), size));
    const auto read = parse_schedule(source);
    require(read.value.has_value() != has_errors(read.diagnostics));
    for (const auto& diagnostic : read.diagnostics) require(!render(diagnostic, source).empty());
    if (!read.value) return 0;

    for (const Dialect dialect : {Dialect::en, Dialect::zh_cn}) {
        const Source sentence("sentence", schedule_text(*read.value, dialect));
        require(parse_schedule(sentence).value == read.value);
    }
    date::sys_seconds after = date::sys_days{date::year{2026} / 3 / 7};
    for (int i = 0; i < 5; ++i) {
        const auto next = calendar::next_occurrence(*read.value, new_york(), after);
        if (!next) break;
        require(next->instant > after);
        after = next->instant;
    }
    const auto previous = calendar::previous_occurrence(*read.value, new_york(), after);
    require(!previous || previous->instant < after);
    return 0;
}
