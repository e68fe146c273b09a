// What runs: the executor, the plan in force, what holds it.
#include "runtime/cli/arguments.h"
#include "runtime/scheduler/backfill.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

const std::map<std::string, OutputFormat> status_formats{{"text", OutputFormat::text},
                                                         {"json", OutputFormat::json},
                                                         {"prometheus", OutputFormat::prometheus}};

const std::map<std::string, DoubtOptions::As> settlements{{"sent", DoubtOptions::As::sent},
                                                          {"failed", DoubtOptions::As::failed},
                                                          {"again", DoubtOptions::As::again}};

const std::map<std::string, UnfenceOptions::As> decisions{{"unknown", UnfenceOptions::As::unknown},
                                                          {"send", UnfenceOptions::As::send}};

// DIR, for commands that can go without it.
void add_project(CLI::App* command, std::string& folder) {
    command->add_option("DIR", folder,
                        "The folder with the playbooks and sop.toml (default: this one)");
}

void add_wait(CLI::App* command, std::string& wait) {
    command
        ->add_option("--wait", wait,
                     fmt::format("Wait so long for the running executor's answer, then take it "
                                 "all back (default: {})",
                                 wait))
        ->type_name("LENGTH");
}

void add_serve(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<ServeOptions>();
    auto* command = app.add_subcommand("serve", "Run the executor until it is stopped");
    command->add_option("DIR", options->folder, "The folder with the playbooks and sop.toml")
        ->required();
    add_zoneinfo(command, options->zoneinfo);
    add_language(command, options->language);
    command->footer(
        "SIGTERM and Ctrl-C end it cleanly within 5 s. Its state is in the store; a restart "
        "goes on from it.\n"
        "SIGHUP reads the time zone data again and moves what is planned by it.\n"
        "Example:\n  sop serve examples/members");
    command->callback([&run, options] { run = [options] { return serve(*options); }; });
}

void add_deploy(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<DeployOptions>();
    auto* command =
        app.add_subcommand("deploy", "Put the playbooks of a folder in force, at once and whole");
    add_project(command, options->folder);
    add_wait(command, options->wait);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    add_language(command, options->language);
    command->footer(
        "The running executor takes it up; without one this command does it. What was planned "
        "to begin before that moment is begun by the plan before;\n"
        "runs under way stay on theirs. Channels that are new are set up from sop.toml, those "
        "in use keep their settings until the next start.\n"
        "Example:\n  sop deploy examples/members");
    command->callback([&run, options] { run = [options] { return deploy(*options); }; });
}

void add_versions(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<VersionsOptions>();
    auto* command = app.add_subcommand(
        "versions", "List the plans that were deployed, and the runs that still go by them");
    add_project(command, options->folder);
    add_format(command, options->format);
    command->footer("Example:\n  sop versions examples/members");
    command->callback([&run, options] { run = [options] { return versions(*options); }; });
}

void add_rollback(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<RollbackOptions>();
    auto* command =
        app.add_subcommand("rollback", "Put an earlier plan in force again, as a new version");
    add_project(command, options->folder);
    command
        ->add_option("--to", options->to,
                     "Its version, as `sop versions` lists it (default: the one before)")
        ->type_name("VERSION");
    add_wait(command, options->wait);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->footer(
        "`sop serve` keeps to it as long as the files are those that were rolled back from.\n"
        "Examples:\n  sop rollback examples/members\n  sop rollback --to 3");
    command->callback([&run, options] { run = [options] { return rollback(*options); }; });
}

void add_migrate(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<MigrateOptions>();
    auto* command = app.add_subcommand(
        "migrate", "Move open runs of earlier plans to the one in force, all or none");
    add_project(command, options->folder);
    command
        ->add_option("--from", options->from,
                     "Only runs of this version (default: of all earlier ones)")
        ->type_name("VERSION");
    command
        ->add_option("--map", options->mapping,
                     "What waits for a step waits for another one then: "
                     "PLAYBOOK.RULE.STEP=STEP, as often as needed")
        ->type_name("STEP=STEP")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_flag("--dry-run", options->dry_run,
                      "Change nothing; say what would be moved, or why it cannot be");
    add_wait(command, options->wait);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->footer(
        "A run goes on at the step of the same name, at the time the plan in force gives it. "
        "When a step that a run waits for is not there,\n"
        "nothing is moved, and the mapping to write is said. Messages that are pending stay as "
        "they are.\n"
        "Examples:\n  sop migrate --dry-run\n"
        "  sop migrate examples/members --map 'members.flash_sale.end=end + 10m'");
    command->callback([&run, options] { run = [options] { return migrate(*options); }; });
}

