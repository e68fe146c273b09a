// The part of the walker that collects, draws and gives codes.
//
// A collection is a row that is open for a while, beside the run that opened it: events of its
// subject are offered to it when they are taken. What it does for one of them, and what it posts
// every so often, is a run of its own in the branch that says it, so that it may wait, be late, be
// paused and be asked about like every other.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "runtime/executor/run_state.h"
#include "runtime/executor/walker.h"
#include "runtime/scheduler/draw.h"
#include "runtime/scheduler/event_match.h"

namespace sop::runtime {

namespace {

constexpr std::chrono::milliseconds just_after{1};

constexpr const char* every_label = "every";
constexpr const char* refused_label = "refused";
constexpr const char* full_label = "full";
constexpr const char* winner_label = "winner";
constexpr const char* all_label = "all";

// Codes that are left when the person in charge is told, of a hundred.
constexpr std::int64_t low_percent = 10;

template <typename Game>
const Game& game_at(const lang::Rule& rule, const ActionOfRun& of) {
    return std::get<Game>(step_at(rule, of.step).actions.at(of.action));
}

Instant time_of_listing(const BranchKey& key) {
    return Instant{std::chrono::milliseconds{std::stoll(key.what)}};
}

}  // namespace

// Does nothing for a branch without steps, or one that was begun before.
void Walker::begin_branch(const BranchStart& start) {
    const Position holder{start.key.of.step, start.key.of.action};
    const auto first = first_of(*start.rule.rule, holder, start.steps);
    if (!first) return;
    Firing firing = start.firing;
    firing.key = branch_firing_key(start.key);
    if (start.event) firing.event = start.event;
    firing.expanded = true;
    firing.expanded_through = start.subject;
    const auto id = store_.add_firing(firing);
    if (!id) return;
    Run run;
    run.firing = *id;
    run.rule = start.rule.id;
    run.subject = start.subject;
    run.state = state_of_new_run(start.rule.id);
    run.next_step = *first;
    run.due_at = planned_time(*start.rule.rule, *first, window_of(firing),
                              PreviousStep{start.at, start.at}, *start.rule.zone);
    store_.add_run(run);
}

// ---- collections --------------------------------------------------------------------------------

void Walker::record(const StepRecord& step, const OpenedCollection& opened) {
    const Delivery& place = step.delivery;
    Collection collection{.of = {step.run.id, place.step, place.action},
                          .subject_kind = step.context.rule.audience->kind,
                          .subject = step.run.subject,
                          .opened_at = opened.opened_at,
                          .closes_at = opened.closes_at};
    const auto id = store_.add_collection(collection);
    if (!id) return;
    collection.id = *id;
    const auto& collect = game_at<lang::Collect>(step.context.rule, collection.of);
    const Firing& firing = firing_of(step.run);
    begin_listing(collection, step.rule, firing, collect, opened.opened_at);
    // What came at this very instant was taken before it, and what came in a pause long before.
    const Instant until = std::min(opened.closes_at, step.context.now + just_after);
    auto events = store_.events_of(collection.subject_kind, collection.subject, collect.event.event,
                                   opened.opened_at, until);
    if (collect.back_on && collect.back_on->event != collect.event.event) {
        auto back = store_.events_of(collection.subject_kind, collection.subject,
                                     collect.back_on->event, opened.opened_at, until);
        std::move(back.begin(), back.end(), std::back_inserter(events));
        std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
            return std::pair{a.at, a.id} < std::pair{b.at, b.id};
        });
    }
    for (const Event& event : events) {
        if (event.processed) offer(*store_.find_collection(collection.of), event);
    }
}

// How many of those that are open an event was offered to.
std::size_t Walker::tell_collections(const Event& event) {
    if (!plans_.collects()) return 0;
    std::size_t told = 0;
    const auto tell = [&](SubjectKind kind, const std::string& subject) {
        for (const Collection& collection : store_.collections_at(kind, subject, event.at))
            told += offer(collection, event) ? 1 : 0;
    };
    if (event.group) tell(SubjectKind::group, *event.group);
    if (event.member) tell(SubjectKind::member, *event.member);
    if (event.group && event.member)
        tell(SubjectKind::member, to_subject({*event.member, *event.group}));
    return told;
}

