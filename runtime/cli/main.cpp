// The command line: what can be asked for, and what the program exits with.
#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/terminal.h"
#include "runtime/error.h"
#include "runtime/scheduler/backfill.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>

namespace {

using namespace sop::runtime;
using namespace sop::runtime::cli;

const std::map<std::string, OutputFormat> formats{{"text", OutputFormat::text},
                                                  {"json", OutputFormat::json}};

const std::map<std::string, OutputFormat> table_formats{{"text", OutputFormat::text},
                                                        {"csv", OutputFormat::csv},
                                                        {"excel", OutputFormat::excel},
                                                        {"json", OutputFormat::json}};
constexpr const char* table_formats_text =
    "text, csv, excel (CSV that a spreadsheet opens as it is) or json";

const std::map<std::string, OutputFormat> status_formats{{"text", OutputFormat::text},
                                                         {"json", OutputFormat::json},
                                                         {"prometheus", OutputFormat::prometheus}};

const std::map<std::string, ReportOptions::What> reports{
    {"metrics", ReportOptions::What::metrics}, {"tiers", ReportOptions::What::tiers},
    {"funnel", ReportOptions::What::funnel},   {"variants", ReportOptions::What::variants},
    {"points", ReportOptions::What::points},   {"check", ReportOptions::What::check}};

const std::map<std::string, SplitBy> splits{{"whole", SplitBy::whole},
                                            {"day", SplitBy::day},
                                            {"week", SplitBy::week},
                                            {"month", SplitBy::month}};

const std::map<std::string, ReportOptions::Per> report_rows{{"all", ReportOptions::Per::all},
                                                            {"group", ReportOptions::Per::group},
                                                            {"tag", ReportOptions::Per::tag},
                                                            {"owner", ReportOptions::Per::owner}};

const std::map<std::string, bool> missing_policies{{"keep", false}, {"mark", true}};

// As `language` in a file names them.
const std::map<std::string, sop::lang::Dialect> dialects{{"en", sop::lang::Dialect::en},
                                                         {"zh-CN", sop::lang::Dialect::zh_cn},
                                                         {"zh-TW", sop::lang::Dialect::zh_tw}};

const std::map<std::string, DoubtOptions::As> settlements{{"sent", DoubtOptions::As::sent},
                                                          {"failed", DoubtOptions::As::failed},
                                                          {"again", DoubtOptions::As::again}};

const std::map<std::string, UnfenceOptions::As> decisions{{"unknown", UnfenceOptions::As::unknown},
                                                          {"send", UnfenceOptions::As::send}};

// "a, b or c"
std::string either_of(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 < words.size() ? ", " : " or ") + words[i];
    return text;
}

std::string unknown_word_text(const std::string& written, const std::vector<std::string>& known) {
    return fmt::format("there is no `{}`; write {}", written, either_of(known));
}

// Takes one of some words, and says which there are when it is another.
CLI::Validator one_of(std::vector<std::string> words) {
    return CLI::Validator(
        [words = std::move(words)](std::string& written) -> std::string {
            if (std::find(words.begin(), words.end(), written) != words.end()) return {};
            return unknown_word_text(written, words);
        },
        "");
}

template <typename Value>
CLI::Validator one_of(const std::map<std::string, Value>& values) {
    return CLI::Validator(
        [&values](std::string& written) -> std::string {
            const auto found = values.find(written);
            if (found == values.end()) {
                std::vector<std::string> known;
                for (const auto& [name, value] : values) known.push_back(name);
                return unknown_word_text(written, known);
            }
            written = std::to_string(static_cast<int>(found->second));
            return {};
        },
        "");
}

// The library would take `-1` for a very large one, and say of `x` that it cannot be converted.
CLI::Validator whole_number() {
    return CLI::Validator(
        [](std::string& written) -> std::string {
            const bool is_number =
                !written.empty() && std::all_of(written.begin(), written.end(),
                                                [](char c) { return c >= '0' && c <= '9'; });
            return is_number ? "" : fmt::format("`{}` is no whole number", written);
        },
        "");
}

// What belongs to one report is no mistake to be passed over in another.
const std::map<ReportOptions::What, std::vector<std::string>> options_of_reports{
    {ReportOptions::What::metrics,
     {"--from", "--to", "--by", "--per", "--group", "--tag", "--owner", "--metric"}},
    {ReportOptions::What::tiers, {}},
    {ReportOptions::What::funnel, {"--from", "--to", "--rule"}},
    {ReportOptions::What::variants, {"--from", "--to", "--event", "--within"}},
    {ReportOptions::What::points, {"--at", "--top"}},
    {ReportOptions::What::check, {}}};

void refuse_options_of_other_reports(const CLI::App& command, ReportOptions::What what) {
    const auto& taken = options_of_reports.at(what);
    const auto takes = [&](const std::string& option) {
        return std::find(taken.begin(), taken.end(), option) != taken.end();
    };
    std::string name;
    for (const auto& [word, report] : reports) {
        if (report == what) name = word;
    }
    for (const auto& [other, options] : options_of_reports) {
        for (const std::string& option : options) {
            if (command.count(option) == 0 || takes(option)) continue;
            throw CommandError(
                fmt::format("`sop report {}` has no {}; {}", name, option,
                            taken.empty() ? "it takes --dir, --zoneinfo and --format alone"
                                          : fmt::format("it takes {}", fmt::join(taken, ", "))));
        }
    }
}

void add_format(CLI::App* command, OutputFormat& format) {
    command->add_option("--format", format, "text or json")
        ->transform(one_of(formats))
        ->type_name("FORMAT");
}

const std::map<std::string, sop::lang::Language> languages{{"en", sop::lang::Language::en},
                                                           {"zh-CN", sop::lang::Language::zh_cn}};

void add_language(CLI::App* command, sop::lang::Language& language) {
    language = language_of_environment();
    command
        ->add_option("--lang", language,
                     "What is found is said in this language, en or zh-CN (default: that of "
                     "LC_ALL, LC_MESSAGES or LANG)")
        ->transform(one_of(languages))
        ->type_name("LANGUAGE");
}

void add_folder(CLI::App* command, std::string& folder) {
    command
        ->add_option("--dir", folder,
                     "The folder with the playbooks and sop.toml (default: this one)")
        ->type_name("DIR");
}

