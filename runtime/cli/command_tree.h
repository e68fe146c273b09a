// The program's commands and options as other programs learn of them: completions of shells, and
// pages of the manual. Both come from the arguments as they are declared, so that nothing has to be
// kept up with them.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace sop::runtime::cli {

struct ArgumentInfo {
    enum class Takes { nothing, words, files, folders, anything };
    std::vector<std::string> names;  // "--format", "-n"; of a positional one its name alone
    bool positional = false;
    Takes takes = Takes::anything;
    std::vector<std::string> words{};  // it may be
    std::string value{};               // what stands for its value in the help: "FORMAT"
    std::string description{};
    bool required = false;
    bool many = false;
};

struct CommandInfo {
    std::vector<std::string> path;  // {"groups", "import"}; empty for the program itself
    std::string description{};
    std::string footer{};
    std::vector<ArgumentInfo> arguments{};
    std::vector<std::string> commands{};  // below it
};

// The program first, then each command before those below it.
std::vector<CommandInfo> command_tree(CLI::App& app);

// The script that a shell reads: bash, zsh or fish.
std::string completion_script(const std::vector<CommandInfo>& tree, const std::string& shell);

// A page of the manual, section 1, for `man`.
std::string man_page(const CommandInfo& command, const std::vector<CommandInfo>& tree,
                     const std::string& version);
std::string man_page_name(const CommandInfo& command);  // "sop-groups-import"

}  // namespace sop::runtime::cli
