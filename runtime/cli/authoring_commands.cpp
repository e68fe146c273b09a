// Playbooks as files: check, test, rehearse, compare. Nothing here sends or changes a store.
#include "runtime/cli/arguments.h"
#include "runtime/scaffold/scaffold.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

// As `language` in a file names them.
const std::map<std::string, lang::Dialect> dialects{
    {"en", lang::Dialect::en}, {"zh-CN", lang::Dialect::zh_cn}, {"zh-TW", lang::Dialect::zh_tw}};

const std::map<std::string, FindingFormat> finding_formats{
    {"text", FindingFormat::text},     {"short", FindingFormat::short_lines},
    {"json", FindingFormat::json},     {"sarif", FindingFormat::sarif},
    {"github", FindingFormat::github}, {"gitlab", FindingFormat::gitlab},
    {"junit", FindingFormat::junit}};
const std::map<std::string, lang::Severity> severities{{"error", lang::Severity::error},
                                                       {"warning", lang::Severity::warning},
                                                       {"note", lang::Severity::note}};
const std::map<std::string, lang::Language> project_languages{{"en", lang::Language::en},
                                                              {"zh-CN", lang::Language::zh_cn}};
const std::map<std::string, RehearsalOrder> rehearsal_orders{
    {"day", RehearsalOrder::day}, {"group", RehearsalOrder::group}, {"rule", RehearsalOrder::rule}};

void add_check(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<CheckOptions>();
    auto* command = app.add_subcommand("check", "Say what is wrong with playbooks");
    command->add_option("PATH", options->paths, "Files, folders, or - for standard input");
    add_zoneinfo(command, options->zoneinfo);
    command
        ->add_option("--from", options->from,
                     "Look at the coming dates from this one on (default: the first of the "
                     "zone data's year, so that a check says the same every day)")
        ->type_name("DATE");
    command
        ->add_option("--horizon", options->horizon,
                     "Look so far ahead, 0 for not at all (default: 90d for rows that tables lack "
                     "and for what goes out; a year for times the clock skips and holidays not "
                     "known; single dates are looked at two years ahead)")
        ->type_name("LENGTH");
    command
        ->add_option("--groups", options->groups,
                     "Count with these groups (CSV or NDJSON; default: those that the project's "
                     "sop.toml names)")
        ->type_name("FILE");
    command->add_option("--members", options->members, "And with these members")->type_name("FILE");
    command->add_flag("--no-directory", options->without_directory,
                      "Count with no directory: only what is true of any is told");
    command->add_flag("--fix", options->fix,
                      "Apply the fixes that are offered to the files, then say what remains; "
                      "of standard input the mended text is printed");
    command
        ->add_option("--fail-on", options->fail_on,
                     "The least that makes the exit code 1: error (the default), warning or note")
        ->transform(one_of(severities))
        ->type_name("SEVERITY");
    command
        ->add_option("--baseline", options->baseline,
                     "Tell no finding that this file has; errors are always told")
        ->type_name("FILE");
    command->add_flag("--write-baseline", options->writes_baseline,
                      "Write what is found now to the baseline");
    command
        ->add_option("--format", options->format,
                     "text, short (a line each), json, sarif, github (annotations), gitlab (Code "
                     "Quality) or junit")
        ->transform(one_of(finding_formats))
        ->type_name("FORMAT");
    command->add_flag("--schema", options->prints_schema, "Print the JSON Schema of --format json");
    add_language(command, options->language);
    command->footer(
        "Examples:\n  sop check examples/members\n  sop check --format json a.sop b.sop\n"
        "  sop check --fix members.sop\n  sop check --from 2026-12-01 --horizon 26w .\n"
        "  sop check --groups groups.csv members.sop\n"
        "  sop check --format sarif . > sop.sarif\n"
        "  sop check --baseline sop-baseline.json --write-baseline .\n"
        "A comment `# sop: allow(SOP0731) why` behind a statement, or above it, lets a finding "
        "stand.");
    command->callback([&run, options] { run = [options] { return check(*options); }; });
}

void add_explain(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<ExplainOptions>();
    auto* command = app.add_subcommand(
        "explain", "Say what a diagnostic means and how to mend it, with an example");
    command->add_option("CODE", options->code,
                        "Its code: SOP0104, or 104; without it all are listed");
    add_language(command, options->language);
    add_format(command, options->format);
    command->footer("Examples:\n  sop explain SOP0104\n  sop explain 104 --lang zh-CN");
    command->callback([&run, options] { run = [options] { return explain(*options); }; });
}