void add_zoneinfo(CLI::App* command, std::string& folder) {
    command
        ->add_option("--zoneinfo", folder,
                     fmt::format("The folder with the time zone data (default: {})",
                                 zoneinfo_folder_default))
        ->type_name("DIR");
}

// Everything the command line can say; `run` is the subcommand that was given.
struct CommandLine {
    CLI::App app{"Community playbooks: checked, scheduled, posted.", "sop"};
    CheckOptions check_options;
    ExplainOptions explain_options;
    DocOptions doc_options;
    FormatOptions format_options;
    CompileCommandOptions compile_options;
    NextOptions next_options;
    ServeOptions serve_options;
    EmitOptions emit_options;
    IngestOptions ingest_options;
    EventsOptions events_options;
    RunOptions run_options;
    BackfillOptions backfill_options;
    StatusOptions status_options;
    DoubtOptions doubt_options;
    PlanOptions plan_options;
    DeployOptions deploy_options;
    RollbackOptions rollback_options;
    VersionsOptions versions_options;
    MigrateOptions migrate_options;
    PauseOptions pause_options;
    WhyOptions why_options;
    PointsOptions points_options;
    PoolsOptions pools_options;
    DrawsOptions draws_options;
    ReportOptions report_options;
    TasksOptions tasks_options;
    TaskAnswerOptions task_answer_options;
    BackupOptions backup_options;
    VacuumOptions vacuum_options;
    UnfenceOptions unfence_options;
    RehearseOptions rehearse_options;
    TestOptions test_options;
    ImportOptions import_options;
    DirectoryOptions directory_options;
    ForgetOptions forget_options;
    std::function<int()> run;

    CommandLine() {
        app.set_version_flag("--version", "sop " SOP_VERSION);
        app.require_subcommand(1);
        app.footer(
            "Exit codes: 0 fine, 1 findings, 2 wrong usage or something failed, 3 an error in sop "
            "itself.\n"
            "`sop COMMAND --help` shows a command's options and examples.");
        add_check();
        add_explain();
        add_doc();
        add_format_command();
        add_compile();
        add_next();
        add_test();
        add_rehearse();
        add_plan();
        add_serve();
        add_deploy();
        add_versions();
        add_rollback();
        add_migrate();
        add_emit();
        add_ingest();
        add_events();
        add_run();
        add_status();
        add_why();
        add_points();
        add_pools();
        add_draws();
        add_report();
        add_tasks();
        add_doubt();
        add_pause();
        add_resume();
        add_backfill();
        add_backup();
        add_vacuum();
        add_unfence();
        add_directory("groups", sop::lang::SubjectKind::group);
        add_directory("members", sop::lang::SubjectKind::member);
        add_forget();
    }

    void add_check() {
        auto* command = app.add_subcommand("check", "Say what is wrong with playbooks");
        command->add_option("PATH", check_options.paths, "Files, folders, or - for standard input")
            ->required();
        add_zoneinfo(command, check_options.zoneinfo);
        command
            ->add_option("--from", check_options.from,
                         "Look at the coming dates from this one on (default: the first of the "
                         "zone data's year, so that a check says the same every day)")
            ->type_name("DATE");
        command
            ->add_option("--horizon", check_options.horizon,
                         "Look so far ahead, 0 for not at all (default: 90d for rows that tables "
                         "lack; a year for times the clock skips and holidays not known)")
            ->type_name("LENGTH");
        command->add_flag("--fix", check_options.fix,
                          "Apply the fixes that are offered to the files, then say what remains; "
                          "of standard input the mended text is printed");
        add_format(command, check_options.format);
        add_language(command, check_options.language);
        command->footer(
            "Examples:\n  sop check examples/members\n  sop check --format json a.sop b.sop\n"
            "  sop check --fix members.sop\n  sop check --from 2026-12-01 --horizon 26w .");
        command->callback([this] { run = [this] { return check(check_options); }; });
    }

    void add_explain() {
        auto* command = app.add_subcommand(
            "explain", "Say what a diagnostic means and how to mend it, with an example");
        command->add_option("CODE", explain_options.code,
                            "Its code: SOP0104, or 104; without it all are listed");
        add_language(command, explain_options.language);
        add_format(command, explain_options.format);
        command->footer("Examples:\n  sop explain SOP0104\n  sop explain 104 --lang zh-CN");
        command->callback([this] { run = [this] { return explain(explain_options); }; });
    }

    void add_doc() {
        auto* command =
            app.add_subcommand("doc", "Show what the standard library declares, with comments");
        command->add_option("NAME", doc_options.name,
                            "A file of it, such as std.events; without it all are listed");
        add_format(command, doc_options.format);
        command->footer("Examples:\n  sop doc\n  sop doc std.calendar.cn");
        command->callback([this] { run = [this] { return doc(doc_options); }; });
    }

    void add_format_command() {
        auto* command = app.add_subcommand("fmt", "Write playbooks in the one canonical layout");
        command
            ->add_option("PATH", format_options.paths,
                         "Files, folders, or - to format standard input to standard output")
            ->required();
        command
            ->add_option("--language", format_options.dialect,
                         "Write the keywords in this language: en, zh-CN or zh-TW (default: as "
                         "each file says)")
            ->transform(one_of(dialects))
            ->type_name("LANGUAGE");
        auto* check_only =
            command->add_flag("--check", format_options.check_only,
                              "Change nothing; exit with 1 if a file is not formatted");
        command
            ->add_flag("--diff", format_options.diff,
                       "Change nothing; show what would change, and exit with 1 if anything would")
            ->excludes(check_only);
        add_language(command, format_options.language);
        command->footer(
            "Names and texts stay as they are in every language. A file with errors, or with a "
            "name that\n"
            "is a keyword of the other language, is left as it is, and the exit code is 1.\n"
            "Examples:\n  sop fmt members.sop\n  sop fmt --check .\n  sop fmt --diff .\n"
            "  sop fmt --language zh-CN members.sop\n  sop fmt - < draft.sop");
        command->callback([this] { run = [this] { return format(format_options); }; });
    }

