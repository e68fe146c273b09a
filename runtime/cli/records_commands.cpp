// What is recorded: events, points, codes, draws, figures, tasks, the directory.
#include "runtime/cli/arguments.h"
#include "runtime/cli/exit_code.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

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

void add_events(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<EventsOptions>();
    auto* command = app.add_subcommand(
        "events", "Show events of a group or member, one event, or those not taken");
    command->add_option("--id", options->id, "The event of this id")->type_name("ID");
    command->add_option("--group", options->group, "The latest in this group")->type_name("ID");
    command->add_option("--member", options->member, "The latest of this member")->type_name("ID");
    const auto add_common = [options](CLI::App* to) {
        to->add_option("-n", options->count, "How many (default: 20)")
            ->check(CLI::Range(1, 1'000'000))
            ->type_name("COUNT");
        add_folder(to, options->folder);
        add_format(to, options->format);
    };
    add_common(command);
    command->footer(
        "What an event says that no playbook declares is in the JSON as `extra`.\n"
        "Examples:\n  sop events --member m00002 -n 50\n  sop events --id o-1 --format json\n"
        "  sop events rejected");
    auto* rejected = command->add_subcommand(
        "rejected", "The latest that were not taken, why, and how to mend them");
    add_common(rejected);
    command->callback([&run, options, rejected] {
        const bool lists_rejected = rejected->parsed();
        run = [options, lists_rejected] {
            return lists_rejected ? list_rejected_events(*options) : list_events(*options);
        };
    });
}

void add_points(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<PointsOptions>();
    auto* command = app.add_subcommand(
        "points", "Show a member's points and what they were given and spent for");
    command->add_option("MEMBER", options->member, "Id of the member")->required();
    command
        ->add_option("--at", options->at,
                     "As they were then; without an offset, by the clock of the first rule's "
                     "zone (default: now)")
        ->type_name("TIME");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->footer(
        "Examples:\n  sop points m00002 --dir examples/points\n"
        "  sop points m00002 --at 2026-11-30T23:59 --format json");
    command->callback([&run, options] { run = [options] { return points(*options); }; });
}

void add_pools(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<PoolsOptions>();
    auto* command = app.add_subcommand("pools", "List the pools of codes, and how many are left");
    add_folder(command, options->folder);
    add_format(command, options->format);
    command->footer(
        "Examples:\n  sop pools --dir examples/lottery\n"
        "  sop pools import coupons codes.csv\n  sop pools show coupons > given.csv");
    auto* import =
        command->add_subcommand("import", "Add codes from a CSV file with the column `code`");
    import->add_option("POOL", options->pool, "As the playbook declares it")->required();
    import->add_option("FILE", options->file, "UTF-8, with a header row")->required();
    add_folder(import, options->folder);
    add_format(import, options->format);
    import->footer(
        "Codes that the pool has stay as they are, so that a file may be imported again.");
    auto* show = command->add_subcommand(
        "show", "Print the codes of a pool as CSV, and to whom they were given");
    show->add_option("POOL", options->pool)->required();
    add_folder(show, options->folder);
    add_format(show, options->format);
    command->require_subcommand(0, 1);
    import->callback([&run, options] { run = [options] { return import_pool(*options); }; });
    show->callback([&run, options] { run = [options] { return show_pool(*options); }; });
    command->callback([&run, options, command] {
        if (command->get_subcommands().empty()) run = [options] { return pools(*options); };
    });
}

void add_draws(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<DrawsOptions>();
    auto* command =
        app.add_subcommand("draws", "List the draws that were held, or count one again");
    command
        ->add_option("DRAW", options->draw,
                     "The number of one: shows its seed and entries, and counts again")
        ->check(whole_number());
    command->add_option("--rule", options->rule, "Only of this PLAYBOOK.RULE");
    command->add_option("--group", options->group, "Only for this group")->type_name("ID");
    command->add_option("--limit", options->limit, "How many, the latest first")
        ->check(whole_number())
        ->capture_default_str();
    add_folder(command, options->folder);
    add_format(command, options->format);
    command->footer(
        "Exit code 1 when the winners are not those that counting gives.\n"
        "Examples:\n  sop draws --rule lottery.raffle\n  sop draws 12");
    command->callback([&run, options] { run = [options] { return draws(*options); }; });
}