// False when the collection does not ask for it.
bool Walker::offer(const Collection& collection, const Event& event) {
    try {
        const auto run = store_.find_run(collection.of.run);
        if (!run) return false;
        const Firing firing = firing_of(*run);
        const LoadedRule& rule = plans_.rule(firing.plan, firing.rule);
        const auto& collect = game_at<lang::Collect>(*rule.rule, collection.of);
        const bool is_entry = event.type == collect.event.event;
        const bool is_back = collect.back_on && event.type == collect.back_on->event;
        if (is_entry) take_entry(collection, rule, firing, collect, event);
        if (is_back) give_back(collection, rule, firing, collect, event);
        return is_entry || is_back;
    } catch (const PlanError& error) {
        reports_.trouble(fmt::format("event {} is not collected: {}", event.id, error.what()));
        return false;
    }
}

void Walker::take_entry(const Collection& collection, const LoadedRule& rule, const Firing& firing,
                        const lang::Collect& collect, const Event& event) {
    const lang::Plan& plan = plans_.plan(firing.plan).plan;
    const Window window = window_of(firing);
    const Subject subject = find_subject(store_, collection.subject_kind, collection.subject);
    const Facts facts{plan, *rule.zone, window, subject, &event, event.at, &records_};
    if (!matches(collect.event, event, facts)) return;
    const std::string member = event.member.value_or("");
    const auto quantity = quantity_of(collect, event, plan);
    const std::int64_t of_member = member.empty() ? 0 : store_.collected_of(collection.id, member);
    const CollectDecision decision = decide_entry(collect, collection, of_member, quantity);
    const auto begin = [&](const char* label, const Block& steps) {
        begin_branch({rule,
                      firing,
                      collection.subject,
                      {collection.of, label, event.id},
                      steps,
                      event.id,
                      event.at});
    };
    if (!decision.takes) return begin(refused_label, collect.refused);
    if (!store_.add_collected(collection.id, {event.id, member, *quantity, event.at})) return;
    if (!decision.fills) return;
    store_.set_full(collection.id);
    begin(full_label, collect.full);
}

void Walker::give_back(const Collection& collection, const LoadedRule& rule, const Firing& firing,
                       const lang::Collect& collect, const Event& event) {
    const lang::Plan& plan = plans_.plan(firing.plan).plan;
    const Window window = window_of(firing);
    const Subject subject = find_subject(store_, collection.subject_kind, collection.subject);
    for (const CollectedEntry& entry : store_.collected(collection.id)) {
        const auto taken = store_.find_event(entry.event);
        if (!taken || taken->id == event.id) continue;
        Facts facts{plan, *rule.zone, window, subject, &event, event.at, &records_};
        facts.collected = &*taken;
        // Without a condition it is the same person's.
        const bool is_meant = collect.back_on->where || taken->member == event.member;
        if (is_meant && matches(*collect.back_on, event, facts))
            store_.give_back(collection.id, entry);
    }
}

// The next time the list is posted after `after`, if there is one before the window closes.
void Walker::begin_listing(const Collection& collection, const LoadedRule& rule,
                           const Firing& firing, const lang::Collect& collect, Instant after) {
    if (collect.every.count() <= 0) return;
    const Instant at = after + collect.every;
    if (at >= collection.closes_at) return;
    const BranchKey key{collection.of, every_label, std::to_string(at.time_since_epoch().count())};
    begin_branch({rule, firing, collection.subject, key, collect.listed, std::nullopt, at});
}

// Before a run that posts the list goes on: the next one is begun. False when the collection is
// closed, and the run over.
bool Walker::prepare_listing(Run& run, const Firing& firing) {
    const auto key = read_branch_key(firing.key);
    if (!key || key->label != every_label) return true;
    const auto collection = store_.find_collection(key->of);
    const Instant at = time_of_listing(*key);
    if (!collection || collection->is_full || collection->closes_at <= at) {
        end_run(run, "closed");
        store_.update_run(run);
        return false;
    }
    const LoadedRule& rule = plans_.rule(firing.plan, firing.rule);
    begin_listing(*collection, rule, firing, game_at<lang::Collect>(*rule.rule, key->of), at);
    return true;
}

// Of a run that posts the list; nothing for every other.
std::optional<int> Walker::newer_listings(const Run& run, Instant now) {
    const Firing& firing = firing_of(run);
    const auto key = read_branch_key(firing.key);
    if (!key || key->label != every_label) return std::nullopt;
    const auto collection = store_.find_collection(key->of);
    if (!collection) return 0;
    const LoadedRule& rule = plans_.rule(firing.plan, firing.rule);
    return count_newer_listings(game_at<lang::Collect>(*rule.rule, key->of), *collection,
                                time_of_listing(*key), now);
}

