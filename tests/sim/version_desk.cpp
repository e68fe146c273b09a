#include "tests/sim/version_desk.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::sim {

namespace {

using runtime::PlanSummary;
using runtime::PlanVersion;
using runtime::VersionAnswer;
using runtime::VersionOutcome;
using runtime::VersionRequest;
using runtime::VersionRequestId;
using runtime::VersionRequestKind;

std::int64_t sum_open_runs(const std::vector<PlanSummary>& plans) {
    std::int64_t sum = 0;
    for (const PlanSummary& plan : plans) sum += plan.open_runs;
    return sum;
}

}  // namespace

VersionRequestId VersionDesk::ask(runtime::Store& store, const VersionRequest& request,
                                  std::optional<std::size_t> plan) {
    lost_ = Asked{request, plan, false};
    const auto id = store.add_version_request(request);
    asked_.emplace(id, *lost_);
    lost_.reset();
    return id;
}

void VersionDesk::withdraw(runtime::Store& store, VersionRequestId id) {
    asked_.at(id).may_be_withdrawn = true;
    store.remove_version_request(id);
    asked_.erase(id);
}

void VersionDesk::find_lost(runtime::Store& store) {
    for (const VersionRequest& request : store.version_requests()) {
        if (asked_.contains(request.id)) continue;
        if (!lost_) {
            violations_.push_back("a request that nobody made");
            continue;
        }
        asked_.emplace(request.id, *lost_);
        lost_.reset();
    }
    lost_.reset();
}

std::vector<std::string> VersionDesk::read_answers(runtime::Store& store, bool are_taken) {
    std::vector<std::string> lines;
    // A copy: who dies while an answer is forgotten has read it.
    for (const auto& [id, asked] : std::map(asked_)) {
        const auto answer = store.find_version_answer(id);
        if (!answer) {
            if (!are_taken) continue;
            if (!asked.may_be_withdrawn)
                violations_.push_back(fmt::format("request {} has no answer", id));
            asked_.erase(id);
            continue;
        }
        lines.push_back(fmt::format("request {}, {}: {}, version {}, {} runs moved {}", id,
                                    to_text(asked.request.kind), to_text(answer->outcome),
                                    answer->in_force, answer->moved, answer->text));
        check(asked, *answer);
        answered_.push_back(asked);
        answers_.push_back(*answer);
        asked_.erase(id);
        store.remove_version_request(id);
    }
    if (versions_told_ != history_.versions().size()) {
        violations_.push_back(
            fmt::format("{} versions, {} asked for", history_.versions().size(), versions_told_));
        versions_told_ = history_.versions().size();
    }
    return lines;
}

void VersionDesk::check(const Asked& asked, const VersionAnswer& answer) {
    const auto report = [&](const std::string& what) {
        violations_.push_back(fmt::format("{} answered {} (\"{}\"): {}",
                                          to_text(asked.request.kind), to_text(answer.outcome),
                                          answer.text, what));
    };
    const bool is_migration = asked.request.kind == VersionRequestKind::migrate;
    if (answer.outcome == VersionOutcome::changed && !is_migration)
        return check_new_version(asked, answer);
    if (answer.in_force != static_cast<PlanVersion>(versions_told_))
        report(fmt::format("version {} is in force", versions_told_));
    if (is_migration && answer.outcome == VersionOutcome::changed && answer.moved == 0)
        report("nothing was moved");
    if (asked.request.kind == VersionRequestKind::deploy &&
        answer.outcome == VersionOutcome::refused)
        report("there is nothing wrong with the plan");
    if (asked.request.kind == VersionRequestKind::deploy && versions_told_ > 0 &&
        history_.versions()[versions_told_ - 1].plan != asked.plan)
        report("another plan is in force");
    if (asked.request.dry_run && answer.outcome == VersionOutcome::changed)
        report("it was to be looked at only");
}

void VersionDesk::check_new_version(const Asked& asked, const VersionAnswer& answer) {
    if (versions_told_ == history_.versions().size()) {
        violations_.push_back("a version was told of that is not there");
        return;
    }
    const DeployedVersion& made = history_.versions()[versions_told_];
    const auto expected = [&]() -> std::optional<std::size_t> {
        if (asked.request.kind == VersionRequestKind::deploy) return asked.plan;
        if (!asked.request.version) return plan_before(versions_told_);
        const auto* to = history_.find(*asked.request.version);
        return to == nullptr ? std::nullopt : std::optional(to->plan);
    }();
    if (made.number != answer.in_force || expected != made.plan)
        violations_.push_back(fmt::format("{} made version {} of plan {}, and said version {}",
                                          to_text(asked.request.kind), made.number, made.plan,
                                          answer.in_force));
    ++versions_told_;
}

// The plan in force before that of the last of so many versions, asked for again one further: one
// that was rolled back from is passed over.
std::optional<std::size_t> VersionDesk::plan_before(std::size_t versions) const {
    const auto& all = history_.versions();
    const DeployedVersion* origin = &all[versions - 1];
    while (origin->rollback_to) origin = history_.find(*origin->rollback_to);
    for (auto at = static_cast<std::size_t>(origin->number) - 1; at-- > 0;) {
        if (all[at].plan != all[versions - 1].plan) return all[at].plan;
    }
    return std::nullopt;
}

void VersionDesk::count_open_runs_before(runtime::Store& store) {
    before_ = store.list_plans();
    answered_.clear();
    answers_.clear();
}

// A migration moves all runs that it is asked to move, or none; nothing else moves any.
void VersionDesk::count_open_runs_after(runtime::Store& store) {
    const auto after = store.list_plans();
    if (sum_open_runs(after) != sum_open_runs(before_))
        violations_.push_back(fmt::format("{} runs were open, and {} are after a request",
                                          sum_open_runs(before_), sum_open_runs(after)));
    if (answered_.size() != 1) return;
    const bool moves = answered_[0].request.kind == VersionRequestKind::migrate &&
                       answers_[0].outcome == VersionOutcome::changed;
    for (std::size_t i = 0; i < before_.size(); ++i) {
        const PlanSummary& plan = after[i];
        const auto& from = answered_[0].request.version;
        const bool is_left =
            moves && plan.version != answers_[0].in_force && (!from || *from == plan.version);
        const bool is_joined = moves && plan.version == answers_[0].in_force;
        const std::int64_t expected = is_left     ? 0
                                      : is_joined ? before_[i].open_runs + answers_[0].moved
                                                  : before_[i].open_runs;
        if (plan.open_runs != expected)
            violations_.push_back(fmt::format("{} runs of version {} are open, {} were to be",
                                              plan.open_runs, plan.version, expected));
    }
}

}  // namespace sop::sim
