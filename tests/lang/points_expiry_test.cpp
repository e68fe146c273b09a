// `points expire after 365 days`.
#include <catch2/catch.hpp>

#include "tests/support/sources.h"

namespace sop::lang {

using namespace sop::tests;

namespace {

std::string text_with(const std::string& expiry) {
    return "sop 1\ntag member\n" + expiry +
           "\nplaybook p {\n  timezone Asia/Shanghai\n  for members tagged member\n  via log\n"
           "  hello: on join { points +5 because \"hello\" }\n}\n";
}

}  // namespace

TEST_CASE("points expire by the clock that is written, or that of the file", "[points]") {
    const Plan plan = plan_of(text_with("points expire after 365 days timezone Asia/Shanghai"));
    REQUIRE(plan.points_expiry);
    CHECK(plan.points_expiry->after == calendar::Span{.days = 365});
    CHECK(plan.points_expiry->timezone == "Asia/Shanghai");
    CHECK(plan_from_json(to_json(plan)) == plan);
    CHECK(plan_of(text_with("timezone Europe/London\npoints expire after 24h"))
              .points_expiry->timezone == "Europe/London");
    CHECK_FALSE(plan_of(text_with("")).points_expiry);
}

TEST_CASE("they expire in Chinese words too", "[points]") {
    const Plan plan =
        plan_of("sop 1\nlanguage zh-CN\n标签 会员\n积分 过期 后于 365天 时区 Asia/Shanghai\n");
    CHECK(plan.points_expiry->after == calendar::Span{.days = 365});
}

TEST_CASE("when points expire is said once, with its clock and a length", "[points]") {
    CHECK(codes_of(text_with("points expire after 365 days")) ==
          std::vector<std::string>{"SOP0201 at 3:1"});
    CHECK(codes_of(text_with("points expire after 1 year timezone Asia/Shanghai\n"
                             "points expire after 2 years timezone Asia/Shanghai"))
              .size() == 1);
    CHECK(codes_of(text_with("points expire timezone Asia/Shanghai")).size() == 1);
    CHECK(codes_of(text_with("points expire after soon timezone Asia/Shanghai")).size() == 1);
}

}  // namespace sop::lang
