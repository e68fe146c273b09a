#include "runtime/scheduler/tier.h"

#include <catch2/catch.hpp>

#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

lang::Plan plan_with(const std::string& tiers) {
    return plan_of(
        "sop 1\ntag member, vip, welfare, activity\nevent order { amount: money }\n"
        "metric gmv = sum(order.amount)\n" +
        tiers + "\n");
}

// A group with an order of an amount the day before.
class Till : public Records {
  public:
    explicit Till(std::string amount) : amount_(std::move(amount)) {}
    std::vector<Event> events_of(SubjectKind, const std::string& subject, const std::string& type,
                                 Instant from, Instant to) override {
        Event event{.id = "o1", .type = type, .at = instant("2026-11-18 12:00")};
        event.fields["amount"] = amount_;
        const bool is_asked = subject == "g1" && event.at >= from && event.at < to;
        return is_asked && !amount_.empty() ? std::vector{event} : std::vector<Event>{};
    }
    bool has_tag(SubjectKind, const std::string&, const std::string&) override { return false; }
    std::int64_t points_of(const std::string&) override { return 0; }

  private:
    std::string amount_;
};

TierDecision decision_for(const std::string& tier, const std::string& amount) {
    const lang::Plan plan =
        plan_with("tier groups every day at 02:00 timezone Asia/Shanghai {" + tier + "}");
    const auto zone = zones().find("Asia/Shanghai");
    const Instant at = instant("2026-11-19 02:00");
    const Window window{at, at};
    const Subject subject = Group{.id = "g1"};
    Till till(amount);
    return decide_tier(plan.tiers.at(0), {plan, *zone, window, subject, nullptr, at, &till});
}

constexpr const char* three = R"(
  vip: gmv(last 7 days) >= 10000 CNY
  welfare: gmv(last 7 days) >= 1000 CNY
  activity: else
)";

}  // namespace

TEST_CASE("the first level that fits is taken, and what was compared is told",
          "[scheduler][tier]") {
    const TierDecision vip = decision_for(three, "12000 CNY");
    CHECK(vip.level == 0);
    CHECK(vip.why == "vip: gmv(last 7 days) >= 10000 CNY is so, gmv(last 7 days) is 12000 CNY");
    const TierDecision welfare = decision_for(three, "1000 CNY");
    CHECK(welfare.level == 1);
    CHECK(welfare.why ==
          "vip: gmv(last 7 days) >= 10000 CNY is not so, gmv(last 7 days) is 1000 CNY; "
          "welfare: gmv(last 7 days) >= 1000 CNY is so, gmv(last 7 days) is 1000 CNY");
    CHECK(decision_for(three, "").level == 2);
    CHECK_FALSE(decision_for("vip: gmv(last 7 days) > 5 CNY", "5 CNY").level);
}

TEST_CASE("no sales are less than any amount", "[scheduler][tier]") {
    CHECK(decision_for("welfare: gmv(last 7 days) < 1000 CNY", "").level == 0);
    CHECK_FALSE(decision_for("vip: gmv(last 7 days) > 0 CNY", "").level);
}

TEST_CASE("a tier is known by whom it is for and its tags", "[scheduler][tier]") {
    const auto plan = plan_with(R"(
tier groups tagged member every day at 02:00 timezone Asia/Shanghai {
  vip: gmv(last 7 days) >= 10000 CNY
  welfare: else
}
tier groups tagged activity every monday at 02:00 timezone Asia/Shanghai {
  vip: gmv(last 1 day) >= 10 CNY
  welfare: else
}
tier members every day at 02:00 timezone Europe/London { activity: member.points > 3 }
)");
    const lang::Playbook playbook = tier_playbook(plan);
    std::vector<std::string> paths;
    for (const lang::Rule& rule : playbook.rules) paths.push_back(lang::rule_path(playbook, rule));
    CHECK(paths == std::vector<std::string>{"tier.groups: vip/welfare",
                                            "tier.groups: vip/welfare (2)",
                                            "tier.members: activity"});
}

}  // namespace sop::runtime
