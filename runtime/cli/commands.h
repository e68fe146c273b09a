// The subcommands of `sop`: their options, and a function each that does the work and gives the
// exit code. main.cpp fills the options from the command line. Throws CommandError, StoreError,
// ConfigError and the like for what main reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lang/compile.h"
#include "runtime/figures/group_figures.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::runtime::cli {

// Not every command knows the last two.
enum class OutputFormat { text, json, csv, excel, prometheus };

// Of what a check finds.
enum class FindingFormat { text, short_lines, json, sarif, github, gitlab, junit };

// `zoneinfo` of the options is the folder the time zones are read from, with one meaning for every
// command that computes times. `language` is the one in which findings are told.

struct CheckOptions {
    std::vector<std::string> paths;     // files, folders, or "-"
    std::optional<std::string> from;    // coming dates are looked at from this one on
    std::string horizon{};              // how far ahead; by what is looked for when empty
    bool fix = false;                   // apply the fixes of what is found, then check again
    std::optional<std::string> groups;  // files of a directory; those of sop.toml when not given
    std::optional<std::string> members;
    bool without_directory = false;
    std::optional<lang::Severity> fail_on;  // the least that fails; what sop.toml says, or error
    std::optional<std::string> baseline;    // file of findings that are not told; that of sop.toml
    bool writes_baseline = false;
    bool prints_schema = false;  // of the JSON, and nothing else
    FindingFormat format = FindingFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int check(const CheckOptions& options);

struct ExplainOptions {
    std::optional<std::string> code;  // of a diagnostic; all are listed when not given
    lang::Language language = lang::Language::en;
    OutputFormat format = OutputFormat::text;
};
int explain(const ExplainOptions& options);

struct DocOptions {
    std::optional<std::string> name;  // of a file of the standard library; all are listed without
    OutputFormat format = OutputFormat::text;
};
int doc(const DocOptions& options);

struct FormatOptions {
    std::vector<std::string> paths;
    std::optional<lang::Dialect> dialect{};  // to write keywords in; each file's own if not said
    bool check_only = false;
    bool diff = false;  // show what would change, and change nothing
    lang::Language language = lang::Language::en;
};
int format(const FormatOptions& options);

struct NewProjectOptions {
    std::string folder;
    std::string scaffold = "club";  // which template
    lang::Language language = lang::Language::en;
    std::string zone = "Asia/Shanghai";
    std::string zoneinfo = zoneinfo_folder_default;
};
int new_project(const NewProjectOptions& options);

struct ImportScheduleOptions {
    enum class From { crontab, ical, spreadsheet };
    From from = From::crontab;
    std::string file;                  // or "-"
    std::optional<std::string> out{};  // standard output when not given
    std::string playbook = "imported";
    std::string audience = "groups";
    std::string channel = "log";
    std::optional<std::string> zone{};
    lang::Dialect dialect = lang::Dialect::en;  // that the playbook is written in
    bool system_crontab = false;
    std::optional<std::string> all_day_at{};
    bool strict = false;  // what was left out is a finding
    std::string zoneinfo = zoneinfo_folder_default;
};
int import_schedule(const ImportScheduleOptions& options);

struct CompileCommandOptions {
    std::vector<std::string> paths;  // files, folders, or "-"
    bool schema = false;             // print what plans are made of, and compile nothing
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int compile(const CompileCommandOptions& options);

struct NextOptions {
    std::vector<std::string> paths;    // files and folders; or one schedule, with `zone`; or "-"
    std::optional<std::string> zone;   // of the schedule
    std::size_t count = 5;             // of each rule
    std::optional<std::string> after;  // date or instant; now when not given
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int next(const NextOptions& options);

struct ServeOptions {
    std::string folder = ".";
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int serve(const ServeOptions& options);

struct EmitOptions {
    std::string folder = ".";
    std::string event;
    std::vector<std::string> fields;  // name=value
    std::optional<std::string> group;
    std::optional<std::string> member;
    std::optional<std::string> id;
    std::optional<std::string> at;
    std::string zoneinfo = zoneinfo_folder_default;
};
int emit(const EmitOptions& options);

struct IngestOptions {
    std::string folder = ".";
    std::string file = "-";
    bool strict = false;       // stop at the first wrong line
    bool acknowledge = false;  // a line for each batch that is on the disk
    OutputFormat format = OutputFormat::text;
};
int ingest(const IngestOptions& options);

struct EventsOptions {
    std::string folder = ".";
    std::optional<std::string> id;  // one of these three
    std::optional<std::string> group;
    std::optional<std::string> member;
    std::size_t count = 20;  // the latest
    OutputFormat format = OutputFormat::text;
};
int list_events(const EventsOptions& options);
int list_rejected_events(const EventsOptions& options);

struct RunOptions {
    std::string rule{};  // "members.flash_sale"
    std::string folder = ".";
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    std::optional<std::string> id{};
};
int run_now(const RunOptions& options);

struct StatusOptions {
    std::string folder = ".";
    bool all = false;  // list every message in doubt, not the first few
    OutputFormat format = OutputFormat::text;
};
int status(const StatusOptions& options);

struct DoubtOptions {
    enum class As { nothing, sent, failed, again };
    std::string folder = ".";
    std::vector<std::int64_t> ids;  // of the messages to settle
    bool all = false;
    As as = As::nothing;  // list them
    OutputFormat format = OutputFormat::text;
};
int doubt(const DoubtOptions& options);

struct PlanOptions {
    std::string folder = ".";
    std::string horizon = "14d";
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int plan(const PlanOptions& options);

struct DeployOptions {
    std::string folder = ".";
    std::string wait = "30s";  // for the running executor's answer
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int deploy(const DeployOptions& options);

struct RollbackOptions {
    std::string folder = ".";
    std::optional<std::int64_t> to;  // version; the one before when not given
    std::string wait = "30s";
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int rollback(const RollbackOptions& options);

struct VersionsOptions {
    std::string folder = ".";
    OutputFormat format = OutputFormat::text;
};
int versions(const VersionsOptions& options);

struct MigrateOptions {
    std::string folder = ".";
    std::optional<std::int64_t> from;  // only runs of this version
    std::vector<std::string> mapping;  // "playbook.rule.step=step"
    bool dry_run = false;
    std::string wait = "5m";
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int migrate(const MigrateOptions& options);

struct PauseOptions {
    std::string folder = ".";
    std::string name;   // of a playbook, or playbook.rule; empty to list what is paused
    bool skip = false;  // what would be done meanwhile is skipped, and does not wait
    OutputFormat format = OutputFormat::text;
};
int pause(const PauseOptions& options);
int resume(const PauseOptions& options);

struct BackfillOptions {
    std::string folder = ".";
    std::string name;  // of a playbook, or playbook.rule
    std::string from;
    std::optional<std::string> to;  // now when not given
    std::optional<std::string> group;
    std::optional<std::string> member;
    std::vector<std::string> reasons{"late", "paused"};
    bool dry_run = false;
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int backfill(const BackfillOptions& options);

struct WhyOptions {
    std::string folder = ".";
    std::optional<std::string> group;  // this or a member
    std::optional<std::string> member;
    std::string at;
    std::string within = "12h";  // before and after
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int why(const WhyOptions& options);

struct PointsOptions {
    std::string folder = ".";
    std::string member;
    std::optional<std::string> at;  // as they were then
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int points(const PointsOptions& options);

struct PoolsOptions {
    std::string folder = ".";
    std::string pool;
    std::string file;
    OutputFormat format = OutputFormat::text;
};
int pools(const PoolsOptions& options);
int show_pool(const PoolsOptions& options);
int import_pool(const PoolsOptions& options);

struct DrawsOptions {
    std::string folder = ".";
    std::optional<std::int64_t> draw;  // this one, with all that is needed to count it again
    std::optional<std::string> rule;   // PLAYBOOK.RULE
    std::optional<std::string> group;
    std::size_t limit = 50;
    OutputFormat format = OutputFormat::text;
};
int draws(const DrawsOptions& options);

struct ReportOptions {
    enum class What { metrics, tiers, funnel, variants, points, check };
    enum class Per { all, group, tag, owner };
    std::string folder = ".";
    What what = What::metrics;
    std::optional<std::string> from;  // dates, both included
    std::optional<std::string> to;
    SplitBy by = SplitBy::whole;
    Per per = Per::all;
    std::vector<std::string> groups;   // these alone
    std::vector<std::string> tags;     // those with one of them
    std::vector<std::string> owners;   // those of one of them
    std::vector<std::string> metrics;  // by name; all without
    std::vector<std::string> rules;    // "course.funnel"; all that ran without
    std::size_t top = 20;
    std::optional<std::string> at;  // points as they were then
    std::string event = "order";    // what counts as an answer to a variant
    std::string within = "3d";
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int report(const ReportOptions& options);

struct TasksOptions {
    std::string folder = ".";
    std::optional<std::string> role;
    std::optional<std::string> group;
    bool all = false;      // those that are over too
    bool overdue = false;  // only open ones whose time is over
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int tasks(const TasksOptions& options);

struct TaskAnswerOptions {
    std::string folder = ".";
    std::int64_t task = 0;
    bool done = true;  // else rejected
    std::string by;
    std::string note;
};
int answer_task(const TaskAnswerOptions& options);

struct BackupOptions {
    std::string folder = ".";
    std::string file;
};
int backup(const BackupOptions& options);

struct VacuumOptions {
    std::string folder = ".";
    OutputFormat format = OutputFormat::text;
};
int vacuum(const VacuumOptions& options);

struct UnfenceOptions {
    enum class As { nothing, unknown, send };
    std::string folder = ".";
    As as = As::nothing;  // list what may have been sent from elsewhere
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int unfence(const UnfenceOptions& options);

enum class RehearsalOrder { day, group, rule };
struct RehearseOptions {
    std::string folder;
    std::string from;
    std::string length = "7d";
    std::optional<std::string> groups;
    std::optional<std::string> members;
    std::optional<std::string> events;
    std::optional<std::string> group;  // what is reported is narrowed to these
    std::optional<std::string> member;
    std::optional<std::string> rule;
    RehearsalOrder order = RehearsalOrder::day;
    bool shows_load = false;          // also where no budget made messages wait
    std::optional<std::string> html;  // files to write
    std::optional<std::string> svg;
    std::optional<std::string> compare;  // the JSON of an earlier rehearsal
    bool fails_on_changes = false;
    bool schema = false;  // print that of the JSON instead
    bool keep = false;
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int rehearse(const RehearseOptions& options);

struct TestOptions {
    std::vector<std::string> paths{"."};  // files, which are one project, and folders of projects
    std::optional<std::string> filter;    // a part of the titles of the tests to run
    bool coverage = false;                // list what no test reached
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int test(const TestOptions& options);

struct ImportOptions {
    lang::SubjectKind kind = lang::SubjectKind::group;
    std::string folder = ".";
    std::string file;
    bool dry_run = false;
    bool yes = false;  // without asking
    bool marks_missing = false;
    bool ignores_unknown = false;
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
};
int import_records(const ImportOptions& options);

struct DirectoryOptions {
    lang::SubjectKind kind = lang::SubjectKind::group;
    std::string folder = ".";
    std::optional<std::string> id{};  // of `show` and `export`
    std::vector<std::string> tags{};  // any of them
    std::string name{};               // a part of it
    std::optional<std::string> where{};
    std::string sort = "id";
    bool descending = false;
    std::size_t limit = 100;  // 0: none
    std::string after{};      // in the order of ids
    bool all = false;         // with dissolved groups, and members that are gone
    OutputFormat format = OutputFormat::text;
    std::string zoneinfo = zoneinfo_folder_default;
    lang::Language language = lang::Language::en;
};
int list_directory(const DirectoryOptions& options);
int show_record(const DirectoryOptions& options);
int export_member(const DirectoryOptions& options);

struct ForgetOptions {
    std::string folder = ".";
    std::string member;
    bool yes = false;  // without asking
    OutputFormat format = OutputFormat::text;
};
int forget(const ForgetOptions& options);

}  // namespace sop::runtime::cli
