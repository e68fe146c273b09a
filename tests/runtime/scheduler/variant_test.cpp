#include "runtime/scheduler/variant.h"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

lang::Content content(lang::Content::Pick pick, const std::vector<std::string>& names,
                      const std::vector<int>& weights) {
    lang::Content made{"morning", {}, pick, {}};
    for (std::size_t i = 0; i < weights.size(); ++i) {
        lang::Variant& variant = made.variants.emplace_back();
        if (!names.empty()) variant.name = names[i];
        variant.weight = weights[i];
    }
    return made;
}

std::string picked(const lang::Content& content, const std::string& target, std::int64_t turns = 0,
                   const std::string& firing = "2026-11-19T08:00:00 Asia/Shanghai",
                   const std::string& step = "start") {
    const Target whom{SubjectKind::group, target};
    return pick_variant(content, {firing, step, whom}, turns).name;
}

}  // namespace

TEST_CASE("a content of one form has nothing to pick", "[scheduler][variant]") {
    const lang::Content plain{"morning", {}};
    const Target group{SubjectKind::group, "g1"};
    CHECK(pick_variant(plain, {"k", "start", group}, 0).variant == nullptr);
    const lang::Content with_picture = content(lang::Content::Pick::first, {}, {1});
    CHECK(pick_variant(with_picture, {"k", "start", group}, 0).variant ==
          &with_picture.variants[0]);
    CHECK(picked(with_picture, "g1").empty());
}

TEST_CASE("the first form is always the first", "[scheduler][variant]") {
    const auto first = content(lang::Content::Pick::first, {}, {1, 1});
    for (int turns = 0; turns < 3; ++turns) CHECK(picked(first, "g1", turns) == "1");
}

TEST_CASE("forms in turn come round by their weights", "[scheduler][variant]") {
    const auto rotated = [](const std::vector<int>& weights) {
        std::string text;
        for (int turns = 0; turns < 7; ++turns)
            text += picked(content(lang::Content::Pick::rotate, {}, weights), "g1", turns);
        return text;
    };
    CHECK(rotated({1, 1, 1}) == "1231231");
    CHECK(rotated({2, 1}) == "1121121");
}

TEST_CASE("a form by chance is the same however often it is picked, and another in another run",
          "[scheduler][variant]") {
    const auto random = content(lang::Content::Pick::random, {}, {1, 1, 1});
    std::set<std::string> of_days;
    std::set<std::string> of_steps;
    for (int day = 1; day <= 20; ++day) {
        const std::string key = "2026-11-" + std::to_string(day);
        CHECK(picked(random, "g1", 0, key) == picked(random, "g1", 5, key));
        of_days.insert(picked(random, "g1", 0, key));
        of_steps.insert(picked(random, "g1", 0, "key", "start + " + std::to_string(day) + "m"));
    }
    CHECK(of_days == std::set<std::string>{"1", "2", "3"});
    CHECK(of_steps == std::set<std::string>{"1", "2", "3"});
}

TEST_CASE("forms that are compared stay the target's own and share by their weights",
          "[scheduler][variant]") {
    const auto compared = content(lang::Content::Pick::random, {"short", "long"}, {3, 1});
    std::map<std::string, int> shares;
    for (int i = 0; i < 4000; ++i) {
        const std::string group = "g" + std::to_string(i);
        ++shares[picked(compared, group)];
        CHECK(picked(compared, group, 0, "another firing", "another step") ==
              picked(compared, group));
    }
    CHECK(shares["short"] + shares["long"] == 4000);
    CHECK(shares["short"] > 2900);
    CHECK(shares["short"] < 3100);
}

}  // namespace sop::runtime
