// Days follow cron's own rule: where both the day of the month and the weekday are restricted, a
// date needs one of them; where one of the fields begins with `*`, it needs both. A rule of the
// language joins conditions by "and", so the first case makes two rules that share no date.
#include "runtime/import/crontab.h"
#include "runtime/import/schedule_words.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

namespace sop::runtime::importing {

namespace {

// One that says why a line is no rule.
class NotExpressible : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct Field {
    const char* what;
    int least;
    int most;
    std::vector<std::string> names{};  // of the values from `least` on
};

const Field minute_field{"minute", 0, 59};
const Field hour_field{"hour", 0, 23};
const Field month_day_field{"day of the month", 1, 31};
const Field month_field{
    "month",
    1,
    12,
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}};
const Field weekday_field{"weekday", 0, 7, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}};

const std::map<std::string, std::string> nicknames{
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"}};

std::string lowercase(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::optional<int> small_number(const std::string& text) {
    if (text.empty() || text.size() > 4 ||
        text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    return std::stoi(text);
}

int value_of(const std::string& written, const Field& field) {
    const auto name = std::find(field.names.begin(), field.names.end(), lowercase(written));
    const std::optional<int> value =
        name != field.names.end()
            ? std::optional(field.least + static_cast<int>(name - field.names.begin()))
            : small_number(written);
    if (!value || *value < field.least || *value > field.most)
        throw NotExpressible(fmt::format("`{}` is no {}; it is from {} to {}", written, field.what,
                                         field.least, field.most));
    return *value;
}

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text + separator);
    for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
    return parts;
}

std::set<int> values_of(const std::string& written, const Field& field) {
    std::set<int> values;
    for (const std::string& part : split(written, ',')) {
        const std::size_t slash = part.find('/');
        const std::string range = part.substr(0, slash);
        const auto step = slash == std::string::npos ? 1 : small_number(part.substr(slash + 1));
        if (!step || *step < 1)
            throw NotExpressible(fmt::format("`{}` has no whole number behind `/`", part));
        int first = field.least;
        int last = field.most;
        if (range != "*") {
            const std::size_t dash = range.find('-');
            first = value_of(range.substr(0, dash), field);
            if (dash != std::string::npos) {
                last = value_of(range.substr(dash + 1), field);
            } else if (slash == std::string::npos) {
                last = first;
            }
            if (last < first)
                throw NotExpressible(
                    fmt::format("the range `{}` goes backwards; write it as two", range));
        } else if (field.most == 7) {
            last = 6;  // Sunday once
        }
        for (int value = first; value <= last; value += *step) values.insert(value);
    }
    return values;
}

struct Fields {
    std::set<int> minutes;
    std::set<int> hours;
    std::set<int> month_days;
    std::set<int> months;
    std::set<int> weekdays;  // 1 Monday to 7 Sunday
    bool either_day = false;
};

Fields read_fields(const std::vector<std::string>& words) {
    Fields fields{values_of(words[0], minute_field), values_of(words[1], hour_field),
                  values_of(words[2], month_day_field), values_of(words[3], month_field),
                  values_of(words[4], weekday_field)};
    if (fields.weekdays.erase(0)) fields.weekdays.insert(7);
    fields.either_day = words[2][0] != '*' && words[4][0] != '*';
    return fields;
}

bool every_month_day(const Fields& fields) {
    return fields.month_days.size() == 31;
}
bool every_weekday(const Fields& fields) {
    return fields.weekdays.size() == 7;
}

bool without_holes(const std::set<int>& values, int step) {
    return *values.rbegin() - *values.begin() == static_cast<int>(values.size() - 1) * step;
}

// "every 10m from 09:00 to 18:50" for minutes evenly spread over the hour, in hours that follow one
// another.
std::optional<std::string> interval_of(const Fields& fields) {
    if (60 % fields.minutes.size() != 0) return std::nullopt;
    const int step = 60 / static_cast<int>(fields.minutes.size());
    const std::size_t times = fields.hours.size() * fields.minutes.size();
    if (times < 5 || *fields.minutes.begin() >= step || !without_holes(fields.minutes, step) ||
        !without_holes(fields.hours, 1))
        return std::nullopt;
    return fmt::format("every {} from {} to {}", length_words(step),
                       time_words(*fields.hours.begin() * 60 + *fields.minutes.begin()),
                       time_words(*fields.hours.rbegin() * 60 + *fields.minutes.rbegin()));
}

std::string times_of(const Fields& fields) {
    std::set<int> times;
    for (const int hour : fields.hours)
        for (const int minute : fields.minutes) times.insert(hour * 60 + minute);
    return time_list(times);
}

std::string months_clause(const Fields& fields) {
    return fields.months.size() == 12 ? "" : " in " + month_words(fields.months);
}

std::string month_day_list(const Fields& fields) {
    std::vector<std::string> days;
    for (const int day : fields.month_days) days.push_back(std::to_string(day));
    return comma_list(days);
}

// One schedule, or two that share no date.
std::vector<std::string> schedules_of(const Fields& fields) {
    const std::string months = months_clause(fields);
    const std::string times = times_of(fields);
    const bool any_month_day = every_month_day(fields);
    const bool any_weekday = every_weekday(fields);
    if (fields.either_day && (any_month_day || any_weekday))
        return {fmt::format("every day at {}{}", times, months)};
    if (fields.either_day) {
        const std::string weekdays = weekday_words(fields.weekdays);
        return {fmt::format("every month on {} at {}{} except {}", month_day_list(fields), times,
                            months, weekdays),
                fmt::format("every {} at {}{}", weekdays, times, months)};
    }
    if (!any_month_day) {
        const std::string only = any_weekday ? "" : " only " + weekday_words(fields.weekdays);
        return {fmt::format("every month on {} at {}{}{}", month_day_list(fields), times, months,
                            only)};
    }
    if (const auto interval = interval_of(fields)) {
        const std::string only = any_weekday ? "" : " only " + weekday_words(fields.weekdays);
        return {*interval + months + only};
    }
    return {fmt::format("every {} at {}{}", any_weekday ? "day" : weekday_words(fields.weekdays),
                        times, months)};
}

// ---- what is posted ----

// The words of a shell's command line, up to a pipe or the next command; nothing where the shell
// would put something in that only it knows.
std::optional<std::vector<std::string>> shell_words(const std::string& command) {
    std::vector<std::string> words;
    std::string word;
    bool begun = false;
    char quote = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (quote == '\'') {
            if (c == '\'')
                quote = 0;
            else
                word += c;
        } else if (c == '$' || c == '`') {
            return std::nullopt;
        } else if (c == '\\' && i + 1 < command.size()) {
            const char next = command[++i];
            if (quote == '"' && std::string("\"\\").find(next) == std::string::npos) word += c;
            word += next;
            begun = true;
        } else if (quote == '"') {
            if (c == '"')
                quote = 0;
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            begun = true;
        } else if (c == ' ' || c == '\t') {
            if (begun) words.push_back(std::exchange(word, {}));
            begun = false;
        } else if (std::string("|;&<>").find(c) != std::string::npos) {
            break;
        } else {
            word += c;
            begun = true;
        }
    }
    if (quote) return std::nullopt;
    if (begun) words.push_back(word);
    return words;
}