    void add_compile() {
        auto* command = app.add_subcommand("compile", "Print what playbooks compile to, as JSON");
        auto* paths = command->add_option("PATH", compile_options.paths,
                                          "Files, folders, or - for standard input");
        command
            ->add_flag("--schema", compile_options.schema,
                       "Print the JSON schema of plans instead, for other tools")
            ->excludes(paths);
        add_zoneinfo(command, compile_options.zoneinfo);
        add_language(command, compile_options.language);
        command->footer(
            "What is found is said on standard error; with errors there is no plan, and the exit "
            "code is 1.\n"
            "Examples:\n  sop compile examples/members > members.plan.json\n  sop compile "
            "--schema");
        command->callback([this] { run = [this] { return compile(compile_options); }; });
    }

    void add_next() {
        auto* command =
            app.add_subcommand("next", "Show the coming times of each rule, or of a schedule");
        command
            ->add_option("PATH", next_options.paths,
                         "Files or folders; a schedule in quotes, with --in; or - for questions "
                         "on standard input, a JSON object a line")
            ->required();
        command->add_option("--in", next_options.zone, "The time zone of the schedule")
            ->type_name("ZONE");
        command->add_option("-n", next_options.count, "How many of each rule (default: 5)")
            ->check(CLI::Range(1, 10000))
            ->type_name("COUNT");
        command
            ->add_option("--after", next_options.after,
                         "A date or time in each rule's zone, exclusive (default: now)")
            ->type_name("TIME");
        add_zoneinfo(command, next_options.zoneinfo);
        add_format(command, next_options.format);
        add_language(command, next_options.language);
        command->footer(
            "A schedule can be written in English or Chinese. Questions and answers, one a line:\n"
            "  {\"id\":1,\"schedule\":\"every thursday at 20:00\",\"zone\":\"Asia/Shanghai\",\n"
            "   \"after\":\"2026-11-19T12:00:00Z\",\"count\":2}\n"
            "  {\"id\":1,\"next\":[\"2026-11-26T12:00:00Z\",\"2026-12-03T12:00:00Z\"]}\n"
            "Examples:\n  sop next members.sop\n  sop next . -n 3 --after 2026-12-31\n"
            "  sop next 'every thursday at 20:00 for 2h' --in Asia/Shanghai\n"
            "  sop next '每周四 20:00 持续 2小时' --in Asia/Shanghai -n 3");
        command->callback([this] { run = [this] { return next(next_options); }; });
    }

    void add_test() {
        auto* command = app.add_subcommand(
            "test",
            "Run the tests that stand in playbooks, each on a clock of its own; nothing is sent");
        command
            ->add_option("PATH", test_options.paths,
                         "Files, which are taken together, or folders (default: this one); a "
                         "folder with a playbook or a sop.toml is one project, any other stands "
                         "for those below it")
            ->default_str("");
        command
            ->add_option("--filter", test_options.filter, "Only tests with this text in the title")
            ->type_name("TEXT");
        command->add_flag("--coverage", test_options.coverage,
                          "List the rules and steps that no test reached");
        add_zoneinfo(command, test_options.zoneinfo);
        add_format(command, test_options.format);
        add_language(command, test_options.language);
        command->footer(
            "A test ends with the latest time it names. Exit codes: 1 when one fails, 2 when there "
            "is none or one asks for more than the executor can do.\n"
            "Examples:\n  sop test examples/members\n  sop test members.sop --filter sale\n"
            "  sop test --coverage --format json");
        command->callback([this] { run = [this] { return test(test_options); }; });
    }

    void add_rehearse() {
        auto* command = app.add_subcommand("rehearse",
                                           "Run the executor over days to come in a moment, with a "
                                           "database of its own; nothing is sent");
        command->add_option("DIR", rehearse_options.folder, "The folder with the playbooks")
            ->required();
        command
            ->add_option("--from", rehearse_options.from,
                         "The first date, or a time, in the zone of the first rule")
            ->required()
            ->type_name("DATE");
        command->add_option("--for", rehearse_options.length, "How long: 7d, 36h, 2w (default: 7d)")
            ->type_name("LENGTH");
        command
            ->add_option("--groups", rehearse_options.groups,
                         "Groups (CSV) in place of the project's")
            ->type_name("FILE");
        command
            ->add_option("--members", rehearse_options.members,
                         "Members (CSV) in place of the project's")
            ->type_name("FILE");
        command
            ->add_option("--events", rehearse_options.events,
                         "Events that happen meanwhile (a JSON object a line); those of types that "
                         "no playbook of the folder declares are left out")
            ->type_name("FILE");
        command->add_flag("--keep", rehearse_options.keep,
                          "Leave the database and say where it is");
        add_zoneinfo(command, rehearse_options.zoneinfo);
        add_format(command, rehearse_options.format);
        add_language(command, rehearse_options.language);
        command->footer(
            "Examples:\n"
            "  sop rehearse examples/members --from 2026-11-16 --for 7d\n"
            "  sop rehearse examples/points --from 2026-11-01 --for 30d --groups month/groups.csv "
            "\\\n"
            "      --members month/members.csv --events month/events.ndjson");
        command->callback([this] { run = [this] { return rehearse(rehearse_options); }; });
    }

    void add_plan() {
        auto* command = app.add_subcommand(
            "plan", "Show what the playbooks of a folder would change about the plan in force");
        command
            ->add_option("DIR", plan_options.folder, "The folder with the playbooks and sop.toml")
            ->required();
        command
            ->add_option("--horizon", plan_options.horizon,
                         "Compare the times of so long from now: 14d, 36h, 8w (default: 14d)")
            ->type_name("LENGTH");
        add_zoneinfo(command, plan_options.zoneinfo);
        add_format(command, plan_options.format);
        add_language(command, plan_options.language);
        command->footer("Example:\n  sop plan examples/members --horizon 4w");
        command->callback([this] { run = [this] { return plan(plan_options); }; });
    }

    void add_serve() {
        auto* command = app.add_subcommand("serve", "Run the executor until it is stopped");
        command
            ->add_option("DIR", serve_options.folder, "The folder with the playbooks and sop.toml")
            ->required();
        add_zoneinfo(command, serve_options.zoneinfo);
        add_language(command, serve_options.language);
        command->footer(
            "SIGTERM and Ctrl-C end it cleanly within 5 s. Its state is in the store; a restart "
            "goes on from it.\n"
            "SIGHUP reads the time zone data again and moves what is planned by it.\n"
            "Example:\n  sop serve examples/members");
        command->callback([this] { run = [this] { return serve(serve_options); }; });
    }