void add_doc(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<DocOptions>();
    auto* command =
        app.add_subcommand("doc", "Show what the standard library declares, with comments");
    command->add_option("NAME", options->name,
                        "A file of it, such as std.events; without it all are listed");
    add_format(command, options->format);
    command->footer("Examples:\n  sop doc\n  sop doc std.calendar.cn");
    command->callback([&run, options] { run = [options] { return doc(*options); }; });
}

void add_format_command(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<FormatOptions>();
    auto* command = app.add_subcommand("fmt", "Write playbooks in the one canonical layout");
    command
        ->add_option("PATH", options->paths,
                     "Files, folders, or - to format standard input to standard output")
        ->required();
    command
        ->add_option("--language", options->dialect,
                     "Write the keywords in this language: en, zh-CN or zh-TW (default: as "
                     "each file says)")
        ->transform(one_of(dialects))
        ->type_name("LANGUAGE");
    auto* check_only = command->add_flag("--check", options->check_only,
                                         "Change nothing; exit with 1 if a file is not formatted");
    command
        ->add_flag("--diff", options->diff,
                   "Change nothing; show what would change, and exit with 1 if anything would")
        ->excludes(check_only);
    add_language(command, options->language);
    command->footer(
        "Names and texts stay as they are in every language. A file with errors, or with a "
        "name that\n"
        "is a keyword of the other language, is left as it is, and the exit code is 1.\n"
        "Examples:\n  sop fmt members.sop\n  sop fmt --check .\n  sop fmt --diff .\n"
        "  sop fmt --language zh-CN members.sop\n  sop fmt - < draft.sop");
    command->callback([&run, options] { run = [options] { return format(*options); }; });
}

void add_new(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<NewProjectOptions>();
    auto* command = app.add_subcommand(
        "new", "Begin a project: a small playbook with a test, its settings, and checks for CI");
    command->add_option("DIR", options->folder, "A folder that is not there yet, or empty")
        ->required();
    const auto templates = scaffold_templates();
    command
        ->add_option(
            "--template", options->scaffold,
            fmt::format("What to begin with: {} (default: club)", fmt::join(templates, ", ")))
        ->check(one_of(templates))
        ->type_name("NAME");
    command
        ->add_option("--language", options->language,
                     "The language of the playbook and its texts, en or zh-CN (default: en)")
        ->transform(one_of(project_languages))
        ->type_name("LANGUAGE");
    command
        ->add_option("--zone", options->zone,
                     "The time zone of the playbook (default: Asia/Shanghai)")
        ->type_name("ZONE");
    add_zoneinfo(command, options->zoneinfo);
    command->footer(
        "Examples:\n  sop new my-club\n  sop new my-club --template sale --language zh-CN\n"
        "  sop new my-club --template funnel --zone Europe/Berlin");
    command->callback([&run, options] { run = [options] { return new_project(*options); }; });
}

void add_import_of(CLI::App* parent, ChosenCommand& run, const char* name, const char* what,
                   ImportScheduleOptions::From from, const char* examples) {
    const auto options = std::make_shared<ImportScheduleOptions>();
    options->from = from;
    auto* command = parent->add_subcommand(name, what);
    command->add_option("FILE", options->file, "The file, or - for standard input")->required();
    command
        ->add_option("-o,--output", options->out,
                     "Write the playbook to this file, which must not be there yet (default: "
                     "standard output)")
        ->type_name("FILE");
    command
        ->add_option("--zone", options->zone,
                     "The time zone of times that say none, such as Asia/Shanghai")
        ->type_name("ZONE");
    command->add_option("--playbook", options->playbook, "What the playbook is called")
        ->type_name("NAME");
    command
        ->add_option("--for", options->audience,
                     "Whom it is for, such as \"groups tagged member\" (default: groups)")
        ->type_name("AUDIENCE");
    command
        ->add_option("--via", options->channel,
                     "The channel it posts through (default: log, which only prints)")
        ->type_name("CHANNEL");
    command
        ->add_option("--language", options->dialect,
                     "Write the playbook in these words: en, zh-CN or zh-TW (default: en)")
        ->transform(one_of(dialects))
        ->type_name("LANGUAGE");
    if (from == ImportScheduleOptions::From::crontab)
        command->add_flag("--system", options->system_crontab,
                          "A crontab of the system, with a user before each command");
    if (from == ImportScheduleOptions::From::ical)
        command
            ->add_option("--all-day-at", options->all_day_at,
                         "When to post for events of whole days, which are left out without it")
            ->check(time_of_day())
            ->type_name("TIME");
    command->add_flag("--strict", options->strict, "Exit with 1 when something was left out");
    add_zoneinfo(command, options->zoneinfo);
    command->footer(
        std::string("What no rule can say stays in the playbook as a comment with the reason, and "
                    "is told.\nExamples:\n") +
        examples);
    command->callback([&run, options] { run = [options] { return import_schedule(*options); }; });
}