void add_report(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<ReportOptions>();
    auto* command = app.add_subcommand(
        "report", "Show the metrics of groups, where tiers and funnels stand, who has points");
    command
        ->add_option("WHAT", options->what,
                     "metrics (the default); tiers: the level of each, since when and why; "
                     "funnel: how many came to each step of rules; variants: what came of "
                     "each form of contents; points: who has the most; "
                     "check: counts the kept events anew and compares")
        ->transform(one_of(reports))
        ->type_name("");
    command
        ->add_option("--from", options->from,
                     "The first date, by the clock of the first rule's zone (default: a week "
                     "ago)")
        ->type_name("DATE");
    command->add_option("--to", options->to, "The last date (default: yesterday)")
        ->type_name("DATE");
    command->add_option("--by", options->by, "day, week (from Monday) or month: each by itself")
        ->transform(one_of(splits))
        ->type_name("PERIOD");
    command
        ->add_option("--per", options->per,
                     "group, tag or owner: a row for each (default: all together)")
        ->transform(one_of(report_rows))
        ->type_name("WHAT");
    const auto add_names = [command](const char* name, std::vector<std::string>& values,
                                     const char* help, const char* type) {
        command->add_option(name, values, help)->type_name(type)->expected(1)->take_all();
    };
    add_names("--group", options->groups, "This group alone; can be given several times", "ID");
    add_names("--tag", options->tags, "Groups with this tag; or with one of several", "TAG");
    add_names("--owner", options->owners, "Groups of this owner; or of one of several", "ID");
    add_names("--metric", options->metrics, "This metric; can be given several times", "NAME");
    add_names("--rule", options->rules, "For funnel: this rule, as in course.funnel", "RULE");
    command
        ->add_option("--event", options->event,
                     "For variants: what counts as an answer, as in order or opened(article_1) "
                     "(default: order)")
        ->type_name("EVENT");
    command
        ->add_option("--within", options->within,
                     "For variants: how long after the message it does (default: 3d)")
        ->type_name("LENGTH");
    command->add_option("--top", options->top, "For points: so many members (default: 20)")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("COUNT");
    command
        ->add_option("--at", options->at,
                     "For points: as they were then; without an offset, by the clock of the "
                     "first rule's zone (default: now)")
        ->type_name("TIME");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_table_format(command, options->format);
    command->footer(
        "Examples:\n  sop report --from 2026-11-01 --to 2026-11-30 --by week\n"
        "  sop report --per tag --metric gmv --metric conversion --format csv\n"
        "  sop report funnel --rule course.funnel\n  sop report tiers\n"
        "  sop report variants --event \"opened(article_1)\" --within 24h\n"
        "  sop report points --top 10");
    command->callback([&run, options, command] {
        refuse_options_of_other_reports(*command, options->what);
        run = [options] { return report(*options); };
    });
}

void add_task_answer(CLI::App* parent, ChosenCommand& run, const char* name, const char* what,
                     bool done) {
    const auto options = std::make_shared<TaskAnswerOptions>();
    auto* command = parent->add_subcommand(name, what);
    command->add_option("TASK", options->task, "Its number")
        ->required()
        ->check(whole_number())
        ->type_name("");
    command->add_option("--by", options->by, "Who says so")->type_name("WHO");
    command->add_option("--note", options->note, "What is to be known of it")->type_name("TEXT");
    add_folder(command, options->folder);
    command->callback([&run, options, done] {
        options->done = done;
        run = [options] { return answer_task(*options); };
    });
}

void add_tasks(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<TasksOptions>();
    auto* command = app.add_subcommand("tasks", "List what staff are to do, or say what was done");
    command->add_option("--role", options->role, "Of this role alone")->type_name("ROLE");
    command->add_option("--group", options->group, "About this group alone")->type_name("ID");
    command->add_flag("--overdue", options->overdue, "Only those whose time is over");
    command->add_flag("--all", options->all,
                      "Also those that are done, rejected, late or cancelled");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_table_format(command, options->format);
    command->footer(
        "Examples:\n  sop tasks --role owner --overdue\n  sop tasks --all --format csv\n"
        "  sop tasks done 12 --by lily --note \"she is coming\"\n  sop tasks reject 13");
    command->callback([&run, options, command] {
        if (command->get_subcommands().empty()) run = [options] { return tasks(*options); };
    });
    add_task_answer(command, run, "done", "Say that a task is done, or a step approved", true);
    add_task_answer(command, run, "reject",
                    "Say that a task will not be done, or a step is not approved", false);
}

void add_record(CLI::App* parent, ChosenCommand& run,
                const std::shared_ptr<DirectoryOptions>& options, lang::SubjectKind kind,
                const std::string& name, const std::string& what,
                int (*show)(const DirectoryOptions&)) {
    auto* command = parent->add_subcommand(name, what);
    command->add_option("ID", options->id, "Of the directory")->required();
    add_folder(command, options->folder);
    if (name == "show") add_format(command, options->format);
    command->callback([&run, options, kind, show] {
        options->kind = kind;
        run = [options, show] { return show(*options); };
    });
}