    // DIR, for commands that can go without it.
    static void add_project(CLI::App* command, std::string& folder) {
        command->add_option("DIR", folder,
                            "The folder with the playbooks and sop.toml (default: this one)");
    }

    static void add_wait(CLI::App* command, std::string& wait) {
        command
            ->add_option("--wait", wait,
                         fmt::format("Wait so long for the running executor's answer, then take it "
                                     "all back (default: {})",
                                     wait))
            ->type_name("LENGTH");
    }

    void add_deploy() {
        auto* command = app.add_subcommand(
            "deploy", "Put the playbooks of a folder in force, at once and whole");
        add_project(command, deploy_options.folder);
        add_wait(command, deploy_options.wait);
        add_zoneinfo(command, deploy_options.zoneinfo);
        add_format(command, deploy_options.format);
        add_language(command, deploy_options.language);
        command->footer(
            "The running executor takes it up; without one this command does it. What was planned "
            "to begin before that moment is begun by the plan before;\n"
            "runs under way stay on theirs. Channels that are new are set up from sop.toml, those "
            "in use keep their settings until the next start.\n"
            "Example:\n  sop deploy examples/members");
        command->callback([this] { run = [this] { return deploy(deploy_options); }; });
    }

    void add_versions() {
        auto* command = app.add_subcommand(
            "versions", "List the plans that were deployed, and the runs that still go by them");
        add_project(command, versions_options.folder);
        add_format(command, versions_options.format);
        command->footer("Example:\n  sop versions examples/members");
        command->callback([this] { run = [this] { return versions(versions_options); }; });
    }

    void add_rollback() {
        auto* command =
            app.add_subcommand("rollback", "Put an earlier plan in force again, as a new version");
        add_project(command, rollback_options.folder);
        command
            ->add_option("--to", rollback_options.to,
                         "Its version, as `sop versions` lists it (default: the one before)")
            ->type_name("VERSION");
        add_wait(command, rollback_options.wait);
        add_zoneinfo(command, rollback_options.zoneinfo);
        add_format(command, rollback_options.format);
        command->footer(
            "`sop serve` keeps to it as long as the files are those that were rolled back from.\n"
            "Examples:\n  sop rollback examples/members\n  sop rollback --to 3");
        command->callback([this] { run = [this] { return rollback(rollback_options); }; });
    }

    void add_migrate() {
        auto* command = app.add_subcommand(
            "migrate", "Move open runs of earlier plans to the one in force, all or none");
        add_project(command, migrate_options.folder);
        command
            ->add_option("--from", migrate_options.from,
                         "Only runs of this version (default: of all earlier ones)")
            ->type_name("VERSION");
        command
            ->add_option("--map", migrate_options.mapping,
                         "What waits for a step waits for another one then: "
                         "PLAYBOOK.RULE.STEP=STEP, as often as needed")
            ->type_name("STEP=STEP")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        command->add_flag("--dry-run", migrate_options.dry_run,
                          "Change nothing; say what would be moved, or why it cannot be");
        add_wait(command, migrate_options.wait);
        add_zoneinfo(command, migrate_options.zoneinfo);
        add_format(command, migrate_options.format);
        command->footer(
            "A run goes on at the step of the same name, at the time the plan in force gives it. "
            "When a step that a run waits for is not there,\n"
            "nothing is moved, and the mapping to write is said. Messages that are pending stay as "
            "they are.\n"
            "Examples:\n  sop migrate --dry-run\n"
            "  sop migrate examples/members --map 'members.flash_sale.end=end + 10m'");
        command->callback([this] { run = [this] { return migrate(migrate_options); }; });
    }

    void add_run() {
        auto* command = app.add_subcommand(
            "run", "Have a rule of the calendar fire once, now, in the executor");
        command->add_option("RULE", run_options.rule, "PLAYBOOK.RULE of the plan in force")
            ->required();
        command->add_option("--group", run_options.group, "For this group alone")->type_name("ID");
        command->add_option("--member", run_options.member, "For this member alone")
            ->type_name("ID");
        command
            ->add_option("--id", run_options.id,
                         "Unique id (default: a new one); one that is there already does nothing")
            ->type_name("ID");
        add_folder(command, run_options.folder);
        command->footer(
            "The moment it is asked for stands for `start`: steps before it are late by then, "
            "steps\n"
            "after it come at their times. Guards hold as ever.\n\n"
            "Examples:\n  sop run members.checkin --dir examples/members\n"
            "  sop run members.flash_sale --group g0001 --dir examples/members");
        command->callback([this] { run = [this] { return run_now(run_options); }; });
    }

    void add_emit() {
        auto* command = app.add_subcommand("emit", "Hand an event to the running executor");
        command->add_option("EVENT", emit_options.event, "The declared event")->required();
        command->add_option("FIELD", emit_options.fields, "name=value for each field");
        command->add_option("--member", emit_options.member, "Id of the member it is about")
            ->type_name("ID");
        command->add_option("--group", emit_options.group, "Id of the group it happened in")
            ->type_name("ID");
        command
            ->add_option("--id", emit_options.id,
                         "The event's own id; a second one with it is ignored")
            ->type_name("ID");
        command
            ->add_option("--at", emit_options.at,
                         "When it happened; without an offset, by the clock of the first rule's "
                         "zone (default: now)")
            ->type_name("TIME");
        add_zoneinfo(command, emit_options.zoneinfo);
        add_folder(command, emit_options.folder);
        command->footer(
            "Example:\n  sop emit opened what=article_1 --member m00002 --dir examples/members");
        command->callback([this] { run = [this] { return emit(emit_options); }; });
    }

