// What a system is told of the program when it is installed: completions and pages of the manual.
#include "runtime/cli/arguments.h"
#include "runtime/cli/command_tree.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/new_file.h"

#include <fmt/format.h>

#include <filesystem>

namespace sop::runtime::cli {

namespace {

struct ManOptions {
    std::vector<std::string> command{};
    std::string folder{};
};

int print_completion(CLI::App& app, const std::string& shell) {
    fmt::print("{}", completion_script(command_tree(app), shell));
    return exit_fine;
}

int print_man(CLI::App& app, const ManOptions& options) {
    const auto tree = command_tree(app);
    const std::string version = "sop " SOP_VERSION;
    if (!options.folder.empty()) {
        for (const auto& command : tree)
            write_new_file(
                (std::filesystem::path(options.folder) / (man_page_name(command) + ".1")).string(),
                man_page(command, tree, version));
        return exit_fine;
    }
    for (const auto& command : tree) {
        if (command.path != options.command) continue;
        fmt::print("{}", man_page(command, tree, version));
        return exit_fine;
    }
    throw CommandError(fmt::format("there is no command `{}`; `sop --help` lists the commands",
                                   fmt::join(options.command, " ")));
}

void add_completion(CLI::App& app, ChosenCommand& run) {
    const auto shell = std::make_shared<std::string>();
    auto* command =
        app.add_subcommand("completion", "Print the script that completes `sop` in a shell");
    command->add_option("SHELL", *shell, "bash, zsh or fish")
        ->required()
        ->check(one_of({"bash", "zsh", "fish"}));
    command->footer(
        "Examples:\n  source <(sop completion bash)\n"
        "  sop completion fish > ~/.config/fish/completions/sop.fish");
    command->callback(
        [&run, &app, shell] { run = [&app, shell] { return print_completion(app, *shell); }; });
}

void add_man(CLI::App& app, ChosenCommand& run) {
    const auto options = std::make_shared<ManOptions>();
    auto* command = app.add_subcommand("man", "Print the page of the manual for a command");
    command->add_option("COMMAND", options->command, "Of this command (default: of sop itself)");
    command->add_option("--to", options->folder, "Write all pages to this folder instead")
        ->type_name("DIR");
    command->footer("Examples:\n  sop man check | man -l -\n  sop man groups import");
    command->callback(
        [&run, &app, options] { run = [&app, options] { return print_man(app, *options); }; });
}

}  // namespace

void add_shell_commands(CLI::App& app, ChosenCommand& run) {
    add_completion(app, run);
    add_man(app, run);
}

}  // namespace sop::runtime::cli
