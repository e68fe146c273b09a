#include "lang/fixes.h"

#include <algorithm>
#include <string>

namespace sop::lang {

namespace {

// Of the file with that index.
struct FileFix {
    std::size_t file;
    Fix fix;
};

// Of the first `given` files: those that these only name are not the ones to be mended.
std::vector<FileFix> fixes_of(const Compilation& compilation, std::size_t given) {
    std::vector<FileFix> fixes;
    for (std::size_t file = 0; file < given; ++file) {
        for (const Diagnostic& diagnostic : compilation.files[file].diagnostics) {
            if (diagnostic.fix) fixes.push_back({file, *diagnostic.fix});
        }
    }
    return fixes;
}

// At one place two fixes would undo each other, or write something twice.
bool touch(const FileFix& a, const FileFix& b) {
    return a.file == b.file && a.fix.span.begin <= b.fix.span.end &&
           b.fix.span.begin <= a.fix.span.end;
}

std::vector<FileFix> without_overlaps(const std::vector<FileFix>& fixes) {
    std::vector<FileFix> chosen;
    for (const FileFix& candidate : fixes) {
        const bool free = std::none_of(chosen.begin(), chosen.end(), [&](const FileFix& earlier) {
            return touch(earlier, candidate);
        });
        if (free) chosen.push_back(candidate);
    }
    return chosen;
}

std::vector<Source> texts_with(const std::vector<Source>& sources, std::vector<FileFix> fixes) {
    // From the end on, so that the places of those before stay.
    std::sort(fixes.begin(), fixes.end(), [](const FileFix& a, const FileFix& b) {
        return a.fix.span.begin > b.fix.span.begin;
    });
    std::vector<Source> mended;
    for (std::size_t file = 0; file < sources.size(); ++file) {
        std::string text(sources[file].text());
        for (const FileFix& each : fixes) {
            if (each.file != file) continue;
            const SourceSpan span = each.fix.span;
            text.replace(span.begin, span.end - span.begin, each.fix.replacement);
        }
        mended.emplace_back(sources[file].name(), std::move(text));
    }
    return mended;
}

std::size_t findings_in(const std::vector<Source>& sources, const CompileOptions& options) {
    std::size_t count = 0;
    for (const FileDiagnostics& file : compile(sources, options).files)
        count += file.diagnostics.size();
    return count;
}

// The fixes that leave no more findings than there are: all of them when they do together, else
// those that do one after the other.
std::vector<FileFix> helpful(const std::vector<FileFix>& fixes, const std::vector<Source>& sources,
                             const CompileOptions& options) {
    std::size_t findings = findings_in(sources, options);
    if (findings_in(texts_with(sources, fixes), options) <= findings) return fixes;
    std::vector<FileFix> chosen;
    for (const FileFix& candidate : fixes) {
        chosen.push_back(candidate);
        const std::size_t findings_with = findings_in(texts_with(sources, chosen), options);
        if (findings_with <= findings) {
            findings = findings_with;
        } else {
            chosen.pop_back();
        }
    }
    return chosen;
}

}  // namespace

std::vector<MendedSource> apply_fixes(const std::vector<Source>& sources,
                                      const CompileOptions& options) {
    std::vector<Source> texts = sources;
    std::vector<std::size_t> applied(sources.size(), 0);
    for (std::size_t round = 0; round < fix_rounds_max; ++round) {
        const auto fixes = without_overlaps(fixes_of(compile(texts, options), texts.size()));
        const auto chosen = helpful(fixes, texts, options);
        if (chosen.empty()) break;
        for (const FileFix& each : chosen) ++applied[each.file];
        texts = texts_with(texts, chosen);
    }
    std::vector<MendedSource> mended;
    for (std::size_t file = 0; file < texts.size(); ++file)
        mended.push_back({std::move(texts[file]), applied[file]});
    return mended;
}

}  // namespace sop::lang