    void add_ingest() {
        auto* command = app.add_subcommand(
            "ingest", "Take events from a file or a pipe into the inbox, a JSON object a line");
        command->add_option("FILE", ingest_options.file,
                            "A file, or - for standard input (default: -)");
        command->add_flag("--strict", ingest_options.strict,
                          "Stop at the first wrong line and take nothing behind it");
        command->add_flag("--ack", ingest_options.acknowledge,
                          "Print a line each time that all events up to some line are on the disk");
        add_folder(command, ingest_options.folder);
        add_format(command, ingest_options.format);
        command->footer(
            "A line:\n  "
            "{\"id\":\"o-1\",\"type\":\"order\",\"at\":\"2026-11-19T12:00:00Z\",\"group\":"
            "\"g1\",\n   \"member\":\"m1\",\"fields\":{\"amount\":\"59 CNY\"}}\n"
            "`type` is a declared event. Without `at` it happened now. An event with an `id` is "
            "taken "
            "once,\nhowever often it is sent: after a kill, send the stream again. Without one it "
            "is "
            "another each time.\nA wrong line is recorded and the stream goes on; `sop events "
            "rejected` lists them.\n"
            "Exit codes: 0 when all were taken or there already, 1 when lines were rejected, 2 "
            "when "
            "the stream,\nthe store or a signal ended it before its end.\n"
            "Examples:\n  sop ingest events.ndjson --dir examples/members\n"
            "  shop-export --follow | sop ingest --ack");
        command->callback([this] { run = [this] { return ingest(ingest_options); }; });
    }

    void add_events() {
        auto* command = app.add_subcommand(
            "events", "Show events of a group or member, one event, or those not taken");
        command->add_option("--id", events_options.id, "The event of this id")->type_name("ID");
        command->add_option("--group", events_options.group, "The latest in this group")
            ->type_name("ID");
        command->add_option("--member", events_options.member, "The latest of this member")
            ->type_name("ID");
        const auto add_common = [this](CLI::App* to) {
            to->add_option("-n", events_options.count, "How many (default: 20)")
                ->check(CLI::Range(1, 1'000'000))
                ->type_name("COUNT");
            add_folder(to, events_options.folder);
            add_format(to, events_options.format);
        };
        add_common(command);
        command->footer(
            "What an event says that no playbook declares is in the JSON as `extra`.\n"
            "Examples:\n  sop events --member m00002 -n 50\n  sop events --id o-1 --format json\n"
            "  sop events rejected");
        auto* rejected = command->add_subcommand(
            "rejected", "The latest that were not taken, why, and how to mend them");
        add_common(rejected);
        command->callback([this, rejected] {
            const bool lists_rejected = rejected->parsed();
            run = [this, lists_rejected] {
                return lists_rejected ? list_rejected_events(events_options)
                                      : list_events(events_options);
            };
        });
    }

    void add_status() {
        auto* command = app.add_subcommand("status", "Show what became of the planned messages");
        command->add_option("DIR", status_options.folder,
                            "The folder with the playbooks and sop.toml (default: this one)");
        command->add_flag("--all", status_options.all,
                          "List every unknown message and moved time, not the first ones");
        command->add_option("--format", status_options.format, "text, json or prometheus")
            ->transform(one_of(status_formats))
            ->type_name("FORMAT");
        command->footer(
            "Examples:\n  sop status examples/members\n  sop status --format prometheus > "
            "/var/lib/node_exporter/sop.prom");
        command->callback([this] { run = [this] { return status(status_options); }; });
    }

    void add_why() {
        auto* command = app.add_subcommand(
            "why", "Say what was due for a group or member at a time, what happened, and why");
        auto* group = command->add_option("--group", why_options.group, "Id of the group");
        group->type_name("ID");
        command->add_option("--member", why_options.member, "Id of the member")
            ->type_name("ID")
            ->excludes(group);
        command
            ->add_option("--at", why_options.at,
                         "The time; without an offset, by the clock of the first rule's zone")
            ->required()
            ->type_name("TIME");
        command
            ->add_option("--within", why_options.within,
                         "Look so far before and after it (default: 12h)")
            ->type_name("LENGTH");
        add_folder(command, why_options.folder);
        add_zoneinfo(command, why_options.zoneinfo);
        add_format(command, why_options.format);
        command->footer(
            "Example:\n  sop why --group g0001 --at 2026-11-19T20:00 --dir examples/members");
        command->callback([this] { run = [this] { return why(why_options); }; });
    }

    void add_points() {
        auto* command = app.add_subcommand(
            "points", "Show a member's points and what they were given and spent for");
        command->add_option("MEMBER", points_options.member, "Id of the member")->required();
        command
            ->add_option("--at", points_options.at,
                         "As they were then; without an offset, by the clock of the first rule's "
                         "zone (default: now)")
            ->type_name("TIME");
        add_folder(command, points_options.folder);
        add_zoneinfo(command, points_options.zoneinfo);
        add_format(command, points_options.format);
        command->footer(
            "Examples:\n  sop points m00002 --dir examples/points\n"
            "  sop points m00002 --at 2026-11-30T23:59 --format json");
        command->callback([this] { run = [this] { return points(points_options); }; });
    }

    void add_pools() {
        auto* command =
            app.add_subcommand("pools", "List the pools of codes, and how many are left");
        add_folder(command, pools_options.folder);
        add_format(command, pools_options.format);
        command->footer(
            "Examples:\n  sop pools --dir examples/lottery\n"
            "  sop pools import coupons codes.csv\n  sop pools show coupons > given.csv");
        auto* import =
            command->add_subcommand("import", "Add codes from a CSV file with the column `code`");
        import->add_option("POOL", pools_options.pool, "As the playbook declares it")->required();
        import->add_option("FILE", pools_options.file, "UTF-8, with a header row")->required();
        add_folder(import, pools_options.folder);
        add_format(import, pools_options.format);
        import->footer(
            "Codes that the pool has stay as they are, so that a file may be imported again.");
        auto* show = command->add_subcommand(
            "show", "Print the codes of a pool as CSV, and to whom they were given");
        show->add_option("POOL", pools_options.pool)->required();
        add_folder(show, pools_options.folder);
        add_format(show, pools_options.format);
        command->require_subcommand(0, 1);
        import->callback([this] { run = [this] { return import_pool(pools_options); }; });
        show->callback([this] { run = [this] { return show_pool(pools_options); }; });
        command->callback([this, command] {
            if (command->get_subcommands().empty()) run = [this] { return pools(pools_options); };
        });
    }