// The first text under `text` or `content`, which is where the robots of chats have it.
std::optional<std::string> text_in(const nlohmann::json& body) {
    if (!body.is_object()) return std::nullopt;
    for (const char* name : {"text", "content", "markdown", "message"}) {
        const auto found = body.find(name);
        if (found == body.end()) continue;
        if (found->is_string()) return found->get<std::string>();
        if (const auto inner = text_in(*found)) return inner;
    }
    return std::nullopt;
}

std::optional<std::string> curl_text(const std::vector<std::string>& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::string body;
        for (const std::string option : {"-d", "--data", "--data-raw", "--data-binary", "--json"}) {
            if (words[i] == option && i + 1 < words.size()) body = words[i + 1];
            if (words[i].starts_with(option + "=")) body = words[i].substr(option.size() + 1);
        }
        const auto json = nlohmann::json::parse(body, nullptr, false);
        if (!json.is_discarded()) return text_in(json);
    }
    return std::nullopt;
}

// cron makes a new line of `%` and hands what is behind the first to the command.
std::pair<std::string, std::string> command_and_input(const std::string& line) {
    std::string command;
    std::string input;
    bool in_command = true;
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::string& to = in_command ? command : input;
        if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '%') {
            to += '%';
            ++i;
        } else if (line[i] == '%') {
            if (!in_command) input += '\n';
            in_command = false;
        } else {
            to += line[i];
        }
    }
    return {command, input};
}

