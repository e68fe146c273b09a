#include "runtime/scheduler/step.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

const Instant eight = instant("2026-11-19 20:00");

// A rule of two steps, the first of which posts, tags and posts again.
struct Scene {
    Scene() {
        lang::Rule& made = draft.rule("sale", daily({20h}, 2h));
        made.steps = {{"start",
                       at_start(),
                       {draft.post("first"), lang::ChangeTag{true, "seen"}, draft.post("second")}},
                      {"end", at_end(), {draft.post("closed")}}};
    }

    StepDecision decide(Instant now, int newer = 0) const {
        StepContext context{draft.plan,
                            draft.plan.playbooks[0].rules[0],
                            zone("Asia/Shanghai"),
                            {eight, eight + 2h}};
        context.admitted_at = admitted_at;
        context.channel = channel;
        context.now = now;
        context.no_calendar_data = no_calendar_data;
        return decide_step(context, {}, eight, newer, {subject});
    }

    Draft draft;
    Instant admitted_at = Instant::min();
    bool no_calendar_data = false;
    std::optional<std::string> channel = "hook";
    Subject subject = Group{"g1", "One", "anna", {"member"}};
};

// A directory of one member that has opted out.
class OptedOut : public Records {
  public:
    std::vector<Event> events_of(SubjectKind, const std::string&, const std::string&, Instant,
                                 Instant) override {
        return {};
    }
    bool has_tag(SubjectKind, const std::string&, const std::string&) override { return false; }
    std::int64_t points_of(const std::string&) override { return 0; }
    std::optional<Member> find_member(const std::string& id) override {
        if (id != "m1") return Member{.id = id};
        return Member{.id = id, .opted_out_at = eight - 1h};
    }
};

// "0 send first, 1 tag seen, 2 skipped late"
std::string effects_text(const StepDecision& decision) {
    std::string text;
    for (const StepEffect& effect : decision.effects) {
        if (!text.empty()) text += ", ";
        text += std::to_string(effect.action);
        if (const auto* send = std::get_if<SendText>(&effect.what)) {
            text += " send " + send->text;
        } else if (const auto* withheld = std::get_if<Withhold>(&effect.what)) {
            text += " " + std::string{to_text(withheld->state)} + " " + withheld->reason;
        } else {
            const auto& change = std::get<TagChange>(effect.what);
            text += (change.add ? " tag " : " untag ") + change.tag;
        }
    }
    return text;
}

}  // namespace

TEST_CASE("a step on time does everything and the run goes on", "[scheduler][step]") {
    const StepDecision decision = Scene{}.decide(eight);
    CHECK(effects_text(decision) == "0 send first, 1 tag seen, 2 send second");
    CHECK(decision.next == AfterStep{GoOn{{1, 0}, eight + 2h}});
}

TEST_CASE("a step that is late changes tags and sends nothing", "[scheduler][step]") {
    const Scene scene;
    CHECK(effects_text(scene.decide(eight + 5min)) == "0 send first, 1 tag seen, 2 send second");
    CHECK(effects_text(scene.decide(eight + 5min + 1ms)) ==
          "0 skipped late, 1 tag seen, 2 skipped late");
    CHECK(effects_text(scene.decide(eight + 1min, 1)) ==
          "0 skipped late, 1 tag seen, 2 skipped late");
    // The run goes on from here.
    CHECK(scene.decide(eight + 24h).next == AfterStep{GoOn{{1, 0}, eight + 2h}});
}

TEST_CASE("messages that quiet hours or spread move are late from when they are wanted",
          "[scheduler][step][guards]") {
    Scene scene;
    lang::Rule& rule = scene.draft.plan.playbooks[0].rules[0];
    rule.guards.edit().quiet = lang::QuietHours{19h, 21h};
    const auto wanted = [](const StepDecision& decision) {
        return std::get<SendText>(decision.effects.at(0).what).wanted_at;
    };
    CHECK(wanted(scene.decide(eight)) == eight + 1h);
    // However much newer is due: it was not missed.
    CHECK(wanted(scene.decide(eight + 1h, 1)) == eight + 1h);
    CHECK(effects_text(scene.decide(eight + 1h + 1ms, 1)) ==
          "0 skipped late, 1 tag seen, 2 skipped late");
    CHECK(effects_text(scene.decide(eight + 65min)) == "0 send first, 1 tag seen, 2 send second");
    CHECK(effects_text(scene.decide(eight + 65min + 1ms)) ==
          "0 skipped late, 1 tag seen, 2 skipped late");

    rule.guards.edit().quiet->skip = true;
    CHECK(effects_text(scene.decide(eight)) == "0 skipped quiet, 1 tag seen, 2 skipped quiet");
    std::get<lang::Deliver>(rule.steps[0].actions[2]).at_once = true;
    CHECK(effects_text(scene.decide(eight)) == "0 skipped quiet, 1 tag seen, 2 send second");
}