    void add_draws() {
        auto* command =
            app.add_subcommand("draws", "List the draws that were held, or count one again");
        command
            ->add_option("DRAW", draws_options.draw,
                         "The number of one: shows its seed and entries, and counts again")
            ->check(whole_number());
        command->add_option("--rule", draws_options.rule, "Only of this PLAYBOOK.RULE");
        command->add_option("--group", draws_options.group, "Only for this group")->type_name("ID");
        command->add_option("--limit", draws_options.limit, "How many, the latest first")
            ->check(whole_number())
            ->capture_default_str();
        add_folder(command, draws_options.folder);
        add_format(command, draws_options.format);
        command->footer(
            "Exit code 1 when the winners are not those that counting gives.\n"
            "Examples:\n  sop draws --rule lottery.raffle\n  sop draws 12");
        command->callback([this] { run = [this] { return draws(draws_options); }; });
    }

    void add_report() {
        auto* command = app.add_subcommand(
            "report", "Show the metrics of groups, where tiers and funnels stand, who has points");
        command
            ->add_option("WHAT", report_options.what,
                         "metrics (the default); tiers: the level of each, since when and why; "
                         "funnel: how many came to each step of rules; variants: what came of "
                         "each form of contents; points: who has the most; "
                         "check: counts the kept events anew and compares")
            ->transform(one_of(reports))
            ->type_name("");
        command
            ->add_option("--from", report_options.from,
                         "The first date, by the clock of the first rule's zone (default: a week "
                         "ago)")
            ->type_name("DATE");
        command->add_option("--to", report_options.to, "The last date (default: yesterday)")
            ->type_name("DATE");
        command
            ->add_option("--by", report_options.by,
                         "day, week (from Monday) or month: each by itself")
            ->transform(one_of(splits))
            ->type_name("PERIOD");
        command
            ->add_option("--per", report_options.per,
                         "group, tag or owner: a row for each (default: all together)")
            ->transform(one_of(report_rows))
            ->type_name("WHAT");
        const auto add_names = [command](const char* name, std::vector<std::string>& values,
                                         const char* help, const char* type) {
            command->add_option(name, values, help)->type_name(type)->expected(1)->take_all();
        };
        add_names("--group", report_options.groups, "This group alone; can be given several times",
                  "ID");
        add_names("--tag", report_options.tags, "Groups with this tag; or with one of several",
                  "TAG");
        add_names("--owner", report_options.owners, "Groups of this owner; or of one of several",
                  "ID");
        add_names("--metric", report_options.metrics, "This metric; can be given several times",
                  "NAME");
        add_names("--rule", report_options.rules, "For funnel: this rule, as in course.funnel",
                  "RULE");
        command
            ->add_option("--event", report_options.event,
                         "For variants: what counts as an answer, as in order or opened(article_1) "
                         "(default: order)")
            ->type_name("EVENT");
        command
            ->add_option("--within", report_options.within,
                         "For variants: how long after the message it does (default: 3d)")
            ->type_name("LENGTH");
        command
            ->add_option("--top", report_options.top, "For points: so many members (default: 20)")
            ->check(CLI::Range(1, 1'000'000))
            ->type_name("COUNT");
        command
            ->add_option("--at", report_options.at,
                         "For points: as they were then; without an offset, by the clock of the "
                         "first rule's zone (default: now)")
            ->type_name("TIME");
        add_folder(command, report_options.folder);
        add_zoneinfo(command, report_options.zoneinfo);
        command->add_option("--format", report_options.format, table_formats_text)
            ->transform(one_of(table_formats))
            ->type_name("FORMAT");
        command->footer(
            "Examples:\n  sop report --from 2026-11-01 --to 2026-11-30 --by week\n"
            "  sop report --per tag --metric gmv --metric conversion --format csv\n"
            "  sop report funnel --rule course.funnel\n  sop report tiers\n"
            "  sop report variants --event \"opened(article_1)\" --within 24h\n"
            "  sop report points --top 10");
        command->callback([this, command] {
            refuse_options_of_other_reports(*command, report_options.what);
            run = [this] { return report(report_options); };
        });
    }

    void add_tasks() {
        auto* command =
            app.add_subcommand("tasks", "List what staff are to do, or say what was done");
        command->add_option("--role", tasks_options.role, "Of this role alone")->type_name("ROLE");
        command->add_option("--group", tasks_options.group, "About this group alone")
            ->type_name("ID");
        command->add_flag("--overdue", tasks_options.overdue, "Only those whose time is over");
        command->add_flag("--all", tasks_options.all,
                          "Also those that are done, rejected, late or cancelled");
        add_folder(command, tasks_options.folder);
        add_zoneinfo(command, tasks_options.zoneinfo);
        command->add_option("--format", tasks_options.format, table_formats_text)
            ->transform(one_of(table_formats))
            ->type_name("FORMAT");
        command->footer(
            "Examples:\n  sop tasks --role owner --overdue\n  sop tasks --all --format csv\n"
            "  sop tasks done 12 --by lily --note \"she is coming\"\n  sop tasks reject 13");
        command->callback([this, command] {
            if (command->get_subcommands().empty()) run = [this] { return tasks(tasks_options); };
        });
        add_task_answer(command, "done", "Say that a task is done, or a step approved", true);
        add_task_answer(command, "reject",
                        "Say that a task will not be done, or a step is not approved", false);
    }

    void add_task_answer(CLI::App* parent, const char* name, const char* what, bool done) {
        auto* command = parent->add_subcommand(name, what);
        command->add_option("TASK", task_answer_options.task, "Its number")
            ->required()
            ->check(whole_number())
            ->type_name("");
        command->add_option("--by", task_answer_options.by, "Who says so")->type_name("WHO");
        command->add_option("--note", task_answer_options.note, "What is to be known of it")
            ->type_name("TEXT");
        add_folder(command, task_answer_options.folder);
        command->callback([this, done] {
            task_answer_options.done = done;
            run = [this] { return answer_task(task_answer_options); };
        });
    }

    void add_doubt() {
        auto* command = app.add_subcommand(
            "doubt",
            "List the messages nobody can tell the end of, or settle them; and list those that "
            "platforms are asked about");
        command->add_option("MESSAGE", doubt_options.ids, "Numbers of messages to settle")
            ->check(whole_number());
        command->add_flag("--all", doubt_options.all, "Settle all of them");
        command
            ->add_option("--as", doubt_options.as,
                         "sent; failed (it did not arrive); or again (it did not, and is to be "
                         "sent now)")
            ->transform(one_of(settlements))
            ->type_name("OUTCOME");
        add_folder(command, doubt_options.folder);
        add_format(command, doubt_options.format);
        command->footer(
            "Examples:\n  sop doubt --dir examples/members\n  sop doubt 812 813 --as sent\n"
            "  sop doubt --all --as failed");
        command->callback([this] { run = [this] { return doubt(doubt_options); }; });
    }

