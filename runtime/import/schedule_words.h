// Parts of schedules in the words of the language.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace sop::runtime::importing {

// "a, b"
std::string comma_list(const std::vector<std::string>& words);

// "monday..friday", "tuesday, friday"; 1 is Monday and 7 Sunday.
std::string weekday_words(const std::set<int>& weekdays);
std::string month_words(const std::set<int>& months);

// "1st", "2nd"; from the end for negative ones: "last", "2nd last"
std::string ordinal_words(int number);

// "08:05"
std::string time_words(int minute_of_day);
std::string time_list(const std::set<int>& minutes_of_day);

// "2h", "90m", "1 day"; of whole minutes
std::string length_words(long minutes);

std::string trimmed(const std::string& text);

// A line of a comment: no control characters, and short enough to be read.
std::string comment_line(const std::string& text);

}  // namespace sop::runtime::importing
