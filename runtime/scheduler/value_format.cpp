#include "runtime/scheduler/value_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sop::runtime {

namespace {

using lang::MomentPart;

constexpr std::array english_weekdays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
constexpr std::array english_months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array chinese_days{"一", "二", "三", "四", "五", "六", "日"};
constexpr std::array plain_weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                    "friday", "saturday", "sunday"};
constexpr unsigned days_per_week = 7;
constexpr int short_word = 3;

bool is_chinese(std::string_view locale) {
    return locale.starts_with("zh");
}

// ---- numbers ----

std::string grouped(std::string text) {
    constexpr std::size_t group = 3;
    const std::size_t begin = text.starts_with('-') ? 1 : 0;
    std::size_t at = std::min(text.find('.'), text.size());
    while (at > begin + group) {
        at -= group;
        text.insert(at, 1, ',');
    }
    return text;
}

struct Sign {
    std::string_view locale;
    std::string_view currency;
    std::string_view text;
};
// As the CLDR has them; what is not here stands by its code. An empty locale is every other one.
constexpr std::array signs{
    Sign{"zh-CN", "CNY", "¥"},   Sign{"", "CNY", "CN¥"},      Sign{"en", "USD", "$"},
    Sign{"", "USD", "US$"},      Sign{"", "EUR", "€"},        Sign{"", "GBP", "£"},
    Sign{"zh-CN", "JPY", "JP¥"}, Sign{"en-GB", "JPY", "JP¥"}, Sign{"", "JPY", "¥"},
    Sign{"", "HKD", "HK$"},      Sign{"zh-TW", "TWD", "$"},   Sign{"", "TWD", "NT$"},
    Sign{"", "KRW", "₩"}};

std::string sign_of(std::string_view currency, std::string_view locale) {
    const auto found = std::find_if(signs.begin(), signs.end(), [&](const Sign& sign) {
        return sign.currency == currency && (sign.locale.empty() || sign.locale == locale);
    });
    return found == signs.end() ? std::string(currency) + " " : std::string(found->text);
}

std::size_t decimals_of(std::string_view currency) {
    constexpr std::array without{"JPY", "KRW", "VND", "CLP", "ISK", "PYG", "XAF", "XOF"};
    constexpr std::array thousandths{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    const auto is_one_of = [currency](const auto& codes) {
        return std::find(codes.begin(), codes.end(), currency) != codes.end();
    };
    return is_one_of(without) ? 0 : is_one_of(thousandths) ? 3 : 2;
}

// ---- moments ----

std::string weekday_text(unsigned weekday, std::string_view locale) {
    if (locale.empty()) return plain_weekdays.at(weekday);
    if (is_chinese(locale)) return fmt::format("星期{}", chinese_days.at(weekday));
    return english_weekdays.at(weekday);
}

std::string short_weekday_text(unsigned weekday, std::string_view locale) {
    if (locale == "zh-TW") return fmt::format("週{}", chinese_days.at(weekday));
    if (is_chinese(locale)) return fmt::format("周{}", chinese_days.at(weekday));
    return std::string(english_weekdays.at(weekday)).substr(0, short_word);
}

std::string date_text(date::local_days day, std::string_view locale) {
    const date::year_month_day date{day};
    const int year = static_cast<int>(date.year());
    const auto month = static_cast<unsigned>(date.month());
    const auto of_month = static_cast<unsigned>(date.day());
    if (locale.empty()) return fmt::format("{:04}-{:02}-{:02}", year, month, of_month);
    if (is_chinese(locale)) return fmt::format("{}年{}月{}日", year, month, of_month);
    const char* name = english_months.at(month - 1);
    return locale == "en-GB" ? fmt::format("{} {} {}", of_month, name, year)
                             : fmt::format("{} {}, {}", name, of_month, year);
}

std::string time_text(const MomentParts& moment, std::string_view locale) {
    const date::hh_mm_ss time{*moment.time};
    const auto hours = time.hours().count();
    const std::string behind =
        fmt::format(":{:02}", time.minutes().count()) +
        (moment.with_seconds ? fmt::format(":{:02}", time.seconds().count()) : "");
    if (locale != "en") return fmt::format("{:02}{}", hours, behind);
    constexpr long noon = 12;
    const long hour = hours % noon == 0 ? noon : hours % noon;
    return fmt::format("{}{} {}", hour, behind, hours < noon ? "AM" : "PM");
}

class PartText {
  public:
    PartText(const MomentParts& moment, std::string_view locale)
        : date_(moment.date.value_or(date::local_days{})),
          time_(moment.time.value_or(std::chrono::seconds{0})),
          weekday_(moment.weekday.value_or(0) % days_per_week),
          locale_(locale) {}

    std::string operator()(const std::string& plain) const { return plain; }
    std::string operator()(MomentPart part) const {
        const int year = static_cast<int>(date_.year());
        const auto month = static_cast<unsigned>(date_.month());
        const auto day = static_cast<unsigned>(date_.day());
        switch (part) {
            case MomentPart::year:
                return fmt::format("{:04}", year);
            case MomentPart::year_of_century:
                return fmt::format("{:02}", year % 100);
            case MomentPart::month_padded:
                return fmt::format("{:02}", month);
            case MomentPart::month:
                return fmt::format("{}", month);
            case MomentPart::day_padded:
                return fmt::format("{:02}", day);
            case MomentPart::day:
                return fmt::format("{}", day);
            case MomentPart::weekday:
                return locale_.empty() ? english_weekdays.at(weekday_)
                                       : weekday_text(weekday_, locale_);
            case MomentPart::weekday_short:
                return short_weekday_text(weekday_, locale_);
            case MomentPart::hour_padded:
                return fmt::format("{:02}", time_.hours().count());
            case MomentPart::hour:
                return fmt::format("{}", time_.hours().count());
            case MomentPart::minute:
                return fmt::format("{:02}", time_.minutes().count());
            case MomentPart::second:
                return fmt::format("{:02}", time_.seconds().count());
        }
        return {};  // not reached: the switch names every part
    }

  private:
    date::year_month_day date_;
    date::hh_mm_ss<std::chrono::seconds> time_;
    unsigned weekday_;
    std::string_view locale_;
};

}  // namespace

std::string number_text(const Quantity& quantity, const lang::NumberFormat& format) {
    std::string text = to_text(quantity, format.places);
    return format.grouped ? grouped(std::move(text)) : text;
}

std::string quantity_text(const Quantity& quantity, std::string_view locale) {
    if (locale.empty()) return to_text(quantity);
    if (quantity.currency.empty()) return grouped(to_text(quantity, places_of(quantity)));
    std::string amount = grouped(to_text(quantity, decimals_of(quantity.currency)));
    const bool below_zero = amount.starts_with('-');
    if (below_zero) amount.erase(0, 1);
    return (below_zero ? "-" : "") + sign_of(quantity.currency, locale) + amount;
}

std::string moment_text(const MomentParts& moment, const lang::MomentFormat& format,
                        std::string_view locale) {
    const PartText part_text(moment, locale);
    std::string text;
    for (const auto& part : format) text += std::visit(part_text, part);
    return text;
}

std::string moment_text(const MomentParts& moment, std::string_view locale) {
    const bool is_english = locale.starts_with("en");
    std::string text;
    if (moment.date) text = date_text(*moment.date, locale);
    if (moment.date && moment.time) text += is_english ? ", " : " ";
    if (moment.time) text += time_text(moment, locale);
    if (!moment.date && !moment.time && moment.weekday)
        text = weekday_text(*moment.weekday, locale);
    return text;
}

}  // namespace sop::runtime