    void add_pause() {
        auto* command =
            app.add_subcommand("pause", "Pause a playbook or a rule, or list what is paused");
        command->add_option("NAME", pause_options.name, "A playbook, or playbook.rule")
            ->type_name("");
        command->add_flag("--skip", pause_options.skip,
                          "Skip what would be done meanwhile; else it waits and goes by the late "
                          "rule when the pause is over");
        add_folder(command, pause_options.folder);
        add_format(command, pause_options.format);
        command->footer(
            "Examples:\n  sop pause members.flash_sale\n  sop pause members --skip\n  sop pause");
        command->callback([this] { run = [this] { return pause(pause_options); }; });
    }

    void add_resume() {
        auto* command =
            app.add_subcommand("resume", "Go on with a playbook or rule that is paused");
        command->add_option("NAME", pause_options.name, "As it was paused")
            ->required()
            ->type_name("");
        add_folder(command, pause_options.folder);
        command->footer("Example:\n  sop resume members.flash_sale");
        command->callback([this] { run = [this] { return resume(pause_options); }; });
    }

    void add_backfill() {
        auto* command =
            app.add_subcommand("backfill", "Make up for messages of a period that were skipped");
        command
            ->add_option("NAME", backfill_options.name,
                         "A playbook, or playbook.rule: whose messages")
            ->required();
        command
            ->add_option("--from", backfill_options.from,
                         "Of those planned from then on; without an offset, by the clock of the "
                         "first rule's zone")
            ->required()
            ->type_name("TIME");
        command->add_option("--to", backfill_options.to, "And before then (default: now)")
            ->type_name("TIME");
        auto* group = command->add_option("--group", backfill_options.group, "Of this group alone");
        group->type_name("ID");
        command->add_option("--member", backfill_options.member, "Of this member alone")
            ->type_name("ID")
            ->excludes(group);
        command
            ->add_option("--reason", backfill_options.reasons,
                         "Of those skipped for this; can be given several times (default: late "
                         "and paused)")
            ->type_name("REASON")
            ->check(one_of(
                std::vector<std::string>(backfilled_reasons.begin(), backfilled_reasons.end())))
            ->expected(1)
            ->take_all();
        command->add_flag("--dry-run", backfill_options.dry_run, "Only count them");
        add_folder(command, backfill_options.folder);
        add_zoneinfo(command, backfill_options.zoneinfo);
        add_format(command, backfill_options.format);
        command->footer(
            "A message made up for is wanted from now on, with its text by the plan that was in "
            "force\nthen. Nobody can get it twice; guards and budgets hold as ever. Tags and "
            "branches that were\npassed over stay so.\n\n"
            "Examples:\n  sop backfill members --from 2026-11-19 --dry-run\n"
            "  sop backfill members.flash_sale --from 2026-11-19T18:00 --to 2026-11-19T21:00\n"
            "  sop backfill members --from 2026-11-19 --reason late --reason cap");
        command->callback([this] { run = [this] { return backfill(backfill_options); }; });
    }

    void add_backup() {
        auto* command =
            app.add_subcommand("backup", "Copy the store to a file, while the executor goes on");
        command->add_option("FILE", backup_options.file, "A file that is not there yet")
            ->required();
        add_folder(command, backup_options.folder);
        command->footer("Example:\n  sop backup /backup/sop-2026-11-19.db --dir examples/members");
        command->callback([this] { run = [this] { return backup(backup_options); }; });
    }

    void add_vacuum() {
        auto* command = app.add_subcommand(
            "vacuum", "Give the space of what was let go back to the disk; no executor may run");
        command->add_option("DIR", vacuum_options.folder,
                            "The folder with the playbooks and sop.toml (default: this one)");
        add_format(command, vacuum_options.format);
        command->footer(
            "Needs as much room as the store, meanwhile.\nExample:\n  sop vacuum examples/members");
        command->callback([this] { run = [this] { return vacuum(vacuum_options); }; });
    }

    void add_unfence() {
        auto* command = app.add_subcommand(
            "unfence",
            "Let a store that was copied or restored send again, or list what may have been sent");
        command->add_option("DIR", unfence_options.folder,
                            "The folder with the playbooks and sop.toml (default: this one)");
        command
            ->add_option("--as", unfence_options.as,
                         "What was due meanwhile becomes unknown, and is not sent by itself; or is "
                         "sent unless it is too late (default: list it)")
            ->transform(one_of(decisions))
            ->type_name("unknown|send");
        add_zoneinfo(command, unfence_options.zoneinfo);
        add_format(command, unfence_options.format);
        command->footer(
            "Examples:\n  sop unfence examples/members\n  sop unfence --as unknown "
            "examples/members");
        command->callback([this] { run = [this] { return unfence(unfence_options); }; });
    }