void add_run(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<RunOptions>();
    auto* command =
        app.add_subcommand("run", "Have a rule of the calendar fire once, now, in the executor");
    command->add_option("RULE", options->rule, "PLAYBOOK.RULE of the plan in force")->required();
    command->add_option("--group", options->group, "For this group alone")->type_name("ID");
    command->add_option("--member", options->member, "For this member alone")->type_name("ID");
    command
        ->add_option("--id", options->id,
                     "Unique id (default: a new one); one that is there already does nothing")
        ->type_name("ID");
    add_folder(command, options->folder);
    command->footer(
        "The moment it is asked for stands for `start`: steps before it are late by then, "
        "steps\n"
        "after it come at their times. Guards hold as ever.\n\n"
        "Examples:\n  sop run members.checkin --dir examples/members\n"
        "  sop run members.flash_sale --group g0001 --dir examples/members");
    command->callback([&run, options] { run = [options] { return run_now(*options); }; });
}

void add_emit(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<EmitOptions>();
    auto* command = app.add_subcommand("emit", "Hand an event to the running executor");
    command->add_option("EVENT", options->event, "The declared event")->required();
    command->add_option("FIELD", options->fields, "name=value for each field");
    command->add_option("--member", options->member, "Id of the member it is about")
        ->type_name("ID");
    command->add_option("--group", options->group, "Id of the group it happened in")
        ->type_name("ID");
    command->add_option("--id", options->id, "The event's own id; a second one with it is ignored")
        ->type_name("ID");
    command
        ->add_option("--at", options->at,
                     "When it happened; without an offset, by the clock of the first rule's "
                     "zone (default: now)")
        ->type_name("TIME");
    add_zoneinfo(command, options->zoneinfo);
    add_folder(command, options->folder);
    command->footer(
        "Example:\n  sop emit opened what=article_1 --member m00002 --dir examples/members");
    command->callback([&run, options] { run = [options] { return emit(*options); }; });
}

void add_ingest(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<IngestOptions>();
    auto* command = app.add_subcommand(
        "ingest", "Take events from a file or a pipe into the inbox, a JSON object a line");
    command->add_option("FILE", options->file, "A file, or - for standard input (default: -)");
    command->add_flag("--strict", options->strict,
                      "Stop at the first wrong line and take nothing behind it");
    command->add_flag("--ack", options->acknowledge,
                      "Print a line each time that all events up to some line are on the disk");
    add_folder(command, options->folder);
    add_format(command, options->format);
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
    command->callback([&run, options] { run = [options] { return ingest(*options); }; });
}

void add_status(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<StatusOptions>();
    auto* command = app.add_subcommand("status", "Show what became of the planned messages");
    command->add_option("DIR", options->folder,
                        "The folder with the playbooks and sop.toml (default: this one)");
    command->add_flag("--all", options->all,
                      "List every unknown message and moved time, not the first ones");
    command->add_option("--format", options->format, "text, json or prometheus")
        ->transform(one_of(status_formats))
        ->type_name("FORMAT");
    command->footer(
        "Examples:\n  sop status examples/members\n  sop status --format prometheus > "
        "/var/lib/node_exporter/sop.prom");
    command->callback([&run, options] { run = [options] { return status(*options); }; });
}

void add_why(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<WhyOptions>();
    auto* command = app.add_subcommand(
        "why", "Say what was due for a group or member at a time, what happened, and why");
    auto* group = command->add_option("--group", options->group, "Id of the group");
    group->type_name("ID");
    command->add_option("--member", options->member, "Id of the member")
        ->type_name("ID")
        ->excludes(group);
    command
        ->add_option("--at", options->at,
                     "The time; without an offset, by the clock of the first rule's zone")
        ->required()
        ->type_name("TIME");
    command
        ->add_option("--within", options->within, "Look so far before and after it (default: 12h)")
        ->type_name("LENGTH");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->footer(
        "Example:\n  sop why --group g0001 --at 2026-11-19T20:00 --dir examples/members");
    command->callback([&run, options] { run = [options] { return why(*options); }; });
}

void add_doubt(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<DoubtOptions>();
    auto* command = app.add_subcommand(
        "doubt",
        "List the messages nobody can tell the end of, or settle them; and list those that "
        "platforms are asked about");
    command->add_option("MESSAGE", options->ids, "Numbers of messages to settle")
        ->check(whole_number());
    command->add_flag("--all", options->all, "Settle all of them");
    command
        ->add_option("--as", options->as,
                     "sent; failed (it did not arrive); or again (it did not, and is to be "
                     "sent now)")
        ->transform(one_of(settlements))
        ->type_name("OUTCOME");
    add_folder(command, options->folder);
    add_format(command, options->format);
    command->footer(
        "Examples:\n  sop doubt --dir examples/members\n  sop doubt 812 813 --as sent\n"
        "  sop doubt --all --as failed");
    command->callback([&run, options] { run = [options] { return doubt(*options); }; });
}

