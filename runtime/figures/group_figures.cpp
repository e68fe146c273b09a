#include "runtime/figures/group_figures.h"

#include <algorithm>
#include <utility>

#include "runtime/scheduler/evaluation.h"
#include "runtime/scheduler/facts.h"

namespace sop::runtime {

namespace {

constexpr date::days one_day{1};

date::local_days end_of(date::local_days day, SplitBy by) {
    if (by == SplitBy::week) {
        const date::weekday weekday{day};
        return day + date::days{7 - static_cast<int>(weekday.iso_encoding())};
    }
    if (by == SplitBy::month) {
        const date::year_month_day written{day};
        return date::local_days{written.year() / written.month() / date::last};
    }
    return day;
}

}  // namespace

std::vector<DateSpan> split(const DateSpan& span, SplitBy by) {
    if (by == SplitBy::whole) return {span};
    std::vector<DateSpan> spans;
    for (date::local_days from = span.from; from <= span.until;) {
        const date::local_days until = std::min(end_of(from, by), span.until);
        spans.push_back({from, until});
        from = until + one_day;
    }
    return spans;
}

// Several groups, asked as one.
class GroupFigures::Crowd : public Records {
  public:
    explicit Crowd(GroupFigures& figures) : figures_(figures) {}

    void gather(const std::vector<std::string>& groups) {
        if (groups == groups_) return;
        groups_ = groups;
        stays_.reset();
    }

    std::vector<Event> events_of(SubjectKind kind, const std::string&, const std::string& type,
                                 Instant from, Instant to) override {
        std::vector<Event> events;
        for (const std::string& group : groups_) {
            for (Event& event : figures_.store_.events_of(kind, group, type, from, to))
                events.push_back(std::move(event));
        }
        return events;
    }

    bool has_tag(SubjectKind kind, const std::string& subject, const std::string& tag) override {
        return figures_.store_.is_in_audience({.kind = kind, .tagged = {{tag}}}, subject);
    }

    std::int64_t points_of(const std::string& member) override {
        return figures_.store_.points_of(member);
    }

    std::optional<std::vector<DayTally>> days_of(const std::string& measure, const std::string&,
                                                 date::local_days from,
                                                 date::local_days to) override {
        if (!figures_.is_counted(measure)) return std::nullopt;
        std::vector<DayTally> days;
        for (const std::string& group : groups_) {
            const auto* of_group = figures_.find_days(measure, group);
            if (of_group == nullptr) continue;
            std::copy_if(of_group->begin(), of_group->end(), std::back_inserter(days),
                         [&](const DayTally& day) { return day.day >= from && day.day < to; });
        }
        return days;
    }

    std::vector<Stay> stays_in(const std::string&) override {
        if (stays_) return *stays_;
        stays_.emplace();
        for (const std::string& group : groups_) {
            const auto& stays = figures_.stays_in(group);
            stays_->insert(stays_->end(), stays.begin(), stays.end());
        }
        std::stable_sort(stays_->begin(), stays_->end(),
                         [](const Stay& a, const Stay& b) { return a.member < b.member; });
        return *stays_;
    }

    std::optional<Member> find_member(const std::string& id) override {
        return figures_.store_.find_member(id);
    }

  private:
    GroupFigures& figures_;
    std::vector<std::string> groups_{};
    std::optional<std::vector<Stay>> stays_{};
};

GroupFigures::GroupFigures(Store& store, const lang::Plan& plan, const lang::calendar::Zone& zone,
                           const DateSpan& span)
    : store_(store),
      plan_(plan),
      zone_(zone),
      span_(span),
      crowd_(std::make_unique<Crowd>(*this)) {}

GroupFigures::~GroupFigures() = default;

std::optional<std::string> GroupFigures::value(const lang::Metric& metric,
                                               const std::vector<std::string>& groups,
                                               const DateSpan& span) {
    crowd_->gather(groups);
    const Instant end = zone_.to_instant(span.until + one_day);
    const Window window{end, end};
    const Subject crowd = Group{};
    lang::Expression call{lang::Expression::Kind::metric, metric.value.type, metric.name};
    call.period = lang::Period{
        .kind = lang::Period::Kind::between, .span = {}, .from = span.from, .until = span.until};
    return hole_text(call, {plan_, zone_, window, crowd, nullptr, end, crowd_.get()});
}

bool GroupFigures::is_counted(const std::string& measure) {
    const auto known = days_.find(measure);
    if (known != days_.end()) return known->second.has_value();
    auto& days = days_[measure];
    const auto stored = store_.figures().find_measure(measure);
    if (!stored || !stored->complete) return false;
    days.emplace();
    for (const SubjectDay& day :
         store_.figures().days_of_all(stored->id, span_.from, span_.until + one_day))
        (*days)[day.subject].push_back({day.day, tally_of(day.count)});
    return true;
}

const std::vector<DayTally>* GroupFigures::find_days(const std::string& measure,
                                                     const std::string& group) {
    const auto& days = days_.at(measure);
    const auto found = days->find(group);
    return found == days->end() ? nullptr : &found->second;
}

const std::vector<Stay>& GroupFigures::stays_in(const std::string& group) {
    if (!stays_) {
        stays_.emplace();
        for (Stay& stay : store_.figures().all_stays())
            (*stays_)[stay.group].push_back(std::move(stay));
    }
    return (*stays_)[group];
}

}  // namespace sop::runtime
