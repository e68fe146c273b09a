#include "runtime/directory/import.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/operator_name.h"
#include "runtime/cli/scratch_folder.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/config/config.h"
#include "runtime/store/nudge.h"

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

std::string_view noun(SubjectKind kind) {
    return kind == SubjectKind::group ? "groups" : "members";
}

std::string_view noun_of(SubjectKind kind, std::size_t count) {
    return count == 1 ? noun(kind).substr(0, noun(kind).size() - 1) : noun(kind);
}

std::string counts_text(const ImportReport& report, SubjectKind kind) {
    std::string text =
        fmt::format("{} {}: {} added, {} changed, {} as {}", report.rows,
                    noun_of(kind, report.rows), report.added, report.changed, report.unchanged,
                    report.unchanged == 1 ? "it was" : "they were");
    if (report.marked > 0) {
        text += fmt::format(", {} not in the file and marked as {}", report.marked,
                            kind == SubjectKind::group ? "dissolved" : "gone");
    }
    return text;
}

std::vector<ImportEntry> imports_of(const ImportReport& report, Store& store) {
    std::vector<ImportEntry> imports;
    if (report.overwritten.empty()) return imports;
    for (ImportEntry& entry : store.list_imports(every_row)) {
        if (report.overwritten.contains(entry.id)) imports.push_back(std::move(entry));
    }
    return imports;
}

// What is changed, before the counts.
std::string changes_text(const ImportReport& report, Store& store) {
    std::string text;
    for (const FieldChange& change : report.changes) {
        text += fmt::format("  {}  {}: \"{}\" -> \"{}\"\n", change.id, change.field, change.before,
                            change.after);
    }
    std::size_t changes = 0;
    std::string fields;
    for (const auto& [field, count] : report.changed_fields) {
        changes += count;
        fields += fmt::format("{}{} {}", fields.empty() ? "" : ", ", field, count);
    }
    if (changes > report.changes.size())
        text += fmt::format("  … of {} changes: {}\n", changes, fields);
    for (const ImportEntry& entry : imports_of(report, store)) {
        text += fmt::format("  {} of them were last changed by import {} of {} ({}, {})\n",
                            report.overwritten.at(entry.id), entry.id, entry.source, entry.by,
                            instant_text(entry.at));
    }
    if (!report.unknown_columns.empty()) {
        text += fmt::format("  left out, as there is no such column: {}\n",
                            fmt::join(report.unknown_columns, ", "));
    }
    return text;
}

// No mistake by itself: tags may also serve lists and reports alone.
std::string undeclared_text(const ImportReport& report, SubjectKind kind, const lang::Plan& plan) {
    std::string text;
    const auto tell = [&](std::string_view what, const std::map<std::string, std::size_t>& names,
                          const std::vector<std::string>& declared) {
        for (const auto& [name, count] : names)
            text += fmt::format("  no playbook declares the {} `{}` of {} {}{}\n", what, name,
                                count, noun_of(kind, count), lang::did_you_mean(name, declared));
    };
    tell("tag", report.undeclared_tags, plan.tags);
    tell("role", report.undeclared_roles, plan.roles);
    return text;
}

json json_of(const ImportReport& report, SubjectKind kind, Store& store) {
    json changes = json::array();
    for (const FieldChange& change : report.changes) {
        changes.push_back({{"id", change.id},
                           {"field", change.field},
                           {"before", change.before},
                           {"after", change.after}});
    }
    json overwritten = json::array();
    for (const ImportEntry& entry : imports_of(report, store)) {
        overwritten.push_back({{"import", entry.id},
                               {"file", entry.source},
                               {"by", entry.by},
                               {"at", instant_text(entry.at)},
                               {"records", report.overwritten.at(entry.id)}});
    }
    json problems = json::array();
    for (const ImportProblem& problem : report.problems)
        problems.push_back({{"line", problem.line}, {"message", problem.message}});
    return {{"format_version", 1},
            {"kind", noun(kind)},
            {"rows", report.rows},
            {"added", report.added},
            {"changed", report.changed},
            {"unchanged", report.unchanged},
            {"marked", report.marked},
            {"changed_fields", report.changed_fields},
            {"changes", changes},
            {"overwritten", overwritten},
            {"unknown_columns", report.unknown_columns},
            {"undeclared_tags", report.undeclared_tags},
            {"undeclared_roles", report.undeclared_roles},
            {"problems", problems},
            {"imported", report.is_imported}};
}

