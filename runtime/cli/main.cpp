// The program: its command line, and what it exits with.
#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "lang/suggestion.h"
#include "runtime/cli/arguments.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/failure.h"
#include "runtime/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace {

using namespace sop::runtime;
using namespace sop::runtime::cli;

int run_command(const ChosenCommand& run, const std::string& format) {
    const auto failed = [&](const std::exception& error) {
        print_failure(format, error.what(), exit_failed);
        std::fflush(stdout);
        fmt::print(stderr, "sop: {}\n", error.what());
        return exit_failed;
    };
    try {
        const int code = run();
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
        print_failure(format, fmt::format("internal error: {}", error.what()), exit_internal);
        std::fflush(stdout);
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

// Those that are in no group yet.
void put_in_group(CLI::App& app, const char* group) {
    for (auto* command : app.get_subcommands([](CLI::App*) { return true; }))
        if (command->get_group() == "Subcommands") command->group(group);
}

// The library hands a footer down to the commands below, whose examples it does not have.
void drop_footers_from_above(CLI::App& app) {
    for (auto* command : app.get_subcommands([](CLI::App*) { return true; })) {
        drop_footers_from_above(*command);
        if (command->get_footer() == app.get_footer()) command->footer("");
    }
}

// For an option that the command has not.
void suggest_option(const CLI::App& app) {
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().back();
    std::vector<std::string> names;
    for (const auto* option : command->get_options())
        for (const auto& name : option->get_lnames()) names.push_back("--" + name);
    for (std::string word : app.remaining(true)) {
        word = word.substr(0, word.find('='));
        const auto near = word.starts_with("--") ? sop::lang::closest(word, names) : std::nullopt;
        if (near) fmt::print(stderr, "there is no option `{}`; did you mean `{}`?\n", word, *near);
    }
}

}  // namespace

int main(int argument_count, char** arguments) {
    CLI::App app{"Community playbooks: checked, scheduled, posted.", "sop"};
    app.set_version_flag("--version", "sop " SOP_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 fine, 1 findings, 2 wrong usage or something failed, 3 an error in sop "
        "itself.\n"
        "`sop COMMAND --help` shows a command's options and examples.");
    ChosenCommand run;
    add_authoring_commands(app, run);
    put_in_group(app, "Playbooks");
    add_executor_commands(app, run);
    put_in_group(app, "The executor");
    add_records_commands(app, run);
    put_in_group(app, "What is recorded");
    add_shell_commands(app, run);
    put_in_group(app, "The shell");
    drop_footers_from_above(app);
    const std::string format = format_asked_for(argument_count, arguments);
    try {
        refuse_unknown_command(app, argument_count, arguments);
        app.parse(argument_count, arguments);
    } catch (const CommandError& error) {
        print_failure(format, error.what(), exit_failed);
        fmt::print(stderr, "sop: {}\n", error.what());
        return exit_failed;
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error) == 0 ? exit_fine : exit_failed;
        if (code == exit_fine) return code;
        print_failure(format, error.what(), code);
        suggest_option(app);
        return code;
    }
    return run_command(run, format);
}