void add_import(CLI::App& app, ChosenCommand& run) {
    using From = ImportScheduleOptions::From;
    auto* command = app.add_subcommand(
        "import", "Make a playbook of a crontab, a calendar file or a spreadsheet");
    command->require_subcommand(1);
    add_import_of(command, run, "crontab", "From the lines of a crontab", From::crontab,
                  "  crontab -l | sop import crontab - --zone Asia/Shanghai\n"
                  "  sop import crontab /etc/crontab --system --zone UTC -o system.sop");
    add_import_of(command, run, "ics", "From the events of an iCalendar file", From::ical,
                  "  sop import ics team.ics --zone Europe/Berlin -o team.sop\n"
                  "  sop import ics holidays.ics --all-day-at 09:00 --zone Asia/Shanghai");
    add_import_of(command, run, "csv", "From the rows of a spreadsheet, in English or Chinese",
                  From::spreadsheet,
                  "  sop import csv week.csv --zone Asia/Shanghai --language zh-CN -o week.sop\n"
                  "  sop import csv week.csv --zone UTC --for \"groups tagged member\" --strict");
    command->footer(
        "Examples:\n  crontab -l | sop import crontab - --zone Asia/Shanghai\n"
        "  sop import ics team.ics -o team.sop\n"
        "  sop import csv week.csv --zone Asia/Shanghai --language zh-CN");
}

void add_compile(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<CompileCommandOptions>();
    auto* command = app.add_subcommand("compile", "Print what playbooks compile to, as JSON");
    auto* paths =
        command->add_option("PATH", options->paths, "Files, folders, or - for standard input");
    command
        ->add_flag("--schema", options->schema,
                   "Print the JSON schema of plans instead, for other tools")
        ->excludes(paths);
    add_zoneinfo(command, options->zoneinfo);
    add_language(command, options->language);
    command->footer(
        "What is found is said on standard error; with errors there is no plan, and the exit "
        "code is 1.\n"
        "Examples:\n  sop compile examples/members > members.plan.json\n  sop compile "
        "--schema");
    command->callback([&run, options] { run = [options] { return compile(*options); }; });
}

void add_next(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<NextOptions>();
    auto* command =
        app.add_subcommand("next", "Show the coming times of each rule, or of a schedule");
    command
        ->add_option("PATH", options->paths,
                     "Files or folders; a schedule in quotes, with --in; or - for questions "
                     "on standard input, a JSON object a line")
        ->required();
    command->add_option("--in", options->zone, "The time zone of the schedule")->type_name("ZONE");
    command->add_option("-n", options->count, "How many of each rule (default: 5)")
        ->check(CLI::Range(1, 10000))
        ->type_name("COUNT");
    command
        ->add_option("--after", options->after,
                     "A date or time in each rule's zone, exclusive (default: now)")
        ->type_name("TIME");
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    add_language(command, options->language);
    command->footer(
        "A schedule can be written in English or Chinese. Questions and answers, one a line:\n"
        "  {\"id\":1,\"schedule\":\"every thursday at 20:00\",\"zone\":\"Asia/Shanghai\",\n"
        "   \"after\":\"2026-11-19T12:00:00Z\",\"count\":2}\n"
        "  {\"id\":1,\"next\":[\"2026-11-26T12:00:00Z\",\"2026-12-03T12:00:00Z\"]}\n"
        "Examples:\n  sop next members.sop\n  sop next . -n 3 --after 2026-12-31\n"
        "  sop next 'every thursday at 20:00 for 2h' --in Asia/Shanghai\n"
        "  sop next '每周四 20:00 持续 2小时' --in Asia/Shanghai -n 3");
    command->callback([&run, options] { run = [options] { return next(*options); }; });
}

void add_test(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<TestOptions>();
    auto* command = app.add_subcommand(
        "test",
        "Run the tests that stand in playbooks, each on a clock of its own; nothing is sent");
    command
        ->add_option("PATH", options->paths,
                     "Files, which are taken together, or folders (default: this one); a "
                     "folder with a playbook or a sop.toml is one project, any other stands "
                     "for those below it")
        ->default_str("");
    command->add_option("--filter", options->filter, "Only tests with this text in the title")
        ->type_name("TEXT");
    command->add_flag("--coverage", options->coverage,
                      "List the rules and steps that no test reached");
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    add_language(command, options->language);
    command->footer(
        "A test ends with the latest time it names. Exit codes: 1 when one fails, 2 when there "
        "is none or one asks for more than the executor can do.\n"
        "Examples:\n  sop test examples/members\n  sop test members.sop --filter sale\n"
        "  sop test --coverage --format json");
    command->callback([&run, options] { run = [options] { return test(*options); }; });
}

