#include "runtime/cli/command_tree.h"
#include "runtime/cli/arguments.h"

#include <algorithm>

#include "lang/explanation.h"
#include "lang/library.h"

namespace sop::runtime::cli {

namespace {

// Words that no validator knows, because they are data.
std::vector<std::string> data_words(const std::vector<std::string>& path) {
    std::vector<std::string> words;
    if (path == std::vector<std::string>{"explain"}) {
        for (const auto& explanation : lang::explanations()) words.push_back(explanation.code);
    } else if (path == std::vector<std::string>{"doc"}) {
        words = lang::library_names();
    }
    return words;
}

ArgumentInfo describe(CLI::Option& option, const std::vector<std::string>& path) {
    ArgumentInfo info;
    info.positional = option.get_positional();
    if (info.positional) info.names.push_back(option.get_name(true, false));
    for (const auto& name : option.get_lnames()) info.names.push_back("--" + name);
    for (const auto& name : option.get_snames()) info.names.push_back("-" + name);
    if (info.positional) info.names.resize(1);
    info.description = option.get_description();
    info.required = option.get_required();
    info.many = option.get_items_expected_max() > 1;
    info.value = info.positional ? info.names.front() : option.get_type_name();
    info.words = words_of(option);
    if (info.positional && info.words.empty()) info.words = data_words(path);
    if (!info.positional && option.get_items_expected_max() == 0) {
        info.takes = ArgumentInfo::Takes::nothing;
        info.value.clear();
    } else if (!info.words.empty()) {
        info.takes = ArgumentInfo::Takes::words;
    } else if (info.value == "DIR") {
        info.takes = ArgumentInfo::Takes::folders;
    } else if (info.value == "FILE" || info.value == "PATH") {
        info.takes = ArgumentInfo::Takes::files;
    }
    return info;
}

void add_commands(CLI::App& app, const std::vector<std::string>& path, const std::string& above,
                  std::vector<CommandInfo>& tree) {
    CommandInfo info{path, app.get_description()};
    // The library hands a footer down to commands that have none.
    if (app.get_footer() != above) info.footer = app.get_footer();
    for (CLI::Option* option : app.get_options()) info.arguments.push_back(describe(*option, path));
    const auto below = app.get_subcommands([](CLI::App*) { return true; });
    for (const CLI::App* command : below) info.commands.push_back(command->get_name());
    tree.push_back(std::move(info));
    for (CLI::App* command : below) {
        auto inner = path;
        inner.push_back(command->get_name());
        add_commands(*command, inner, app.get_footer(), tree);
    }
}

}  // namespace

std::vector<CommandInfo> command_tree(CLI::App& app) {
    std::vector<CommandInfo> tree;
    add_commands(app, {}, "", tree);
    return tree;
}

}  // namespace sop::runtime::cli
