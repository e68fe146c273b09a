#include "runtime/clock/instant_text.h"

#include <fmt/format.h>

namespace sop::runtime {

namespace {

// Takes from the front of a text; everything after a failure fails.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool at_end() const { return rest_.empty(); }
    bool failed() const { return failed_; }
    char next() const { return rest_.empty() ? '\0' : rest_.front(); }

    bool take_if(char character) {
        if (next() != character || rest_.empty()) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void take(char character) { failed_ = !take_if(character) || failed_; }

    int digits(std::size_t count) {
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (next() < '0' || next() > '9') {
                failed_ = true;
                return 0;
            }
            value = value * 10 + (next() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

  private:
    std::string_view rest_;
    bool failed_ = false;
};

std::chrono::milliseconds scan_fraction(Scanner& scanner) {
    int value = 0;
    int digits = 0;
    while (scanner.next() >= '0' && scanner.next() <= '9' && digits < 9) {
        const int digit = scanner.digits(1);
        if (digits++ < 3) value = value * 10 + digit;
    }
    for (int i = digits; i < 3; ++i) value *= 10;
    if (digits == 0) scanner.take('0');
    return std::chrono::milliseconds(value);
}

std::optional<std::chrono::minutes> scan_offset(Scanner& scanner) {
    if (scanner.take_if('Z')) return std::chrono::minutes(0);
    const bool west = scanner.next() == '-';
    if (!west && scanner.next() != '+') return std::nullopt;
    scanner.take(scanner.next());
    const std::chrono::hours hours(scanner.digits(2));
    scanner.take(':');
    const std::chrono::minutes offset = hours + std::chrono::minutes(scanner.digits(2));
    return west ? -offset : offset;
}

}  // namespace

std::string instant_text(Instant instant) {
    const auto seconds = date::floor<std::chrono::seconds>(instant);
    const auto milliseconds = (instant - seconds).count();
    const auto day = date::floor<date::days>(seconds);
    const date::year_month_day date{day};
    const auto of_day = (seconds - day).count();
    const std::string text =
        fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    of_day / 3600, of_day / 60 % 60, of_day % 60);
    return milliseconds == 0 ? text + "Z" : text + fmt::format(".{:03}Z", milliseconds);
}

std::optional<WrittenTime> parse_written_time(std::string_view text) {
    Scanner scanner(text);
    const date::year year(scanner.digits(4));
    scanner.take('-');
    const date::month month(static_cast<unsigned>(scanner.digits(2)));
    scanner.take('-');
    const date::year_month_day day(year, month,
                                   date::day(static_cast<unsigned>(scanner.digits(2))));
    if (scanner.failed() || !day.ok()) return std::nullopt;
    WrittenTime written{date::local_days(day), std::nullopt};
    if (scanner.at_end()) return written;

    if (!scanner.take_if('T')) scanner.take(' ');
    const int hour = scanner.digits(2);
    scanner.take(':');
    const int minute = scanner.digits(2);
    const int second = scanner.take_if(':') ? scanner.digits(2) : 0;
    if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
    written.local +=
        std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
    if (scanner.take_if('.')) written.local += scan_fraction(scanner);
    written.offset = scan_offset(scanner);
    if (scanner.failed() || !scanner.at_end()) return std::nullopt;
    return written;
}

}  // namespace sop::runtime
