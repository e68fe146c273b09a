// The parts of a plan are found again in the texts they came from.
#include "lang/places.h"

#include <catch2/catch.hpp>

#include "lang/compile.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;

std::string text_at(const lang::Place& place) {
    if (place.source == nullptr) return "nowhere";
    return std::string(
        place.source->text().substr(place.span.begin, place.span.end - place.span.begin));
}

const char* const playbook = R"(sop 1
tag member, gone
event order { }
content card { text "Hello" }
channel hook { kind webhook }
template countdown(what: content) {
  reminder: every friday at 20:00 for 1h { start - 10m: post what }
}
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via hook
  plain: every day at 09:00 { post card; tag gone }
  sale: every thursday at 20:00 for 2h {
    start - 10m: post card
    end:         untag gone; post card
  }
  soon: countdown(what: card)
}
)";

}  // namespace

TEST_CASE("rules, steps and actions are found where they are written", "[places]") {
    const std::vector<lang::Source> sources{{"p.sop", playbook}};
    const lang::Compilation compilation = lang::compile(sources, tests::compile_options());
    REQUIRE(compilation.plan);
    const lang::PlanPlaces& places = compilation.places;

    CHECK(text_at(places.of_rule("p.plain")) == "plain");
    CHECK(text_at(places.of_step("p.plain", 0)) == "plain");
    CHECK(text_at(places.of_action("p.plain", 0, 1)) == "tag gone");
    CHECK(text_at(places.of_step("p.sale", 1)) == "end");
    CHECK(text_at(places.of_action("p.sale", 1, 0)) == "untag gone");
    CHECK(text_at(places.tags.at("gone")) == "gone");
    CHECK(text_at(places.channels.at("hook")) == "hook");

    // What a template makes stands where it is used.
    CHECK(text_at(places.of_rule("p.soon.reminder")) == "soon");
    CHECK(text_at(places.of_action("p.soon.reminder", 0, 0)) == "soon");

    CHECK(text_at(places.of_rule("p.none")) == "nowhere");
    CHECK(text_at(places.of_action("p.sale", 7, 0)) == "sale");

    // Each step of the plan has its place, with one for each of its actions.
    for (const auto& rule : compilation.plan->playbooks.front().rules) {
        if (rule.name.find('.') != std::string::npos) continue;
        const auto& steps = places.rules.at("p." + rule.name).steps;
        REQUIRE(steps.size() == rule.steps.size());
        for (std::size_t at = 0; at < steps.size(); ++at)
            CHECK(steps[at].actions.size() == rule.steps[at].actions.size());
    }
}