    void add_directory(const std::string& name, sop::lang::SubjectKind kind) {
        const bool of_groups = kind == sop::lang::SubjectKind::group;
        auto* command = app.add_subcommand(
            name, of_groups ? "List the groups of the directory, or import them"
                            : "List the members of the directory, import or export them");
        command
            ->add_option("--where", directory_options.where,
                         of_groups ? "A condition, as rules have them: `name exists and size > 100`"
                                   : "A condition, as rules have them: `points >= 50`")
            ->type_name("CONDITION");
        command->add_option("--tag", directory_options.tags, "Of those tagged so; any of several")
            ->delimiter(',')
            ->type_name("TAG");
        command
            ->add_option("--name", directory_options.name,
                         "Of those with this in their name; case and width do not matter")
            ->type_name("TEXT");
        command
            ->add_option("--sort", directory_options.sort,
                         of_groups ? "id, name, owner, zone, status, created, size or talked"
                                   : "id, name, zone, invited_by, joined, opted_out or points")
            ->check(one_of(of_groups
                               ? std::vector<std::string>{"id", "name", "owner", "zone", "status",
                                                          "created", "size", "talked"}
                               : std::vector<std::string>{"id", "name", "zone", "invited_by",
                                                          "joined", "opted_out", "points"}))
            ->type_name("FIELD");
        command->add_flag("--desc", directory_options.descending, "The last first");
        command
            ->add_option("--limit", directory_options.limit,
                         "At most so many (default: 100; 0 for all)")
            ->check(whole_number());
        command->add_option("--after", directory_options.after, "Those behind this id")
            ->type_name("ID");
        command->add_flag("--all", directory_options.all,
                          of_groups ? "Dissolved ones too" : "Those that are gone too");
        add_folder(command, directory_options.folder);
        add_zoneinfo(command, directory_options.zoneinfo);
        add_language(command, directory_options.language);
        command->add_option("--format", directory_options.format, table_formats_text)
            ->transform(one_of(table_formats))
            ->type_name("FORMAT");
        command->footer(
            of_groups
                ? "A CSV list can be imported again. Free fields are asked for by their names.\n"
                  "Examples:\n  sop groups --where 'not name exists'\n"
                  "  sop groups --tag vip --sort size --desc\n"
                  "  sop groups --where 'talked < 2026-11-01' --format csv > quiet.csv"
                : "A CSV list can be imported again. Free fields are asked for by their names.\n"
                  "Examples:\n  sop members --tag super_user --limit 20\n"
                  "  sop members --where 'city == \"Hangzhou\" and points >= 100'");
        command->callback([this, command, kind] {
            if (!command->get_subcommands().empty()) return;
            directory_options.kind = kind;
            run = [this] { return list_directory(directory_options); };
        });
        add_import(command, kind);
        add_record(command, kind, "show", "What is known of one", show_record);
        if (!of_groups)
            add_record(command, kind, "export",
                       "All that the store has about one, with its history, as JSON",
                       export_member);
    }

    void add_record(CLI::App* parent, sop::lang::SubjectKind kind, const std::string& name,
                    const std::string& what, int (*show)(const DirectoryOptions&)) {
        auto* command = parent->add_subcommand(name, what);
        command->add_option("ID", directory_options.id, "Of the directory")->required();
        add_folder(command, directory_options.folder);
        if (name == "show") add_format(command, directory_options.format);
        command->callback([this, kind, show] {
            directory_options.kind = kind;
            run = [this, show] { return show(directory_options); };
        });
    }

    void add_import(CLI::App* parent, sop::lang::SubjectKind kind) {
        auto* command = parent->add_subcommand(
            "import", kind == sop::lang::SubjectKind::group
                          ? "Add or change groups by a file: id, name, owner, tags, zone, status, "
                            "created, staff.ROLE, attribute.NAME"
                          : "Add or change members by a file: id, name, groups, tags, zone, "
                            "invited_by, joined, opted_out, attribute.NAME");
        command
            ->add_option("FILE", import_options.file,
                         "CSV in UTF-8 with a header row; or .ndjson, a JSON object a line")
            ->required();
        command->add_flag(
            "--dry-run", import_options.dry_run,
            "Only show what would change; a terminal is always shown that, and asked");
        command->add_flag("--yes", import_options.yes, "Do not ask");
        command
            ->add_option("--missing", import_options.marks_missing,
                         "What becomes of those that are not in the file: keep (the default) or "
                         "mark, groups as dissolved and members as gone")
            ->transform(one_of(missing_policies))
            ->type_name("keep|mark");
        command->add_flag("--ignore-unknown", import_options.ignores_unknown,
                          "Leave out columns that are not known; else they are an error");
        add_folder(command, import_options.folder);
        add_zoneinfo(command, import_options.zoneinfo);
        add_format(command, import_options.format);
        command->callback([this, kind] {
            import_options.kind = kind;
            run = [this] { return import_records(import_options); };
        });
    }

    void add_forget() {
        auto* command = app.add_subcommand(
            "forget", "Erase all that is known of a member; sums and counts stay, under no name");
        command->add_option("MEMBER", forget_options.member, "Id of the member")->required();
        command->add_flag("--yes", forget_options.yes, "Do not ask");
        add_folder(command, forget_options.folder);
        add_format(command, forget_options.format);
        command->footer(
            "Its runs end, and no import or event brings it back.\n"
            "Example:\n  sop members export m00002 > m00002.json\n  sop forget m00002");
        command->callback([this] { run = [this] { return forget(forget_options); }; });
    }
};

int run_command(CommandLine& command_line) {
    const auto failed = [](const std::exception& error) {
        std::fflush(stdout);
        fmt::print(stderr, "sop: {}\n", error.what());
        return exit_failed;
    };
    try {
        const int code = command_line.run();
        if (std::fflush(stdout) != 0)
            throw CommandError("standard output cannot be written; is the disk full?");
        return code;
    } catch (const Error& error) {
        return failed(error);
    } catch (const sop::lang::calendar::ZoneDataError& error) {
        return failed(error);
    } catch (const sop::lang::PlanFormatError& error) {
        return failed(error);
    } catch (const std::exception& error) {
        fmt::print(stderr,
                   "sop: internal error: {}\nThis is a fault in sop, not in your files; please "
                   "report it.\n",
                   error.what());
        return exit_internal;
    }
}

// The library would say no more than that a subcommand is missing.
void refuse_unknown_command(const CLI::App& app, int argument_count, char** arguments) {
    if (argument_count < 2 || arguments[1][0] == '-') return;
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    if (std::find(names.begin(), names.end(), arguments[1]) != names.end()) return;
    const auto near = sop::lang::closest(arguments[1], names);
    throw CommandError(fmt::format(
        "there is no command `{}`; {}", arguments[1],
        near ? fmt::format("did you mean `{}`?", *near) : "`sop --help` lists the commands"));
}

}  // namespace

int main(int argument_count, char** arguments) {
    CommandLine command_line;
    try {
        refuse_unknown_command(command_line.app, argument_count, arguments);
        command_line.app.parse(argument_count, arguments);
    } catch (const CommandError& error) {
        fmt::print(stderr, "sop: {}\n", error.what());
        return exit_failed;
    } catch (const CLI::ParseError& error) {
        return command_line.app.exit(error) == 0 ? exit_fine : exit_failed;
    }
    return run_command(command_line);
}
