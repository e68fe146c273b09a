// The arguments of the program: what each subcommand takes, its help, and the function it runs.
//
// A subcommand is added by a function of its own to the file of its kind: authoring_commands.cpp
// (playbooks as files), executor_commands.cpp (what runs), records_commands.cpp (what is recorded)
// and shell_commands.cpp (completions and the manual). The names and the texts of the options are
// the manual: keep them so.
#pragma once

#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/cli/commands.h"

namespace sop::runtime::cli {

// What was asked for; empty until the arguments are parsed.
using ChosenCommand = std::function<int()>;

void add_authoring_commands(CLI::App& app, ChosenCommand& run);
void add_executor_commands(CLI::App& app, ChosenCommand& run);
void add_records_commands(CLI::App& app, ChosenCommand& run);
void add_shell_commands(CLI::App& app, ChosenCommand& run);

// ---- options that many have ----

void add_format(CLI::App* command, OutputFormat& format);        // text or json
void add_table_format(CLI::App* command, OutputFormat& format);  // and csv and excel
void add_language(CLI::App* command, lang::Language& language);  // of what is said
void add_folder(CLI::App* command, std::string& folder);         // --dir
void add_zoneinfo(CLI::App* command, std::string& folder);

// ---- what values may be ----

// Of one of some words; else says which there are.
CLI::Validator one_of(std::vector<std::string> words);
// The words that the validators of an option allow; empty when it has no such.
std::vector<std::string> words_of(CLI::Option& option);
// Marks a validator as one of these words, for words_of.
CLI::Validator named_by_words(CLI::Validator validator, const std::vector<std::string>& words);
std::string unknown_word_text(const std::string& written, const std::vector<std::string>& known);
CLI::Validator whole_number();
CLI::Validator time_of_day();  // 08:00

// The same for a `transform` into an enumerator.
template <typename Value>
CLI::Validator one_of(const std::map<std::string, Value>& values) {
    std::vector<std::string> words;
    for (const auto& [name, value] : values) words.push_back(name);
    const CLI::Validator validator(
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
    return named_by_words(validator, words);
}

}  // namespace sop::runtime::cli
