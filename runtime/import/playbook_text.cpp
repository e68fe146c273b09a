#include "runtime/import/playbook_text.h"
#include "runtime/import/schedule_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace sop::runtime::importing {

namespace {

// Braces are holes unless they are doubled. A text of several lines, or with quotes, stands
// between triple quotes, which it cannot hold itself.
std::string text_literal(const std::string& text, const std::string& indent) {
    std::string body;
    for (const char c : text) {
        if (c == '{') body += '{';
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\t') {
            body += ' ';
        } else if (byte >= 0x20 || c == '\n') {
            body += c;
        }
    }
    if (body.find_first_of("\"\n") == std::string::npos) return '"' + body + '"';
    for (std::size_t at; (at = body.find("\"\"\"")) != std::string::npos;)
        body.replace(at, 3, "'''");
    std::string literal = "\"\"\"\n";
    std::istringstream lines(body);
    for (std::string line; std::getline(lines, line);)
        literal += trimmed(line).empty() ? "\n" : indent + "  " + line + "\n";
    return literal + indent + "\"\"\"";
}

std::string title_literal(std::string title) {
    title = comment_line(title);
    std::replace(title.begin(), title.end(), '"', '\'');
    std::replace(title.begin(), title.end(), '{', '(');
    std::replace(title.begin(), title.end(), '}', ')');
    return '"' + title + '"';
}

void add_comment(std::string& out, const std::string& text, const std::string& indent) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (!trimmed(line).empty()) out += indent + "# " + comment_line(line) + "\n";
}

// The names behind `tagged`, up to what is no list of names any more.
void collect_tags(const std::string& audience, std::set<std::string>& tags) {
    const std::string word = "tagged ";
    for (std::size_t at = audience.find(word); at != std::string::npos;
         at = audience.find(word, at + 1)) {
        std::string list = audience.substr(at + word.size());
        for (const char* end : {" where ", " and ", " not "}) list = list.substr(0, list.find(end));
        std::replace(list.begin(), list.end(), ',', ' ');
        std::istringstream words(list);
        for (std::string tag; words >> tag;)
            if (tag != "or") tags.insert(tag);
    }
}

void add_rule(std::string& out, const ImportedRule& rule, const PlaybookOptions& options) {
    if (!rule.source.empty())
        add_comment(out, fmt::format("{}:{}: {}", options.file, rule.line, rule.source), "  ");
    for (const std::string& remark : rule.remarks) add_comment(out, remark, "  ");
    if (rule.needs_text)
        add_comment(out, "The text of this post is not in the file; write it here.", "  ");
    out += fmt::format("  {}{}: {}", rule.name,
                       rule.title.empty() ? "" : " " + title_literal(rule.title), rule.schedule);
    if (!rule.zone.empty() && rule.zone != options.zone) out += " timezone " + rule.zone;
    if (!rule.audience.empty()) out += " for " + rule.audience;
    if (!rule.channel.empty()) out += " via " + rule.channel;
    out += " {\n";
    for (const ImportedStep& step : rule.steps) {
        out += "    ";
        if (!step.when.empty()) out += step.when + ": ";
        out += "post " + text_literal(step.text, "    ") + "\n";
    }
    out += "  }\n\n";
}

}  // namespace

std::string playbook_text(const ImportedSchedule& schedule, const PlaybookOptions& options) {
    std::set<std::string> tags;
    std::set<std::string> channels{options.channel};
    collect_tags(options.audience, tags);
    for (const ImportedRule& rule : schedule.rules) {
        collect_tags(rule.audience, tags);
        if (!rule.channel.empty()) channels.insert(rule.channel);
    }
    channels.erase("log");

    std::string out = "sop 1\n\n";
    add_comment(out, fmt::format("Imported from {}.", options.file), "");
    for (const std::string& remark : schedule.remarks) add_comment(out, remark, "");
    out += "\n";
    for (const std::string& tag : tags) out += "tag " + tag + "\n";
    for (const std::string& channel : channels) {
        add_comment(out, "Say here what kind of channel this is; `log` only prints.", "");
        out += fmt::format("channel {} {{ kind log }}\n", channel);
    }
    out += fmt::format("\nplaybook {} {{\n  timezone {}\n  for {}\n  via {}\n\n", options.playbook,
                       options.zone, options.audience, options.channel);
    for (const ImportedRule& rule : schedule.rules) add_rule(out, rule, options);
    for (const LeftOut& entry : schedule.left_out) {
        add_comment(out, fmt::format("{}:{}: left out: {}", options.file, entry.line, entry.reason),
                    "  ");
        add_comment(out, entry.source, "  ");
        out += "\n";
    }
    return out + "}\n";
}

}  // namespace sop::runtime::importing