void add_pause(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<PauseOptions>();
    auto* command =
        app.add_subcommand("pause", "Pause a playbook or a rule, or list what is paused");
    command->add_option("NAME", options->name, "A playbook, or playbook.rule")->type_name("");
    command->add_flag("--skip", options->skip,
                      "Skip what would be done meanwhile; else it waits and goes by the late "
                      "rule when the pause is over");
    add_folder(command, options->folder);
    add_format(command, options->format);
    command->footer(
        "Examples:\n  sop pause members.flash_sale\n  sop pause members --skip\n  sop pause");
    command->callback([&run, options] { run = [options] { return pause(*options); }; });
}

void add_resume(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<PauseOptions>();
    auto* command = app.add_subcommand("resume", "Go on with a playbook or rule that is paused");
    command->add_option("NAME", options->name, "As it was paused")->required()->type_name("");
    add_folder(command, options->folder);
    command->footer("Example:\n  sop resume members.flash_sale");
    command->callback([&run, options] { run = [options] { return resume(*options); }; });
}

void add_backfill(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<BackfillOptions>();
    auto* command =
        app.add_subcommand("backfill", "Make up for messages of a period that were skipped");
    command->add_option("NAME", options->name, "A playbook, or playbook.rule: whose messages")
        ->required();
    command
        ->add_option("--from", options->from,
                     "Of those planned from then on; without an offset, by the clock of the "
                     "first rule's zone")
        ->required()
        ->type_name("TIME");
    command->add_option("--to", options->to, "And before then (default: now)")->type_name("TIME");
    auto* group = command->add_option("--group", options->group, "Of this group alone");
    group->type_name("ID");
    command->add_option("--member", options->member, "Of this member alone")
        ->type_name("ID")
        ->excludes(group);
    command
        ->add_option("--reason", options->reasons,
                     "Of those skipped for this; can be given several times (default: late "
                     "and paused)")
        ->type_name("REASON")
        ->check(
            one_of(std::vector<std::string>(backfilled_reasons.begin(), backfilled_reasons.end())))
        ->expected(1)
        ->take_all();
    command->add_flag("--dry-run", options->dry_run, "Only count them");
    add_folder(command, options->folder);
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->footer(
        "A message made up for is wanted from now on, with its text by the plan that was in "
        "force\nthen. Nobody can get it twice; guards and budgets hold as ever. Tags and "
        "branches that were\npassed over stay so.\n\n"
        "Examples:\n  sop backfill members --from 2026-11-19 --dry-run\n"
        "  sop backfill members.flash_sale --from 2026-11-19T18:00 --to 2026-11-19T21:00\n"
        "  sop backfill members --from 2026-11-19 --reason late --reason cap");
    command->callback([&run, options] { run = [options] { return backfill(*options); }; });
}

void add_backup(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<BackupOptions>();
    auto* command =
        app.add_subcommand("backup", "Copy the store to a file, while the executor goes on");
    command->add_option("FILE", options->file, "A file that is not there yet")->required();
    add_folder(command, options->folder);
    command->footer("Example:\n  sop backup /backup/sop-2026-11-19.db --dir examples/members");
    command->callback([&run, options] { run = [options] { return backup(*options); }; });
}

void add_vacuum(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<VacuumOptions>();
    auto* command = app.add_subcommand(
        "vacuum", "Give the space of what was let go back to the disk; no executor may run");
    command->add_option("DIR", options->folder,
                        "The folder with the playbooks and sop.toml (default: this one)");
    add_format(command, options->format);
    command->footer(
        "Needs as much room as the store, meanwhile.\nExample:\n  sop vacuum examples/members");
    command->callback([&run, options] { run = [options] { return vacuum(*options); }; });
}

void add_unfence(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<UnfenceOptions>();
    auto* command = app.add_subcommand(
        "unfence",
        "Let a store that was copied or restored send again, or list what may have been sent");
    command->add_option("DIR", options->folder,
                        "The folder with the playbooks and sop.toml (default: this one)");
    command
        ->add_option("--as", options->as,
                     "What was due meanwhile becomes unknown, and is not sent by itself; or is "
                     "sent unless it is too late (default: list it)")
        ->transform(one_of(decisions))
        ->type_name("unknown|send");
    add_zoneinfo(command, options->zoneinfo);
    add_format(command, options->format);
    command->footer(
        "Examples:\n  sop unfence examples/members\n  sop unfence --as unknown "
        "examples/members");
    command->callback([&run, options] { run = [options] { return unfence(*options); }; });
}

}  // namespace

void add_executor_commands(CLI::App& app, ChosenCommand& run) {
    add_serve(app, run);
    add_deploy(app, run);
    add_versions(app, run);
    add_rollback(app, run);
    add_migrate(app, run);
    add_emit(app, run);
    add_ingest(app, run);
    add_run(app, run);
    add_status(app, run);
    add_why(app, run);
    add_doubt(app, run);
    add_pause(app, run);
    add_resume(app, run);
    add_backfill(app, run);
    add_backup(app, run);
    add_vacuum(app, run);
    add_unfence(app, run);
}

}  // namespace sop::runtime::cli
