// The part of the executor that changes versions: deploy, rollback, migration, and requests for
// them.
//
// What is asked for is decided first, by looking alone, so that a refusal leaves everything as it
// was, in memory too; then it is done and answered in one transaction.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/executor/executor.h"
#include "runtime/executor/plan_book.h"
#include "runtime/executor/zone_change.h"
#include "runtime/scheduler/creation.h"
#include "runtime/scheduler/rollback.h"
#include "runtime/scheduler/tier.h"
#include "runtime/scheduler/unsupported.h"

namespace sop::runtime {

namespace {

constexpr std::size_t unsupported_named_max = 10;

// What is asked for cannot be done, or not as it is asked.
class RequestError : public Error {
  public:
    using Error::Error;
};

// It may have been compiled by another version of the program.
void require_supported(const lang::Plan& plan) {
    auto places = unsupported(plan);
    if (places.empty()) return;
    places.resize(std::min(places.size(), unsupported_named_max));
    throw RequestError(fmt::format("this executor cannot do what the plan says:\n  {}",
                                   fmt::join(places, "\n  ")));
}

lang::Plan read_plan(const std::string& json) {
    try {
        return lang::plan_from_json(json);
    } catch (const lang::PlanFormatError& error) {
        throw RequestError(
            fmt::format("the executor cannot read the plan, which another version of sop made: {}",
                        error.what()));
    }
}

std::vector<StepMapping> read_mapping(const std::vector<std::string>& texts) {
    std::vector<StepMapping> mapping;
    for (const std::string& text : texts) {
        const auto entry = parse_step_mapping(text);
        if (!entry)
            throw RequestError(fmt::format(
                "--map {}: write PLAYBOOK.RULE.STEP=STEP, as in 'members.sale.end=end + 10m'",
                text));
        mapping.push_back(*entry);
    }
    return mapping;
}

// How far the calendar of a rule has been used once the plan in force has begun what is its own.
Instant used_through(Store& store, PlanBook& plans, const lang::Playbook& playbook,
                     const lang::Rule& rule, Instant now) {
    const Instant before_now = now - std::chrono::milliseconds{1};
    const auto latest = store.latest_plan();
    if (!latest) return before_now;
    try {
        for (const LoadedRule& loaded : plans.plan(latest->version).rules) {
            if (loaded.playbook->name != playbook.name || loaded.rule->name != rule.name) continue;
            if (loaded.trouble || !loaded.is_calendar_rule()) break;
            const Instant stored =
                store.find_or_add_rule(playbook.name, rule.name, before_now).fired_through;
            return std::max(before_now, fired_through_at(*loaded.rule, *loaded.zone, stored, now));
        }
    } catch (const PlanError&) {
        // One that cannot be read begins nothing.
    }
    return before_now;
}

// The posts of a run whose groups were to be created before would have nobody to go to.
void require_creations(Store& store, PlanBook& plans, const lang::Plan& plan, Instant now) {
    for (const lang::Playbook& playbook : plan.playbooks) {
        for (const lang::Rule& rule : playbook.rules) {
            if (!creates_groups(rule)) continue;
            // One whose zone cannot be read is in trouble, and begins nothing.
            const auto zone = find_zone(rule.timezone, plans.zones());
            if (!zone) continue;
            const auto missed =
                missed_creation(rule, *zone, used_through(store, plans, playbook, rule, now), now);
            if (!missed) continue;
            throw RequestError(fmt::format(
                "rule `{}`: the groups of its run of {} were to be created before now, so that "
                "this "
                "version comes too late for it; give the rule a later date, or its `create group` "
                "a "
                "later time",
                lang::rule_path(playbook, rule),
                date::format("%F %R", zone->to_local(date::floor<std::chrono::seconds>(*missed)))));
        }
    }
}

bool is_waiting(Store& store, VersionRequestId id) {
    const auto requests = store.version_requests();
    return std::any_of(requests.begin(), requests.end(),
                       [id](const VersionRequest& request) { return request.id == id; });
}

VersionAnswer unchanged(PlanVersion in_force) {
    return {.outcome = VersionOutcome::unchanged, .in_force = in_force};
}

}  // namespace

void Executor::deploy(const lang::Plan& plan) {
    const std::string hash = lang::content_hash(plan);
    const auto latest = store_.latest_plan();
    if (latest && latest->hash == hash) return;
    require_creations(store_, plans_, plan, clock_.now());
    const auto transaction = store_.begin();
    const StoredPlan version = add_version(plan, hash, std::nullopt, clock_.now());
    transaction->commit();
    tell_version(version);
}

// In the open transaction.
StoredPlan Executor::add_version(const lang::Plan& plan, const std::string& hash,
                                 const std::optional<Rollback>& rollback, Instant now) {
    // Occurrences up to here are the old version's or nobody's; the one at `now` itself is the new
    // version's.
    const Instant fired_through = now - std::chrono::milliseconds{1};
    StoredPlan added{.deployed_at = now, .hash = hash, .json = lang::to_json(plan)};
    walker_.hand_over(now);
    added.version = store_.add_plan(now, hash, added.json);
    if (rollback) store_.set_rollback(added.version, *rollback);
    added.rollback = rollback;
    for (const lang::Playbook& playbook : playbooks_of(plan)) {
        for (const lang::Rule& rule : playbook.rules) {
            const StoredRule stored =
                store_.find_or_add_rule(playbook.name, rule.name, fired_through);
            if (stored.fired_through < fired_through) {
                store_.set_fired_through(stored.id, fired_through);
            }
        }
    }
    walker_.take_over(added.version, now);
    remember_zones(store_, plans_.zones(), plan);
    return added;
}

// Once it is durable.
void Executor::tell_version(const StoredPlan& version) {
    pauses_.refresh();
    if (observer_ != nullptr) observer_->deployed(version);
    reports_.tell();
}

void Executor::take_requests(const ChannelMaker& make_channels) {
    for (const VersionRequest& request : store_.version_requests())
        carry_out(request, make_channels);
}

VersionAnswer Executor::carry_out(const VersionRequest& request,
                                  const ChannelMaker& make_channels) {
    const Instant now = clock_.now();
    VersionAnswer answer;
    Channels channels;
    try {
        const auto transaction = store_.begin();
        // Who withdrew it was told that nothing changes.
        if (request.id != 0 && !is_waiting(store_, request.id)) return answer;
        Decided decided = decide(request, make_channels, now);
        answer = decided.apply();
        if (request.id != 0) store_.answer_version_request(request.id, now, answer);
        transaction->commit();
        channels = std::move(decided.channels);
    } catch (const StoreError&) {
        throw;
    } catch (const Error& error) {
        const auto latest = store_.latest_plan();
        answer = {.in_force = latest ? latest->version : 0, .text = error.what()};
        if (request.id != 0) store_.answer_version_request(request.id, now, answer);
    }
    dispatcher_.add_channels(std::move(channels));
    walker_.add_channels(dispatcher_.channel_names());
    if (const auto added = std::exchange(added_, std::nullopt)) tell_version(*added);
    if (observer_ != nullptr) observer_->answered(request, answer);
    return answer;
}

Executor::Decided Executor::decide(const VersionRequest& request, const ChannelMaker& make_channels,
                                   Instant now) {
    switch (request.kind) {
        case VersionRequestKind::deploy:
            return decide_plan(read_plan(request.plan), std::nullopt, make_channels, now);
        case VersionRequestKind::rollback:
            return decide_rollback(request, make_channels, now);
        case VersionRequestKind::migrate:
            return decide_migration(request);
    }
    return {};  // not reached: the switch names every kind
}

Executor::Decided Executor::decide_plan(lang::Plan plan, const std::optional<Rollback>& rollback,
                                        const ChannelMaker& make_channels, Instant now) {
    require_supported(plan);
    const std::string hash = lang::content_hash(plan);
    const auto latest = store_.latest_plan();
    if (latest && latest->hash == hash)
        return {.apply = [version = latest->version] { return unchanged(version); }};
    require_creations(store_, plans_, plan, now);
    Channels channels = make_channels(plan, dispatcher_.channel_names());
    return {.apply =
                [this, plan = std::move(plan), hash, rollback, now] {
                    added_ = add_version(plan, hash, rollback, now);
                    return VersionAnswer{.outcome = VersionOutcome::changed,
                                         .in_force = added_->version};
                },
            .channels = std::move(channels)};
}

Executor::Decided Executor::decide_rollback(const VersionRequest& request,
                                            const ChannelMaker& make_channels, Instant now) {
    const auto in_force = store_.latest_plan();
    if (!in_force)
        throw RequestError("no plan is in force yet; `sop deploy` brings one into force");
    const auto version = request.version ? request.version : version_before(store_.list_plans());
    if (!version)
        throw RequestError(fmt::format(
            "no plan is kept from before version {}; `sop versions` lists those that are",
            in_force->version));
    const auto target = store_.find_plan(*version);
    if (!target)
        throw RequestError(fmt::format(
            "there is no version {}; `sop versions` lists those that are kept", *version));
    return decide_plan(read_plan(target->json), rollback_to(*target, *in_force), make_channels,
                       now);
}

Executor::Decided Executor::decide_migration(const VersionRequest& request) {
    const auto in_force = store_.latest_plan();
    if (!in_force)
        throw RequestError("no plan is in force yet; `sop deploy` brings one into force");
    if (request.version && !store_.find_plan(*request.version))
        throw RequestError(fmt::format(
            "there is no version {}; `sop versions` lists those that are kept", *request.version));
    const MigrationOptions options{.from = request.version,
                                   .mapping = read_mapping(request.mapping),
                                   .dry_run = request.dry_run,
                                   .page_rows = options_.page_rows,
                                   .now = clock_.now()};
    return {.apply = [this, options, version = in_force->version] {
        const MigrationResult result = migrate(store_, plans_, version, options);
        const bool moves = result.runs > 0 && !options.dry_run;
        return VersionAnswer{.outcome = moves ? VersionOutcome::changed : VersionOutcome::unchanged,
                             .in_force = version,
                             .moved = result.runs,
                             .text = result.text};
    }};
}

}  // namespace sop::runtime
