#include "runtime/cli/arguments.h"
#include "runtime/cli/terminal.h"

#include <fmt/format.h>

#include <regex>
#include <sstream>

namespace sop::runtime::cli {

namespace {

const std::map<std::string, OutputFormat> formats{{"text", OutputFormat::text},
                                                  {"json", OutputFormat::json}};

const std::map<std::string, OutputFormat> table_formats{{"text", OutputFormat::text},
                                                        {"csv", OutputFormat::csv},
                                                        {"excel", OutputFormat::excel},
                                                        {"json", OutputFormat::json}};

const std::map<std::string, lang::Language> languages{{"en", lang::Language::en},
                                                      {"zh-CN", lang::Language::zh_cn}};

// Validators have names that are shown nowhere.
constexpr const char* words_mark = "one of: ";

// "a, b or c"
std::string either_of(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 < words.size() ? ", " : " or ") + words[i];
    return text;
}

}  // namespace

std::string unknown_word_text(const std::string& written, const std::vector<std::string>& known) {
    return fmt::format("there is no `{}`; write {}", written, either_of(known));
}

CLI::Validator named_by_words(CLI::Validator validator, const std::vector<std::string>& words) {
    return validator.name(fmt::format("{}{}", words_mark, fmt::join(words, " ")));
}

std::vector<std::string> words_of(CLI::Option& option) {
    std::vector<std::string> words;
    try {
        for (int i = 0;; ++i) {
            const std::string name = option.get_validator(i)->get_name();
            if (!name.starts_with(words_mark)) continue;
            std::istringstream list(name.substr(std::string(words_mark).size()));
            for (std::string word; list >> word;) words.push_back(word);
        }
    } catch (const CLI::OptionNotFound&) {
        // The library says so behind the last one.
    }
    return words;
}

CLI::Validator one_of(std::vector<std::string> words) {
    const CLI::Validator validator(
        [words](std::string& written) -> std::string {
            if (std::find(words.begin(), words.end(), written) != words.end()) return {};
            return unknown_word_text(written, words);
        },
        "");
    return named_by_words(validator, words);
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

CLI::Validator time_of_day() {
    return CLI::Validator(
        [](std::string& written) -> std::string {
            static const std::regex form("([01][0-9]|2[0-3]):[0-5][0-9]");
            return std::regex_match(written, form)
                       ? ""
                       : fmt::format("`{}` is no time of day; write 09:00", written);
        },
        "");
}

void add_format(CLI::App* command, OutputFormat& format) {
    command->add_option("--format", format, "text or json")
        ->transform(one_of(formats))
        ->type_name("FORMAT");
}

void add_table_format(CLI::App* command, OutputFormat& format) {
    command
        ->add_option("--format", format,
                     "text, csv, excel (CSV that a spreadsheet opens as it is) or json")
        ->transform(one_of(table_formats))
        ->type_name("FORMAT");
}

void add_language(CLI::App* command, lang::Language& language) {
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

}  // namespace sop::runtime::cli
