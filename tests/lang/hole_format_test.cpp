#include "lang/hole_format.h"

#include <catch2/catch.hpp>

namespace sop::lang {

TEST_CASE("a format is one of its type or none", "[format_of_holes]") {
    struct Row {
        ValueType type;
        const char* format;
        bool fits;
    };
    using enum ValueType;
    const Row rows[] = {
        {number, "0", true},
        {number, "0.00", true},
        {money, "0,000.00", true},
        {money, "0,000", true},
        {number, "00", false},
        {number, "0.", false},
        {number, "0.0x", false},
        {number, "1.00", false},
        {number, "MM", false},
        {date, "yyyy-MM-dd", true},
        {date, "M月d日", true},
        {date, "HH:mm", false},
        {date, "0.00", false},
        {date, "DD", false},
        {date, "-", false},
        {date, "EEEE", true},
        {time, "HH:mm:ss", true},
        {time, "dd", false},
        {instant, "MM-dd HH:mm", true},
        {weekday, "EEE", true},
        {weekday, "dd", false},
        {text, "0", false},
        {member, "HH", false},
    };
    for (const Row& row : rows) {
        CAPTURE(static_cast<int>(row.type), row.format);
        CHECK(is_format_of(row.type, row.format) == row.fits);
    }
}

TEST_CASE("what a note suggests fits", "[format_of_holes]") {
    for (const ValueType type : {ValueType::number, ValueType::money, ValueType::date,
                                 ValueType::time, ValueType::instant, ValueType::weekday}) {
        std::string known = formats_of(type);
        CHECK_FALSE(known.empty());
        for (std::size_t at = known.find('`'); at != std::string::npos;
             at = known.find('`', at + 1)) {
            const std::size_t end = known.find('`', at + 1);
            const std::string format = known.substr(at + 1, end - at - 1);
            INFO(format);
            CHECK(is_format_of(type, format));
            at = end;
        }
    }
    CHECK(formats_of(ValueType::text).empty());
}

}  // namespace sop::lang