bool is_asked(const ImportOptions& options) {
    return !options.yes && options.format == OutputFormat::text && is_terminal(stdin) &&
           is_terminal(stdout);
}

class ImportRun {
  public:
    explicit ImportRun(const ImportOptions& options)
        : options_(options), config_(load_config(options.folder)), store_(open_store()) {
        if (const auto stored = store_->latest_plan()) plan_ = lang::plan_from_json(stored->json);
    }

    int run() {
        const bool tells_progress = is_terminal(stderr) && options_.format == OutputFormat::text;
        ImportSettings settings{
            .now = SystemClock().now(),
            .by = operator_name(),
            .agree = [this](const ImportReport& found) { return agree(found); },
            .marks_missing = options_.marks_missing,
            .leaves_unknown_columns = options_.ignores_unknown,
            .is_zone = [this](const std::string& name) { return is_zone(name); },
            .plan = plan_ ? &*plan_ : nullptr};
        if (tells_progress) {
            settings.progress = [](std::size_t rows) {
                constexpr std::size_t told_each = 10'000;
                if (rows % told_each == 0)
                    fmt::print(stderr, "{} rows\r", count_text(static_cast<std::int64_t>(rows)));
            };
        }
        const ImportReport report =
            import_directory_file(options_.kind, options_.file, *store_, settings);
        if (report.is_imported) send_nudge(config_.store);
        if (options_.format == OutputFormat::json) {
            fmt::print("{}\n", json_of(report, options_.kind, *store_).dump());
        } else if (!report.problems.empty()) {
            fmt::print(stderr, "{}\n", import_problems_text(options_.file, report));
        } else {
            const char* what = report.is_imported ? "" : "nothing was imported; it would be ";
            fmt::print("{}{}\n", what, counts_text(report, options_.kind));
        }
        return report.problems.empty() ? exit_fine : exit_findings;
    }

  private:
    // To look at what an import would do, no store is made.
    std::unique_ptr<Store> open_store() {
        if (!options_.dry_run || std::filesystem::exists(config_.store))
            return open_or_make(config_);
        Config scratch = config_;
        scratch.store = scratch_.emplace("sop-import").path() / "sop.db";
        return open_and_seed(scratch);
    }

    bool agree(const ImportReport& found) {
        if (options_.format == OutputFormat::text) {
            fmt::print("{}", changes_text(found, *store_));
            if (plan_) fmt::print("{}", undeclared_text(found, options_.kind, *plan_));
        }
        if (options_.dry_run) return false;
        const bool changes_nothing = found.added + found.changed + found.marked == 0;
        if (!is_asked(options_) || changes_nothing) return true;
        fmt::print("{}. Import? [y/N] ", counts_text(found, options_.kind));
        std::fflush(stdout);
        std::string answer;
        return std::getline(std::cin, answer) && (answer == "y" || answer == "yes");
    }

    // The zone data are read when the first zone is met.
    bool is_zone(const std::string& name) {
        if (!zones_)
            zones_ =
                std::make_unique<lang::calendar::ZoneDatabase>(zoneinfo_folder(options_.zoneinfo));
        return zones_->find(name) != nullptr;
    }

    const ImportOptions& options_;
    Config config_;
    std::optional<ScratchFolder> scratch_{};
    std::unique_ptr<Store> store_;
    std::optional<lang::Plan> plan_{};  // in force
    std::unique_ptr<lang::calendar::ZoneDatabase> zones_{};
};

}  // namespace

int import_records(const ImportOptions& options) {
    return ImportRun(options).run();
}

}  // namespace sop::runtime::cli
