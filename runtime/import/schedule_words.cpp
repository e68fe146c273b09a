#include "runtime/import/schedule_words.h"

#include <fmt/format.h>

#include <array>

namespace sop::runtime::importing {

namespace {

constexpr std::array weekday_names{"monday", "tuesday",  "wednesday", "thursday",
                                   "friday", "saturday", "sunday"};
constexpr std::array month_names{"january",   "february", "march",    "april",
                                 "may",       "june",     "july",     "august",
                                 "september", "october",  "november", "december"};
constexpr std::size_t comment_bytes_max = 300;

}  // namespace

std::string comma_list(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, ", "));
}

std::string weekday_words(const std::set<int>& weekdays) {
    std::vector<std::string> words;
    for (auto day = weekdays.begin(); day != weekdays.end();) {
        const int first = *day;
        int last = first;
        while (++day != weekdays.end() && *day == last + 1) last = *day;
        const std::string first_name = weekday_names[static_cast<std::size_t>(first - 1)];
        const std::string last_name = weekday_names[static_cast<std::size_t>(last - 1)];
        if (last - first >= 2) {
            words.push_back(first_name + ".." + last_name);
        } else {
            words.push_back(first_name);
            if (last != first) words.push_back(last_name);
        }
    }
    return comma_list(words);
}

std::string month_words(const std::set<int>& months) {
    std::vector<std::string> words;
    for (const int month : months)
        words.push_back(month_names[static_cast<std::size_t>(month - 1)]);
    return comma_list(words);
}

std::string ordinal_words(int number) {
    if (number == -1) return "last";
    if (number < 0) return ordinal_words(-number) + " last";
    const bool teen = number % 100 >= 11 && number % 100 <= 13;
    const char* ending = teen               ? "th"
                         : number % 10 == 1 ? "st"
                         : number % 10 == 2 ? "nd"
                         : number % 10 == 3 ? "rd"
                                            : "th";
    return fmt::format("{}{}", number, ending);
}

std::string time_words(int minute_of_day) {
    return fmt::format("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60);
}

std::string time_list(const std::set<int>& minutes_of_day) {
    std::vector<std::string> words;
    for (const int minute : minutes_of_day) words.push_back(time_words(minute));
    return comma_list(words);
}

std::string length_words(long minutes) {
    if (minutes % 60 == 0) return fmt::format("{}h", minutes / 60);
    if (minutes > 60) return fmt::format("{}h{}m", minutes / 60, minutes % 60);
    return fmt::format("{}m", minutes);
}

std::string trimmed(const std::string& text) {
    const char* spaces = " \t\r\n";
    const auto begin = text.find_first_not_of(spaces);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

std::string comment_line(const std::string& text) {
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7f ? ' ' : c;
    }
    if (line.size() > comment_bytes_max) {
        std::size_t end = comment_bytes_max;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
        line = line.substr(0, end) + "…";
    }
    return trimmed(line);
}

}  // namespace sop::runtime::importing
