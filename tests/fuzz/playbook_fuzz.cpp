// Any text as a playbook: it gets diagnostics that can be shown, or a plan that formatting keeps,
// in every dialect and back from it, and that reads back from its JSON.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "lang/compile.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace {

using sop::lang::Compilation;
using sop::lang::Source;

const sop::lang::calendar::ZoneDatabase& zones() {
    static const sop::lang::calendar::ZoneDatabase frozen(
        sop::runtime::zoneinfo_folder(SOP_SOURCE_DIR "/tests/testdata/zoneinfo"));
    return frozen;
}

// Stops the run with the input that led here.
void require(bool promise) {
    if (!promise) std::abort();
}

void show_all(const Compilation& compilation) {
    for (const auto& file : compilation.files) {
        for (const auto& diagnostic : file.diagnostics) {
            require(!sop::lang::render(diagnostic, *file.source).empty());
            require(!sop::lang::render_json(diagnostic, *file.source).empty());
        }
    }
}

std::string formatted(const std::string& text) {
    const Source source("formatted.sop", text);
    const auto result = sop::lang::format_source(source);
    require(result.value.has_value());
    return *result.value;
}

void require_same_plan(const std::string& text, const Compilation& compilation) {
    const std::vector<Source> sources{Source("again.sop", text)};
    const Compilation again = sop::lang::compile(sources, {zones()});
    require(again.plan.has_value());
    require(sop::lang::content_hash(*again.plan) == sop::lang::content_hash(*compilation.plan));
}

// In another dialect it is the same plan, or it is refused; and so it is back in English.
void require_same_plan_in(sop::lang::Dialect dialect, const Source& source,
                          const Compilation& compilation) {
    const auto converted = sop::lang::format_source(source, {.dialect = dialect});
    if (!converted.value) return;
    require_same_plan(*converted.value, compilation);
    const auto back = sop::lang::format_source(Source("converted.sop", *converted.value),
                                               {.dialect = sop::lang::Dialect::en});
    if (back.value) require_same_plan(*back.value, compilation);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::vector<Source> sources{Source("fuzz.sop", text)};
    const Compilation compilation = sop::lang::compile(sources, {zones()});
    show_all(compilation);

    const auto format = sop::lang::format_source(sources.front());
    require(format.value.has_value() || !compilation.plan);
    if (!format.value) return 0;
    require(formatted(*format.value) == *format.value);
    if (!compilation.plan) return 0;
    const std::string json = sop::lang::to_json(*compilation.plan);
    require(sop::lang::to_json(sop::lang::plan_from_json(json)) == json);
    require_same_plan(*format.value, compilation);
    for (const auto dialect : sop::lang::dialects)
        require_same_plan_in(dialect, sources.front(), compilation);
    return 0;
}
