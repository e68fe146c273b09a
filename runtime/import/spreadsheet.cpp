#include "runtime/import/spreadsheet.h"
#include "runtime/import/encoding.h"
#include "runtime/import/schedule_words.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <utility>

#include "lang/csv_table.h"

namespace sop::runtime::importing {

namespace {

enum class Column { weekday, date, time, text, title, group, tag, channel };

const std::map<std::string, Column> headers{
    {"weekday", Column::weekday}, {"weekdays", Column::weekday}, {"day", Column::weekday},
    {"days", Column::weekday},    {"星期", Column::weekday},     {"周几", Column::weekday},
    {"周", Column::weekday},      {"星期几", Column::weekday},   {"重复", Column::weekday},
    {"date", Column::date},       {"dates", Column::date},       {"日期", Column::date},
    {"time", Column::time},       {"times", Column::time},       {"时间", Column::time},
    {"时刻", Column::time},       {"发送时间", Column::time},    {"text", Column::text},
    {"content", Column::text},    {"message", Column::text},     {"内容", Column::text},
    {"文案", Column::text},       {"话术", Column::text},        {"title", Column::title},
    {"name", Column::title},      {"标题", Column::title},       {"名称", Column::title},
    {"活动", Column::title},      {"group", Column::group},      {"groups", Column::group},
    {"群", Column::group},        {"群名", Column::group},       {"tag", Column::tag},
    {"tags", Column::tag},        {"标签", Column::tag},         {"channel", Column::channel},
    {"频道", Column::channel},    {"渠道", Column::channel}};

const char* name_of(Column column) {
    constexpr std::array names{"weekday", "date",  "time", "text",
                               "title",   "group", "tag",  "channel"};
    return names[static_cast<std::size_t>(column)];
}

// One that says which cell of a row cannot be read, and how to mend it.
class WrongCell : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

// Lower case, and the signs of Chinese keyboards as those of English ones.
std::string plain(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const std::pair<const char*, const char*> signs[]{
        {"：", ":"}, {"，", ","}, {"、", ","}, {"；", ","}, {";", ","},  {"～", "~"}, {"—", "-"},
        {"–", "-"},  {"－", "-"}, {"　", " "}, {"\n", ","}, {"和", ","}, {"\r", ""},  {"／", "/"}};
    for (const auto& [from, to] : signs) replace_all(text, from, to);
    return trimmed(text);
}

std::vector<std::string> list_items(const std::string& text, const std::string& separators) {
    std::vector<std::string> items(1);
    for (const char c : text) {
        if (separators.find(c) == std::string::npos) {
            items.back() += c;
        } else {
            items.emplace_back();
        }
    }
    for (std::string& item : items) item = trimmed(item);
    std::erase(items, "");
    return items;
}

// ---- days ----

struct Days {
    enum class Kind { every_day, workdays, weekend, weekdays, month_days, dates };
    Kind kind = Kind::every_day;
    std::set<int> numbers{};  // weekdays from Monday, 1; or days of the month
    std::set<date::sys_days> dates{};