void add_import(CLI::App* parent, ChosenCommand& run, lang::SubjectKind kind) {
    const auto options = std::make_shared<ImportOptions>();
    auto* command = parent->add_subcommand(
        "import", kind == lang::SubjectKind::group
                      ? "Add or change groups by a file: id, name, owner, tags, zone, status, "
                        "created, staff.ROLE, attribute.NAME"
                      : "Add or change members by a file: id, name, groups, tags, zone, "
                        "invited_by, joined, opted_out, attribute.NAME");
    command
        ->add_option("FILE", options->file,
                     "CSV in UTF-8 with a header row; or .ndjson, a JSON object a line")
        ->required();
    command->add_flag("--dry-run", options->dry_run,
                      "Only show what would change; a terminal is always shown that, and asked");
    command->add_flag("--yes", options->yes, "Do not ask");
    command
        ->add_option("--missing", options->marks_missing,
                     "What becomes of those that are not in the file: keep (the default) or "
                     "mark, groups as dissolved and members as gone")
        ->transform(one_of(missing_policies))
        ->type_name("keep|mark");
    command->add_flag("--ignore-unknown", options->ignores_unknown,
                      "Leave out columns that are not known; else they are an error");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->callback([&run, options, kind] {
        options->kind = kind;
        run = [options] { return import_records(*options); };
    });
}

void add_directory(CLI::App& app, ChosenCommand& run, const std::string& name,
                   lang::SubjectKind kind) {
    const auto options = std::make_shared<DirectoryOptions>();
    const bool of_groups = kind == lang::SubjectKind::group;
    auto* command = app.add_subcommand(
        name, of_groups ? "List the groups of the directory, or import them"
                        : "List the members of the directory, import or export them");
    command
        ->add_option("--where", options->where,
                     of_groups ? "A condition, as rules have them: `name exists and size > 100`"
                               : "A condition, as rules have them: `points >= 50`")
        ->type_name("CONDITION");
    command->add_option("--tag", options->tags, "Of those tagged so; any of several")
        ->delimiter(',')
        ->type_name("TAG");
    command
        ->add_option("--name", options->name,
                     "Of those with this in their name; case and width do not matter")
        ->type_name("TEXT");
    command
        ->add_option("--sort", options->sort,
                     of_groups ? "id, name, owner, zone, status, created, size or talked"
                               : "id, name, zone, invited_by, joined, opted_out or points")
        ->check(one_of(of_groups ? std::vector<std::string>{"id", "name", "owner", "zone", "status",
                                                            "created", "size", "talked"}
                                 : std::vector<std::string>{"id", "name", "zone", "invited_by",
                                                            "joined", "opted_out", "points"}))
        ->type_name("FIELD");
    command->add_flag("--desc", options->descending, "The last first");
    command->add_option("--limit", options->limit, "At most so many (default: 100; 0 for all)")
        ->check(whole_number());
    command->add_option("--after", options->after, "Those behind this id")->type_name("ID");
    command->add_flag("--all", options->all,
                      of_groups ? "Dissolved ones too" : "Those that are gone too");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_language(command, options->language);
    add_table_format(command, options->format);
    command->footer(
        of_groups ? "A CSV list can be imported again. Free fields are asked for by their names.\n"
                    "Examples:\n  sop groups --where 'not name exists'\n"
                    "  sop groups --tag vip --sort size --desc\n"
                    "  sop groups --where 'talked < 2026-11-01' --format csv > quiet.csv"
                  : "A CSV list can be imported again. Free fields are asked for by their names.\n"
                    "Examples:\n  sop members --tag super_user --limit 20\n"
                    "  sop members --where 'city == \"Hangzhou\" and points >= 100'");
    command->callback([&run, options, command, kind] {
        if (!command->get_subcommands().empty()) return;
        options->kind = kind;
        run = [options] { return list_directory(*options); };
    });
    add_import(command, run, kind);
    add_record(command, run, options, kind, "show", "What is known of one", show_record);
    if (!of_groups)
        add_record(command, run, options, kind, "export",
                   "All that the store has about one, with its history, as JSON", export_member);
}

void add_forget(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<ForgetOptions>();
    auto* command = app.add_subcommand(
        "forget", "Erase all that is known of a member; sums and counts stay, under no name");
    command->add_option("MEMBER", options->member, "Id of the member")->required();
    command->add_flag("--yes", options->yes, "Do not ask");
    add_folder(command, options->folder);
    add_format(command, options->format);
    command->footer(
        "Its runs end, and no import or event brings it back.\n"
        "Example:\n  sop members export m00002 > m00002.json\n  sop forget m00002");
    command->callback([&run, options] { run = [options] { return forget(*options); }; });
}

}  // namespace

void add_records_commands(CLI::App& app, ChosenCommand& run) {
    add_events(app, run);
    add_points(app, run);
    add_pools(app, run);
    add_draws(app, run);
    add_report(app, run);
    add_tasks(app, run);
    add_directory(app, run, "groups", lang::SubjectKind::group);
    add_directory(app, run, "members", lang::SubjectKind::member);
    add_forget(app, run);
}

}  // namespace sop::runtime::cli