TEST_CASE("a message that says nothing is not sent", "[scheduler][step]") {
    Scene scene;
    const auto& rule = scene.draft.plan.playbooks[0].rules[0];
    const std::size_t first = std::get<lang::Deliver>(rule.steps[0].actions[0]).content;
    lang::Content& content = scene.draft.plan.contents[first];
    content.text = {{" \n"}};
    CHECK(effects_text(scene.decide(eight)) == "0 skipped empty, 1 tag seen, 2 send second");
    content.variants = {lang::Variant{.text = {}, .pictures = {"list.png"}, .card = {}}};
    CHECK(effects_text(scene.decide(eight)) == "0 send , 1 tag seen, 2 send second");
}

TEST_CASE("as many newer messages overtake as the rule says", "[scheduler][step][late]") {
    Scene scene;
    scene.draft.plan.playbooks[0].rules[0].guards.edit().late.last = 3;
    CHECK(effects_text(scene.decide(eight + 1min, 2)) == "0 send first, 1 tag seen, 2 send second");
    CHECK(effects_text(scene.decide(eight + 1min, 3)) ==
          "0 skipped late, 1 tag seen, 2 skipped late");
}

TEST_CASE("a step that passed before its rule was deployed does nothing", "[scheduler][step]") {
    Scene scene;
    scene.admitted_at = eight + 1ms;
    const StepDecision decision = scene.decide(eight + 1s);
    CHECK(effects_text(decision) == "0 skipped before admission, 2 skipped before admission");
    CHECK(decision.next == AfterStep{GoOn{{1, 0}, eight + 2h}});

    scene.admitted_at = eight;
    CHECK(effects_text(scene.decide(eight + 1s)) == "0 send first, 1 tag seen, 2 send second");
}

TEST_CASE("a step on a date the calendar has no data for does nothing", "[scheduler][step]") {
    Scene scene;
    scene.no_calendar_data = true;
    const StepDecision decision = scene.decide(eight);
    CHECK(effects_text(decision) == "0 skipped no calendar data, 2 skipped no calendar data");
    CHECK(decision.next == AfterStep{GoOn{{1, 0}, eight + 2h}});
}

TEST_CASE("a subject that is gone ends its run", "[scheduler][step]") {
    Scene scene;
    scene.subject = std::monostate{};
    const StepDecision decision = scene.decide(eight);
    CHECK(effects_text(decision) == "0 exited gone, 2 exited gone");
    CHECK(decision.next == AfterStep{RunOver{"gone"}});
}

TEST_CASE("without a channel a message fails and the run goes on", "[scheduler][step]") {
    Scene scene;
    scene.channel = std::nullopt;
    scene.draft.plan.playbooks[0].rules[0].via = std::vector<std::string>{"robot", "staff"};
    const StepDecision decision = scene.decide(eight);
    CHECK(effects_text(decision) ==
          "0 failed no channel of `via robot else staff` is set up, 1 tag seen, "
          "2 failed no channel of `via robot else staff` is set up");
    CHECK(std::holds_alternative<GoOn>(decision.next));
}

TEST_CASE("a step that cannot be decided fails its messages and ends the run",
          "[scheduler][step]") {
    const Scene scene;
    const lang::Rule& rule = scene.draft.plan.playbooks[0].rules[0];
    const StepDecision decision = fail_step(rule, {}, "broken");
    CHECK(effects_text(decision) == "0 failed broken, 2 failed broken");
    CHECK(decision.next == AfterStep{RunOver{"broken"}});
    CHECK(fail_step(rule, {7, 0}, "broken").effects.empty());
}

