#include "runtime/cli/time_argument.h"

#include "runtime/cli/exit_code.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>

#include <charconv>

namespace sop::runtime::cli {

namespace {

WrittenTime read_time(const std::string& text, const std::string& option) {
    const auto written = parse_written_time(text);
    if (!written) {
        throw CommandError(
            fmt::format("{}: `{}` is no time; write `2026-11-16`, `2026-11-16T08:30` or "
                        "`2026-11-16T00:30:00Z`",
                        option, text));
    }
    return *written;
}

Instant instant_at(const WrittenTime& written, std::chrono::minutes offset) {
    return Instant(written.local.time_since_epoch()) - offset;
}

}  // namespace

Instant parse_instant(const std::string& text, const lang::calendar::Zone& zone,
                      const std::string& option) {
    const WrittenTime written = read_time(text, option);
    if (written.offset) return instant_at(written, *written.offset);
    const auto seconds = date::floor<std::chrono::seconds>(written.local);
    return zone.to_instant(seconds) + (written.local - seconds);
}

date::local_days parse_date(const std::string& text, const std::string& option) {
    return date::floor<date::days>(read_time(text, option).local);
}

date::local_days today() {
    return date::local_days{date::floor<date::days>(SystemClock().now()).time_since_epoch()};
}

std::chrono::milliseconds parse_length(const std::string& text, std::chrono::hours max,
                                       const std::string& option) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const std::int64_t seconds = unit == "s"   ? 1
                                 : unit == "m" ? 60
                                 : unit == "h" ? 3600
                                 : unit == "d" ? 86400
                                 : unit == "w" ? 604800
                                               : 0;
    if (error != std::errc() || seconds == 0) {
        throw CommandError(
            fmt::format("{}: `{}` is no length; write `7d`, `36h`, `90m` or `2w`", option, text));
    }
    if (count <= 0 || count > std::chrono::seconds(max).count() / seconds) {
        throw CommandError(
            fmt::format("{}: `{}` is out of range; more than nothing and at most {}d", option, text,
                        max.count() / 24));
    }
    return std::chrono::seconds(count * seconds);
}

}  // namespace sop::runtime::cli