    bool operator==(const Days&) const = default;
};

std::string schedule_words(const Days& days) {
    std::vector<std::string> words;
    switch (days.kind) {
        case Days::Kind::every_day:
            return "every day";
        case Days::Kind::workdays:
            return "every workday";
        case Days::Kind::weekend:
            return "every weekend";
        case Days::Kind::weekdays:
            return "every " + weekday_words(days.numbers);
        case Days::Kind::month_days:
            for (const int day : days.numbers) words.push_back(std::to_string(day));
            return "every month on " + comma_list(words);
        case Days::Kind::dates:
            for (const date::sys_days day : days.dates) words.push_back(date::format("%F", day));
            return "on " + comma_list(words);
    }
    return {};
}

// 1 to 7; nothing for another word.
std::optional<int> weekday_of(std::string word) {
    static const std::map<std::string, int> names{
        {"monday", 1}, {"mon", 1}, {"tuesday", 2},  {"tue", 2},    {"tues", 2},  {"wednesday", 3},
        {"wed", 3},    {"thu", 4}, {"thursday", 4}, {"thur", 4},   {"thurs", 4}, {"friday", 5},
        {"fri", 5},    {"sat", 6}, {"saturday", 6}, {"sunday", 7}, {"sun", 7},   {"一", 1},
        {"二", 2},     {"三", 3},  {"四", 4},       {"五", 5},     {"六", 6},    {"日", 7},
        {"天", 7},     {"1", 1},   {"2", 2},        {"3", 3},      {"4", 4},     {"5", 5},
        {"6", 6},      {"7", 7}};
    if (word.starts_with("每")) word = word.substr(std::string("每").size());
    for (const std::string prefix : {"星期", "礼拜", "周"})
        if (word.starts_with(prefix)) {
            word = word.substr(prefix.size());
            break;
        }
    const auto found = names.find(word);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

Days read_days(const std::string& cell) {
    std::string text = plain(cell);
    const auto is_one_of = [&text](std::initializer_list<const char*> words) {
        return std::find(words.begin(), words.end(), text) != words.end();
    };
    if (is_one_of({"每天", "每日", "天天", "daily", "every day", "everyday", "day"}))
        return {Days::Kind::every_day};
    if (is_one_of({"工作日", "每个工作日", "workday", "workdays", "working days", "every workday"}))
        return {Days::Kind::workdays};
    if (is_one_of({"周末", "每周末", "weekend", "weekends"})) return {Days::Kind::weekend};
    if (is_one_of({"weekdays"})) return {Days::Kind::weekdays, {1, 2, 3, 4, 5}};

    if (text.starts_with("每月")) {
        Days days{Days::Kind::month_days};
        for (std::string item : list_items(text.substr(std::string("每月").size()), ", ")) {
            for (const char* ending : {"号", "日"}) replace_all(item, ending, "");
            if (item.size() > 2 || item.find_first_not_of("0123456789") != std::string::npos ||
                std::stoi(item) < 1 || std::stoi(item) > 31)
                throw WrongCell(fmt::format("`{}` is no day of the month", item));
            days.numbers.insert(std::stoi(item));
        }
        if (!days.numbers.empty()) return days;
    }

    for (const char* range_word : {"至", "到", "~"}) replace_all(text, range_word, "-");
    replace_all(text, " to ", "-");
    replace_all(text, "every ", "");
    Days days{Days::Kind::weekdays};
    for (const std::string& item : list_items(text, ",/")) {
        const std::size_t dash = item.find('-');
        const auto first = weekday_of(trimmed(item.substr(0, dash)));
        const auto last =
            dash == std::string::npos ? first : weekday_of(trimmed(item.substr(dash + 1)));
        if (!first || !last)
            throw WrongCell(fmt::format(
                "`{}` is no weekday; write 周一, 周一至周五, 工作日, Monday, Mon-Fri or daily",
                item));
        for (int day = *first;; day = day % 7 + 1) {
            days.numbers.insert(day);
            if (day == *last) break;
        }
    }
    if (days.numbers.empty()) throw WrongCell("no days are said");
    return days;
}

Days read_dates(const std::string& cell) {
    static const std::regex form(R"((\d{4})[-/.](\d{1,2})[-/.](\d{1,2}))");
    std::string text = plain(cell);
    replace_all(text, "年", "-");
    replace_all(text, "月", "-");
    replace_all(text, "日", "");
    replace_all(text, "号", "");
    Days days{Days::Kind::dates};
    for (const std::string& item : list_items(text, ", ")) {
        std::smatch parts;
        if (!std::regex_match(item, parts, form))
            throw WrongCell(
                fmt::format("`{}` is no date; write it with its year, 2026-11-11", item));
        const date::year_month_day day{date::year(std::stoi(parts[1])),
                                       date::month(static_cast<unsigned>(std::stoi(parts[2]))),
                                       date::day(static_cast<unsigned>(std::stoi(parts[3])))};
        if (!day.ok()) throw WrongCell(fmt::format("there is no date `{}`", item));
        days.dates.insert(day);
    }
    if (days.dates.empty()) throw WrongCell("no date is said");
    return days;
}

// ---- times ----

int read_time(std::string item) {
    static const std::regex form(R"((\d{1,2})(?::(\d{1,2})(?::00)?)?\s*(am|pm)?)");
    const std::string written = item;
    bool afternoon = false;
    bool night = false;
    bool named_half = false;
    const std::pair<const char*, char> halves[]{{"凌晨", 'a'}, {"早上", 'a'}, {"上午", 'a'},
                                                {"早", 'a'},   {"中午", 'n'}, {"下午", 'p'},
                                                {"晚上", 'p'}, {"傍晚", 'p'}, {"晚", 'p'}};
    for (const auto& [word, half] : halves) {
        if (!item.starts_with(word)) continue;
        item = trimmed(item.substr(std::string(word).size()));
        afternoon = half == 'p' || half == 'n';
        night = std::string(word).starts_with("晚");
        named_half = true;
        break;
    }
    for (const char* hour : {"点", "时"}) {
        replace_all(item, std::string(hour) + "半", ":30");
        replace_all(item, std::string(hour) + "整", ":00");
        if (item.ends_with(hour)) item = item.substr(0, item.size() - std::string(hour).size());
        replace_all(item, hour, ":");
    }
    replace_all(item, "分", "");
    std::smatch parts;
    const auto wrong = [&written] {
        return WrongCell(fmt::format("`{}` is no time of day; write 08:00", written));
    };
    if (!std::regex_match(item, parts, form)) throw wrong();
    // A lone number is as likely a date or a count as an hour.
    if (item == written && !parts[2].matched && !parts[3].matched) throw wrong();
    int hour = std::stoi(parts[1]);
    const int minute = parts[2].matched ? std::stoi(parts[2]) : 0;
    if (parts[3].matched) {
        if (hour < 1 || hour > 12) throw wrong();
        hour = hour % 12 + (parts[3] == "pm" ? 12 : 0);
    } else if (named_half && afternoon && hour < 12) {
        // 中午11点 is before noon, 晚上12点 the midnight that the next date begins with.
        if (!(written.starts_with("中午") && hour >= 10)) hour += 12;
    } else if (night && hour == 12) {
        throw WrongCell(
            fmt::format("`{}` may be meant for the next date; write 00:00 there", written));
    }
    if (hour > 23 || minute > 59) throw wrong();
    return hour * 60 + minute;
}

std::set<int> read_times(const std::string& cell) {
    std::string text = plain(cell);
    replace_all(text, " am", "am");
    replace_all(text, " pm", "pm");
    std::set<int> times;
    for (const std::string& item : list_items(text, ",/ ")) times.insert(read_time(item));
    if (times.empty()) throw WrongCell("no time is said; write 08:00");
    return times;
}

// ---- rows ----

struct Row {
    std::size_t line = 0;
    std::vector<std::size_t> numbers{};  // of the rows in it
    Days days{};
    std::set<int> times{};
    std::string text{};
    std::string title{};
    std::string audience{};
    std::string channel{};

    bool says_the_same(const Row& other) const {
        return text == other.text && title == other.title && audience == other.audience &&
               channel == other.channel;
    }
};

using Columns = std::map<Column, std::size_t>;

std::string cell_of(const lang::CsvRow& row, const Columns& columns, Column column) {
    const auto found = columns.find(column);
    if (found == columns.end() || found->second >= row.fields.size()) return {};
    return trimmed(row.fields[found->second]);
}

std::string quoted_names(const std::string& cell) {
    std::vector<std::string> names;
    for (const std::string& name : list_items(plain(cell), ",")) {
        if (name.find('"') != std::string::npos)
            throw WrongCell(fmt::format("a name of a group cannot hold quotes: {}", name));
        names.push_back('"' + name + '"');
    }
    return comma_list(names);
}

Row read_row(const lang::CsvRow& fields, std::size_t number, const Columns& columns) {
    Row row{.line = fields.line, .numbers = {number}};
    Column column = Column::weekday;
    try {
        const std::string date = cell_of(fields, columns, Column::date);
        const std::string weekday = cell_of(fields, columns, Column::weekday);
        if (!date.empty()) {
            column = Column::date;
            row.days = read_dates(date);
        } else {
            if (weekday.empty()) throw WrongCell("neither a weekday nor a date is said");
            row.days = read_days(weekday);
        }
        if (!date.empty() && !weekday.empty()) {
            const Days said = read_days(weekday);
            for (const date::sys_days day : row.days.dates) {
                const int is = static_cast<int>(date::weekday(day).iso_encoding());
                if (said.kind == Days::Kind::weekdays && !said.numbers.contains(is))
                    throw WrongCell(fmt::format("{} is no {}; leave one of them out",
                                                date::format("%F", day), weekday));
            }
        }
        column = Column::time;
        row.times = read_times(cell_of(fields, columns, Column::time));
        column = Column::text;
        row.text = cell_of(fields, columns, Column::text);
        if (row.text.empty()) throw WrongCell("there is no text to post");
        column = Column::group;
        row.title = cell_of(fields, columns, Column::title);
        if (const auto group = cell_of(fields, columns, Column::group); !group.empty())
            row.audience = "groups " + quoted_names(group);
        column = Column::tag;
        if (const auto tag = cell_of(fields, columns, Column::tag); !tag.empty()) {
            if (!row.audience.empty())
                throw WrongCell("both a group and a tag are said; leave one of them out");
            row.audience = "groups tagged " + comma_list(list_items(plain(tag), ", "));
        }
        row.channel = cell_of(fields, columns, Column::channel);
        return row;
    } catch (const WrongCell& error) {
        throw WrongCell(
            fmt::format("row {}, column {}: {}", number, name_of(column), error.what()));
    }
}

// Into a row that says the same and differs in its times alone, or in its days alone.
bool merged(std::vector<Row>& rows, const Row& row) {
    for (Row& other : rows) {
        if (!other.says_the_same(row)) continue;
        if (other.days == row.days) {
            other.times.insert(row.times.begin(), row.times.end());
        } else if (other.times == row.times && other.days.kind == row.days.kind) {
            other.days.numbers.insert(row.days.numbers.begin(), row.days.numbers.end());
            other.days.dates.insert(row.days.dates.begin(), row.days.dates.end());
        } else {
            continue;
        }
        other.numbers.push_back(row.numbers.front());
        return true;
    }
    return false;
}

Columns read_header(const lang::CsvRow& row) {
    Columns columns;
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
        const auto found = headers.find(plain(row.fields[i]));
        if (found != headers.end()) {
            if (!columns.emplace(found->second, i).second)
                throw UnreadableSchedule(
                    fmt::format("two columns are the {}: `{}` is the second; leave one of them out",
                                name_of(found->second), row.fields[i]));
        }
    }
    const bool has_days = columns.contains(Column::weekday) || columns.contains(Column::date);
    if (!has_days || !columns.contains(Column::time) || !columns.contains(Column::text)) {
        throw UnreadableSchedule(
            "the first row must name the columns: 星期 (weekday) or 日期 (date), 时间 (time) and "
            "内容 (text), separated by commas; 标题, 群, 标签 and 频道 (title, group, tag, "
            "channel) "
            "may be there too");
    }
    return columns;
}

std::string row_text(const lang::CsvRow& row) {
    return fmt::format("{}", fmt::join(row.fields, " | "));
}

std::string source_of(const Row& row) {
    std::vector<std::string> numbers;
    for (const std::size_t number : row.numbers) numbers.push_back(std::to_string(number));
    return fmt::format("{} {}", numbers.size() == 1 ? "row" : "rows", comma_list(numbers));
}

ImportedRule rule_of(const Row& row) {
    ImportedRule rule{.line = row.line,
                      .source = source_of(row),
                      .name = fmt::format("row_{}", row.numbers.front()),
                      .title = row.title,
                      .schedule = schedule_words(row.days) + " at " + time_list(row.times)};
    rule.steps = {{"", row.text}};
    rule.audience = row.audience;
    rule.channel = row.channel;
    return rule;
}

}  // namespace

ImportedSchedule read_spreadsheet(const std::string& bytes) {
    const DecodedText decoded_text = decoded(bytes);
    const lang::CsvTable table = lang::read_csv(decoded_text.text);
    if (table.rows.empty()) throw UnreadableSchedule("the file is empty");
    const Columns columns = read_header(table.rows.front());

    ImportedSchedule schedule;
    if (decoded_text.assumed)
        schedule.remarks.push_back(fmt::format(
            "The file does not say how it is encoded; it was read as {}.", decoded_text.encoding));
    for (const lang::CsvProblem& problem : table.problems) {
        ++schedule.entries;
        schedule.left_out.push_back({problem.line, "", problem.message.text(lang::Language::en)});
    }
    std::vector<Row> rows;
    for (std::size_t i = 1; i < table.rows.size(); ++i) {
        const lang::CsvRow& fields = table.rows[i];
        const auto is_empty = [](const std::string& cell) { return trimmed(cell).empty(); };
        if (std::all_of(fields.fields.begin(), fields.fields.end(), is_empty)) continue;
        ++schedule.entries;
        try {
            const Row row = read_row(fields, i + 1, columns);
            if (!merged(rows, row)) rows.push_back(row);
        } catch (const WrongCell& error) {
            schedule.left_out.push_back({fields.line, row_text(fields), error.what()});
        }
    }
    for (const Row& row : rows) schedule.rules.push_back(rule_of(row));
    return schedule;
}

}  // namespace sop::runtime::importing
