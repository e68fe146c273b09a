#include "runtime/cli/analysis.h"

#include "runtime/analysis/analysis.h"
#include "runtime/cli/scratch_folder.h"
#include "runtime/executor/audiences.h"
#include "runtime/store/sqlite/sqlite_store.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t page_rows = 10'000;

// A directory that is read as far as somebody asks: that of members can be large.
class DirectoryLookup {
  public:
    DirectoryLookup(const DirectoryFiles& files, const lang::Plan& plan,
                    const lang::CompileOptions& options)
        : files_(files), plan_(plan), options_(options) {}

    std::vector<std::string> find(const lang::Audience& audience) {
        open(audience.kind == lang::SubjectKind::member || audience.of_groups ||
             audience.where.has_value());
        // That of the first rule is there, as it compiles.
        const auto zone = options_.zones.find(plan_.playbooks.front().rules.front().timezone);
        const Instant at{lang::compile_date(options_).time_since_epoch()};
        Audiences audiences(*store_);
        std::vector<std::string> subjects;
        std::string after;
        while (true) {
            auto page = audiences.page(plan_, audience, *zone, at, after, page_rows);
            subjects.insert(subjects.end(), page.subjects.begin(), page.subjects.end());
            if (page.is_last) return subjects;
            after = page.through;
        }
    }

  private:
    // A condition may ask for the members of a group.
    void open(bool with_members) {
        if (!store_) {
            store_ =
                open_sqlite_store((folder_.path() / "directory.db").string(), {.durable = false});
            import_directory({files_.groups, std::nullopt}, *store_);
        }
        if (with_members && !has_members_) {
            has_members_ = true;
            import_directory({std::nullopt, files_.members}, *store_);
        }
    }

    const DirectoryFiles files_;
    const lang::Plan& plan_;
    const lang::CompileOptions& options_;
    const ScratchFolder folder_{"sop-check", false};
    std::unique_ptr<Store> store_{};
    bool has_members_ = false;
};

}  // namespace

void add_analysis(const lang::CompileOptions& options, const DirectoryFiles& directory,
                  lang::Compilation& compilation) {
    if (!compilation.plan) return;
    AnalysisInput input{*compilation.plan, compilation.places, options.zones,
                        lang::compile_date(options),
                        options.horizon.value_or(analysis_horizon_default)};
    std::optional<DirectoryLookup> lookup;
    if (directory.groups || directory.members) {
        lookup.emplace(directory, *compilation.plan, options);
        input.find = [&](const lang::Audience& audience) { return lookup->find(audience); };
    }
    for (Finding& finding : analyse(input)) {
        const auto file = std::find_if(
            compilation.files.begin(), compilation.files.end(),
            [&](const lang::FileDiagnostics& each) { return each.source == finding.source; });
        if (file != compilation.files.end())
            file->diagnostics.push_back(std::move(finding.diagnostic));
    }
    const bool looks_ahead = input.horizon.count() > 0;
    for (auto& file : compilation.files) {
        lang::sort_and_deduplicate(file.diagnostics);
        lang::take_allowed(*file.source, compilation.allowances, file.diagnostics, file.allowed);
        auto unused = lang::unused_allowances(
            *file.source, compilation.allowances, [&](std::string_view code) {
                // Some are found with the groups of a directory alone.
                return lang::is_found_in_plans(code) && looks_ahead && lookup.has_value();
            });
        std::move(unused.begin(), unused.end(), std::back_inserter(file.diagnostics));
        lang::sort_and_deduplicate(file.diagnostics);
    }
}

}  // namespace sop::runtime::cli