void add_rehearse(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<RehearseOptions>();
    auto* command = app.add_subcommand("rehearse",
                                       "Run the executor over days to come in a moment, with a "
                                       "database of its own; nothing is sent");
    command->add_option("DIR", options->folder, "The folder with the playbooks");
    command
        ->add_option("--from", options->from,
                     "The first date, or a time, in the zone of the first rule")
        ->type_name("DATE");
    command->add_option("--for", options->length, "How long: 7d, 36h, 2w (default: 7d)")
        ->type_name("LENGTH");
    command->add_option("--groups", options->groups, "Groups (CSV) in place of the project's")
        ->type_name("FILE");
    command->add_option("--members", options->members, "Members (CSV) in place of the project's")
        ->type_name("FILE");
    command
        ->add_option("--events", options->events,
                     "Events that happen meanwhile (a JSON object a line); those of types that "
                     "no playbook of the folder declares are left out")
        ->type_name("FILE");
    command->add_option("--group", options->group, "Show only what this group gets")
        ->type_name("ID");
    command->add_option("--member", options->member, "Show only what this member gets")
        ->type_name("ID");
    command->add_option("--rule", options->rule, "Show only what comes of this rule")
        ->type_name("PLAYBOOK.RULE");
    command
        ->add_option("--by", options->order,
                     "Show the messages by day, by group (and member) or by rule (default: day)")
        ->type_name("ORDER")
        ->transform(one_of(rehearsal_orders));
    command->add_flag("--load", options->shows_load,
                      "Show how busy each channel is, also where no budget makes messages wait");
    command->add_option("--html", options->html, "Write it as a page for a browser")
        ->type_name("FILE");
    command->add_option("--svg", options->svg, "Write a drawing of the load of the channels")
        ->type_name("FILE");
    command
        ->add_option("--compare", options->compare,
                     "Show what is otherwise than in an earlier rehearsal of the same days, which "
                     "--format json printed")
        ->type_name("FILE");
    const auto fail_on = std::make_shared<std::string>();
    command
        ->add_option("--fail-on", *fail_on,
                     "With `changes`, exit with 1 when --compare finds any (without it, 0)")
        ->type_name("WHAT")
        ->check(one_of(std::vector<std::string>{"changes"}));
    command->add_flag("--schema", options->schema,
                      "Print the JSON schema of --format json instead, for other tools");
    command->add_flag("--keep", options->keep, "Leave the database and say where it is");
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    add_language(command, options->language);
    command->footer(
        "Examples:\n"
        "  sop rehearse examples/members --from 2026-11-16 --for 7d\n"
        "  sop rehearse examples/points --from 2026-11-01 --for 30d --groups month/groups.csv "
        "\\\n"
        "      --members month/members.csv --events month/events.ndjson\n"
        "  sop rehearse . --from 2027-01-01 --for 13w --html quarter.html --lang zh-CN\n"
        "  sop rehearse . --from 2027-01-01 --format json > before.json\n"
        "  sop rehearse . --from 2027-01-01 --compare before.json --fail-on changes\n"
        "Exit codes: 0 fine, 1 trouble on the way or changes with --fail-on, 2 wrong usage or a "
        "file that failed.");
    command->callback([&run, options, fail_on] {
        options->fails_on_changes = *fail_on == "changes";
        run = [options] { return rehearse(*options); };
    });
}

void add_plan(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<PlanOptions>();
    auto* command = app.add_subcommand(
        "plan", "Show what the playbooks of a folder would change about the plan in force");
    command->add_option("DIR", options->folder, "The folder with the playbooks and sop.toml")
        ->required();
    command
        ->add_option("--horizon", options->horizon,
                     "Compare the times of so long from now: 14d, 36h, 8w (default: 14d)")
        ->type_name("LENGTH");
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    add_language(command, options->language);
    command->footer("Example:\n  sop plan examples/members --horizon 4w");
    command->callback([&run, options] { run = [options] { return plan(*options); }; });
}

}  // namespace

void add_authoring_commands(CLI::App& app, ChosenCommand& run) {
    add_check(app, run);
    add_explain(app, run);
    add_doc(app, run);
    add_format_command(app, run);
    add_new(app, run);
    add_import(app, run);
    add_compile(app, run);
    add_next(app, run);
    add_test(app, run);
    add_rehearse(app, run);
    add_plan(app, run);
}

}  // namespace sop::runtime::cli
