// Names that mislead: warnings and notes, never errors.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/sources.h"

namespace sop {

namespace {

using Codes = std::vector<std::string>;

// Without the places.
Codes codes_of(const std::string& declarations) {
    Codes codes;
    for (const std::string& found : tests::codes_of("sop 1\n" + declarations + "\n"))
        codes.push_back(found.substr(0, found.find(' ')));
    return codes;
}

}  // namespace

TEST_CASE("names that look alike or mix alphabets are warned of", "[names]") {
    const Codes none;
    const Codes alike{"SOP0430"};
    const Codes mixed{"SOP0431"};
    const Codes in_parts{"SOP0432"};
    struct Row {
        const char* behaviour;
        const char* declarations;
        Codes codes;
    };
    const Row rows[] = {
        {"plain names", "tag vip, vip1, vipl", none},
        {"Chinese names", "tag 会员, 會員, VIP会员, vip_老会员", none},
        {"accents", "tag café, cafe", none},
        {"Cyrillic among Latin, in the second", "tag vip, v\u0456p", alike},
        {"and in the first", "tag v\u0456p, vip", alike},
        {"full-width letters", "tag vip, ｖｉｐ", alike},
        {"full case is another look", "tag vip, ＶＩＰ", none},
        {"kana beside a Chinese character", "tag 二月, ニ月", alike},
        {"three of them", "tag vip, v\u0456p, ｖｉｐ", {"SOP0430", "SOP0430"}},
        {"of two kinds", "tag vip\nrole ｖｉｐ", none},
        {"events", "event vip { a: text }\nevent ｖｉｐ { a: text }", alike},
        {"fields of one event", "event order { a: text, \u0430: text }", alike},
        {"fields of two events", "event order { a: text }\nevent paid { \u0430: text }", none},
        {"contents", "content a { text \"x\" }\ncontent \u0430 { text \"y\" }", alike},
        {"values", "value a = 1\nvalue \u0430 = 2", alike},
        {"declared twice is not alike", "tag ｖｉｐ, ｖｉｐ", {"SOP0110"}},
        {"Latin and Cyrillic", "tag v\u0456p", mixed},
        {"Latin and Greek", "tag b\u03BFok", mixed},
        {"Greek and Cyrillic", "tag \u03B1\u0431", mixed},
        {"Cyrillic alone", "tag группа", none},
        {"Greek beside Chinese", "tag 版本α", none},
        {"Latin beside kana and Chinese", "tag vipカード会員", none},
        {"a letter in parts", "tag cafe\u0301", in_parts},
        {"the two forms are one name", "tag café, cafe\u0301", {"SOP0110", "SOP0432"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(codes_of(row.declarations) == row.codes);
        }
    }
}

TEST_CASE("rules of one playbook are told apart, those of two need not be", "[names]") {
    const std::string settings = " { timezone UTC; for groups; via log; ";
    const auto rule = [](const std::string& name) {
        return name + ": every day at 08:00 { post \"x\" }; ";
    };
    CHECK(codes_of("playbook p" + settings + rule("a") + rule("\u0430") + "}") == Codes{"SOP0430"});
    CHECK(codes_of("playbook p" + settings + rule("a") + "}\nplaybook q" + settings +
                   rule("\u0430") + "}") == Codes{});
}

TEST_CASE("names that mislead let the plan be made", "[names]") {
    CHECK_NOTHROW(tests::plan_of("sop 1\ntag vip, v\u0456p, cafe\u0301, b\u03BFok\n"));
}

}  // namespace sop