// ---- draws --------------------------------------------------------------------------------------

void Walker::record(const StepRecord& step, const HeldDraw& held) {
    const Delivery& place = step.delivery;
    const ActionOfRun of{step.run.id, place.step, place.action};
    const Firing firing = firing_of(step.run);
    const auto added = store_.add_draw(
        {.of = of, .seed = held.seed, .name = held.name, .drawn_at = place.planned_for},
        held.entries);
    if (!added) return;
    const auto& draw = game_at<lang::Draw>(step.context.rule, of);
    std::vector<const StoredDrawEntry*> winners;
    for (const StoredDrawEntry& entry : held.entries) {
        if (entry.place) winners.push_back(&entry);
    }
    std::sort(winners.begin(), winners.end(),
              [](const auto* a, const auto* b) { return a->place < b->place; });
    for (const StoredDrawEntry* winner : winners)
        begin_branch({step.rule,
                      firing,
                      step.run.subject,
                      {of, winner_label, winner->event},
                      draw.winner,
                      winner->event,
                      place.planned_for});
    begin_branch({step.rule,
                  firing,
                  step.run.subject,
                  {of, all_label, {}},
                  draw.all,
                  std::nullopt,
                  place.planned_for});
}

// ---- codes --------------------------------------------------------------------------------------

void Walker::record(const StepRecord& step, const GivenCode& given) {
    const Delivery& place = step.delivery;
    store_.give_code(given.pool, given.code, {step.run.id, place.step, place.action}, given.member,
                     place.planned_for);
    const PoolCounts counts = store_.count_pool(given.pool);
    const std::int64_t left = counts.codes - counts.given;
    const std::int64_t low = counts.codes * low_percent / 100;
    if (left == 0 || left == low) reports_.pool_runs_low(counts);
}

// ---- what texts tell of them --------------------------------------------------------------------

std::string Walker::name_of(const std::string& member) {
    const auto found = store_.find_member(member);
    return found && !found->name.empty() ? found->name : member;
}

Proceeds::List Walker::list_of(const LoadedRule& rule, const Collection& collection) {
    const auto& collect = game_at<lang::Collect>(*rule.rule, collection.of);
    std::vector<ListedEntry> entries;
    for (const CollectedEntry& entry : store_.collected(collection.id))
        entries.push_back({name_of(entry.member), entry.quantity});
    return {list_text(collect, entries), left_of(collect, collection)};
}

Proceeds Walker::proceeds_of(const LoadedRule& rule, const Run& run) {
    Proceeds proceeds;
    const Firing& firing = firing_of(run);
    const auto key = read_branch_key(firing.key);
    if (rule.gives) proceeds.code = store_.last_code_of(run.id);
    if (key && (key->label == winner_label || key->label == all_label)) {
        const auto draw = store_.find_draw(key->of);
        if (!draw) return proceeds;
        auto entries = store_.draw_entries(draw->id);
        Proceeds::Draw& told = proceeds.draw.emplace(Proceeds::Draw{});
        told.seal = draw_seal(draw->seed);
        told.seed = draw->seed;
        told.entries = static_cast<std::int64_t>(entries.size());
        std::erase_if(entries, [](const StoredDrawEntry& entry) { return !entry.place; });
        std::sort(entries.begin(), entries.end(),
                  [](const auto& a, const auto& b) { return a.place < b.place; });
        told.place = static_cast<std::int64_t>(entries.size());
        for (const StoredDrawEntry& entry : entries) {
            told.winners += (told.winners.empty() ? "" : ", ") + name_of(entry.member);
            if (key->label == winner_label && entry.event == key->what) told.place = entry.place;
        }
    } else if (key) {
        if (const auto collection = store_.find_collection(key->of))
            proceeds.list = list_of(rule, *collection);
    } else if (rule.collects) {
        if (const auto collection = store_.last_collection_of(run.id))
            proceeds.list = list_of(rule, *collection);
    }
    if (rule.draws && !proceeds.draw) {
        Proceeds::Draw& sealed = proceeds.draw.emplace(Proceeds::Draw{});
        sealed.seed = draw_seed(store_.draw_secret(), lang::rule_path(*rule.playbook, *rule.rule),
                                firing.key, run.subject);
        sealed.seal = draw_seal(sealed.seed);
    }
    return proceeds;
}

}  // namespace sop::runtime
