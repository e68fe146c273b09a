#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "runtime/cli/command_tree.h"

namespace sop::runtime::cli {

namespace {

// Hyphens are minus signs, which can be copied; a line that begins with a dot would be a command.
std::string roff(const std::string& text) {
    std::string out;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) out += "\\&";
        if (c == '-') {
            out += "\\-";
        } else if (c == '\\') {
            out += "\\e";
        } else {
            out += c;
        }
        line_begins = c == '\n';
    }
    return out;
}

std::string command_words(const CommandInfo& command) {
    std::string words = "sop";
    for (const auto& word : command.path) words += " " + word;
    return words;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string arguments_of(const CommandInfo& command, bool positional) {
    std::string text;
    for (const auto& argument : command.arguments) {
        if (argument.positional != positional) continue;
        std::string head;
        for (const auto& name : argument.names)
            head += (head.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
        if (!argument.positional && !argument.value.empty())
            head += " \\fI" + roff(argument.value) + "\\fR";
        text += ".TP\n" + head + "\n" + roff(argument.description) + "\n";
    }
    return text;
}

std::string synopsis_of(const CommandInfo& command) {
    std::string text = "\\fB" + roff(command_words(command)) + "\\fR [\\fIOPTIONS\\fR]";
    for (const auto& argument : command.arguments) {
        if (!argument.positional) continue;
        const std::string name =
            "\\fI" + roff(argument.names.front()) + "\\fR" + (argument.many ? "..." : "");
        text += argument.required ? " " + name : " [" + name + "]";
    }
    if (!command.commands.empty()) text += " [\\fICOMMAND\\fR]";
    return text + "\n";
}

std::string literal_lines(const std::string& text) {
    std::string out = ".nf\n";
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) out += roff(line) + "\n";
    return out + ".fi\n";
}

// Remarks, and behind "Examples:" the examples.
std::string footer_sections(const std::string& footer) {
    std::size_t examples = footer.find("Example");
    while (examples != std::string::npos && examples > 0 && footer[examples - 1] != '\n')
        examples = footer.find("Example", examples + 1);
    std::string text;
    const std::string remarks = footer.substr(0, examples);
    if (!remarks.empty()) text += ".SH NOTES\n" + literal_lines(remarks);
    if (examples != std::string::npos)
        text += ".SH EXAMPLES\n" + literal_lines(footer.substr(footer.find('\n', examples) + 1));
    return text;
}

}  // namespace

std::string man_page_name(const CommandInfo& command) {
    std::string name = "sop";
    for (const auto& word : command.path) name += "-" + word;
    return name;
}

std::string man_page(const CommandInfo& command, const std::vector<CommandInfo>& tree,
                     const std::string& version) {
    const std::string name = man_page_name(command);
    std::string page = fmt::format(".TH {} 1 \"\" \"{}\" \"sop\"\n", roff(upper(name)), version);
    page += fmt::format(".SH NAME\n{} \\- {}\n", roff(name), roff(command.description));
    page += ".SH SYNOPSIS\n" + synopsis_of(command);
    if (const auto text = arguments_of(command, true); !text.empty())
        page += ".SH ARGUMENTS\n" + text;
    if (const auto text = arguments_of(command, false); !text.empty())
        page += ".SH OPTIONS\n" + text;
    std::string commands;
    for (const auto& inner : tree)
        if (inner.path.size() == command.path.size() + 1 &&
            std::equal(command.path.begin(), command.path.end(), inner.path.begin()))
            commands +=
                ".TP\n\\fB" + roff(inner.path.back()) + "\\fR\n" + roff(inner.description) + "\n";
    if (!commands.empty()) page += ".SH COMMANDS\n" + commands;
    page += footer_sections(command.footer);
    return page;
}

}  // namespace sop::runtime::cli