std::optional<std::string> posted_text(const std::string& line) {
    const auto [command, input] = command_and_input(line);
    const auto words = shell_words(command);
    std::optional<std::string> text;
    if (words && !words->empty()) {
        const std::string program = words->front().substr(words->front().rfind('/') + 1);
        if (program == "echo" || program == "printf") {
            std::vector<std::string> said(words->begin() + 1, words->end());
            while (!said.empty() && (said[0] == "-n" || said[0] == "-e")) said.erase(said.begin());
            text = fmt::format("{}", fmt::join(said, " "));
        } else if (program == "curl") {
            text = curl_text(*words);
        }
    }
    if (!text && !trimmed(input).empty()) text = input;
    if (text && trimmed(*text).empty()) return std::nullopt;
    return text ? std::optional(trimmed(*text)) : std::nullopt;
}

// ---- lines ----

// NAME=value; nothing for another line.
std::optional<std::pair<std::string, std::string>> setting_of(const std::string& line) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const std::string name = trimmed(line.substr(0, equals));
    if (name.empty() || (name[0] >= '0' && name[0] <= '9') ||
        name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") !=
            std::string::npos)
        return std::nullopt;
    std::string value = trimmed(line.substr(equals + 1));
    if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
        value = value.substr(1, value.size() - 2);
    return std::pair(name, value);
}

// The next word, taken off the front of the line.
std::string take_word(std::string& line) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::string word = line.substr(0, end);
    line = trimmed(line.substr(end));
    return word;
}

std::vector<std::string> take_fields(std::string& line) {
    std::string written;
    if (line[0] == '@') {
        const std::string nickname = lowercase(take_word(line));
        const auto found = nicknames.find(nickname);
        if (nickname == "@reboot")
            throw NotExpressible("`@reboot` is no time: no rule fires when a machine starts");
        if (found == nicknames.end())
            throw NotExpressible(fmt::format("cron knows no `{}`", nickname));
        return split(found->second, ' ');
    }
    std::vector<std::string> words;
    for (int i = 0; i < 5; ++i) words.push_back(take_word(line));
    if (line.empty())
        throw NotExpressible(
            "a line has five fields (minute, hour, day, month, weekday) and a command");
    return words;
}

std::vector<ImportedRule> rules_of(std::string line, std::size_t number, const std::string& zone,
                                   const CrontabOptions& options) {
    ImportedRule rule{.line = number, .source = line, .name = fmt::format("line_{}", number)};
    rule.zone = zone;
    const Fields fields = read_fields(take_fields(line));
    if (options.system) take_word(line);
    if (line.empty()) throw NotExpressible("the line has no command");
    const auto text = posted_text(line);
    rule.needs_text = !text;
    rule.steps = {{"", text.value_or(text_placeholder)}};

    const std::vector<std::string> schedules = schedules_of(fields);
    std::vector<ImportedRule> rules;
    for (const std::string& schedule : schedules) {
        rules.push_back(rule);
        rules.back().schedule = schedule;
    }
    if (rules.size() == 2) {
        rules[0].name += "_dates";
        rules[1].name += "_weekdays";
        rules[0].remarks = {
            "cron runs this on the days of the month and on the weekdays: two rules, each date "
            "once."};
        rules[1].source.clear();
    }
    return rules;
}

}  // namespace

ImportedSchedule read_crontab(const std::string& text, const CrontabOptions& options) {
    ImportedSchedule schedule;
    std::string zone;
    std::size_t number = 0;
    std::istringstream lines(text);
    for (std::string written; std::getline(lines, written);) {
        ++number;
        const std::string line = trimmed(written);
        if (line.empty() || line[0] == '#') continue;
        if (const auto setting = setting_of(line)) {
            if (setting->first == "CRON_TZ" || setting->first == "TZ") zone = setting->second;
            continue;
        }
        ++schedule.entries;
        try {
            for (ImportedRule& rule : rules_of(line, number, zone, options))
                schedule.rules.push_back(std::move(rule));
        } catch (const NotExpressible& reason) {
            schedule.left_out.push_back({number, line, reason.what()});
        }
    }
    return schedule;
}

}  // namespace sop::runtime::importing