TEST_CASE("a message to many leaves the step until all of them have theirs", "[scheduler][step]") {
    Scene scene;
    auto& actions = scene.draft.plan.playbooks[0].rules[0].steps[0].actions;
    const lang::Audience vip{lang::SubjectKind::group, {{"vip"}}};
    std::get<lang::Deliver>(actions[0]).to = vip;
    const StepDecision decision = scene.decide(eight);
    REQUIRE(decision.effects.size() == 1);
    CHECK_FALSE(std::get<SendToMany>(decision.effects[0].what).withheld);
    CHECK(decision.next == AfterStep{GoOn{{0, 1}, eight}});

    // It is to see the tags that change above it.
    std::swap(actions[0], actions[1]);
    const StepDecision above = scene.decide(eight);
    CHECK(effects_text(above) == "0 tag seen");
    CHECK(above.next == AfterStep{GoOn{{0, 1}, eight}});
}

TEST_CASE("each of many is decided like any message", "[scheduler][step]") {
    Scene scene;
    auto& rule = scene.draft.plan.playbooks[0].rules[0];
    const lang::Audience vip{lang::SubjectKind::group, {{"vip"}}};
    std::get<lang::Deliver>(rule.steps[0].actions[0]).to = vip;
    rule.guards.edit().spread = 10min;
    StepContext context{scene.draft.plan, rule, zone("Asia/Shanghai"), {eight, eight + 2h}};
    context.channel = "hook";
    context.now = eight;
    const auto decide = [&](const std::string& group) {
        return decide_message(context, {0, 0}, eight, 0, {scene.subject},
                              {SubjectKind::group, group});
    };
    const auto first = std::get<SendText>(decide("v1"));
    const auto second = std::get<SendText>(decide("v2"));
    CHECK(first.text == "first");
    CHECK(first.target == Target{SubjectKind::group, "v1"});
    CHECK(first.wanted_at != second.wanted_at);
    // The rule's own subject may be one of them.
    CHECK_FALSE(std::get<SendText>(decide("g1")).target);
    context.now = eight + 20min;
    const auto late = std::get<Withhold>(decide("v1"));
    CHECK(late.reason == "late");
    CHECK(late.target == Target{SubjectKind::group, "v1"});
}

TEST_CASE("whoever has opted out gets no `send`, and all the rest", "[scheduler][step]") {
    Scene scene;
    auto& rule = scene.draft.plan.playbooks[0].rules[0];
    auto& sent = std::get<lang::Deliver>(rule.steps[0].actions[0]);
    sent.verb = lang::Verb::send;
    OptedOut directory;

    // One of many, whomever the run is for.
    sent.to = lang::Audience{.kind = lang::SubjectKind::member};
    StepContext context{scene.draft.plan, rule, zone("Asia/Shanghai"), {eight, eight + 2h}};
    context.channel = "hook";
    context.now = eight;
    context.records = &directory;
    const auto decide = [&](const std::string& member) {
        return decide_message(context, {0, 0}, eight, 0, {scene.subject},
                              {SubjectKind::member, member});
    };
    CHECK(std::get<Withhold>(decide("m1")).reason == "opted out");
    CHECK(std::get<SendText>(decide("m2")).text == "first");
    sent.verb = lang::Verb::warn;
    CHECK(std::get<SendText>(decide("m1")).text == "first");

    // Its own runs, also as one of a group.
    sent.verb = lang::Verb::send;
    sent.to.reset();
    rule.audience.edit().kind = lang::SubjectKind::member;
    const Member member = directory.find_member("m1").value();
    for (const Subject& subject :
         {Subject(member), Subject(MemberOfGroup{member, Group{.id = "g1"}, std::nullopt})}) {
        scene.subject = subject;
        CHECK(effects_text(scene.decide(eight)) ==
              "0 skipped opted out, 1 tag seen, 2 send second");
    }
}

TEST_CASE("what keeps a step from being done keeps its message from each of many",
          "[scheduler][step]") {
    Scene scene;
    scene.no_calendar_data = true;
    const lang::Audience vip{lang::SubjectKind::group, {{"vip"}}};
    std::get<lang::Deliver>(scene.draft.plan.playbooks[0].rules[0].steps[0].actions[0]).to = vip;
    const StepDecision decision = scene.decide(eight);
    REQUIRE(decision.effects.size() == 2);
    const auto& withheld = std::get<SendToMany>(decision.effects[0].what).withheld;
    REQUIRE(withheld);
    CHECK(withheld->reason == "no calendar data");
    CHECK(decision.next == AfterStep{GoOn{{1, 0}, eight + 2h}});
}

}  // namespace sop::runtime
