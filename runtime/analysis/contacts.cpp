// What one group or member gets: a class of them at a time, message by message in the order in
// which they are wanted, with the limits, the spacing and the quotas that the executor holds
// (scheduler/guards.h). What depends on a condition is left out: only what comes for certain is
// counted.
#include "lang/codes.h"
#include "runtime/analysis/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "runtime/scheduler/guards.h"

namespace sop::runtime {

using namespace lang::literals;

namespace {

using std::chrono::minutes;

// So many within so long are a crowd, when they are of several rules.
constexpr std::size_t crowd = 4;
constexpr minutes crowd_within{10};
constexpr std::size_t messages_listed_max = 12;

// What was found of a message, or of two, over all classes.
struct Found {
    const Promise* first = nullptr;
    std::set<Instant> times{};
    std::set<const SubjectClass*> classes{};
    std::vector<const Promise*> beside{};
    std::vector<const Promise*> reserved{};  // more urgent ones that keep their place
    std::int64_t limit = 0;
    lang::calendar::EveryNth::Unit unit = lang::calendar::EveryNth::Unit::day;
    lang::ChannelLimit::Per per = lang::ChannelLimit::Per::day;
};

struct Contact {
    const Promise* promise = nullptr;
    Instant sent_at{};
};

class ContactFinder {
  public:
    explicit ContactFinder(const AnalysisView& view) : view_(view) {
        for (const Promise& promise : view.forecast.promises) {
            const PlannedMessage& message = view.message_of(promise);
            if (promise.wanted_at && !message.conditional) certain_.push_back(&promise);
        }
        std::stable_sort(certain_.begin(), certain_.end(), [this](const auto* a, const auto* b) {
            const auto order = [this](const Promise* promise) {
                const PlannedMessage& message = view_.message_of(*promise);
                return std::tuple(*promise->wanted_at, message.rule->guards->priority,
                                  promise->planned_for, std::string_view(message.path));
            };
            return order(a) < order(b);
        });
    }

    void run() {
        for (const SubjectClass& subjects : view_.subjects.classes) walk(subjects);
        for (const auto& [messages, found] : clashes_)
            report_clash(view_.forecast.messages[messages.first],
                         view_.forecast.messages[messages.second], found);
        for (const auto& [message, found] : crowds_)
            report_crowd(view_.forecast.messages[message], found);
        for (const auto& [message, found] : capped_)
            report_capped(view_.forecast.messages[message], found);
        for (const auto& [message, found] : too_close_)
            report_too_close(view_.forecast.messages[message], found);
        for (const auto& [message, found] : refused_)
            report_refused(view_.forecast.messages[message], found);
    }

  private:
    using Pair = std::pair<std::size_t, std::size_t>;

    void walk(const SubjectClass& subjects) {
        std::vector<const Promise*> own;
        std::copy_if(certain_.begin(), certain_.end(), std::back_inserter(own),
                     [&](const Promise* promise) {
                         return subjects.is_in[view_.message_of(*promise).audience];
                     });
        find_clashes(own, subjects);
        find_crowds(own, subjects);
        admit_each(own, subjects);
    }

    static void add(Found& found, const Promise* promise, const SubjectClass& subjects) {
        if (found.first == nullptr) {
            found.first = promise;
        } else if (promise->planned_for < found.first->planned_for) {
            found.first = promise;
            found.beside.clear();
        }
        found.times.insert(promise->planned_for);
        found.classes.insert(&subjects);
    }

    // ---- several at once ----

    // Those that something keeps apart, or quiet hours have brought together, are not meant.
    bool can_clash(const Promise& promise) const {
        const lang::Guards& guards = *view_.message_of(promise).rule->guards;
        return promise.wanted_at == promise.planned_for && guards.spread.count() == 0 &&
               guards.space.count() == 0;
    }

    void find_clashes(const std::vector<const Promise*>& own, const SubjectClass& subjects) {
        for (std::size_t at = 0; at < own.size(); ++at) {
            if (!can_clash(*own[at])) continue;
            const auto minute = date::floor<minutes>(own[at]->planned_for);
            for (std::size_t other = at + 1; other < own.size(); ++other) {
                if (date::floor<minutes>(own[other]->planned_for) != minute) break;
                if (!can_clash(*own[other])) continue;
                if (view_.message_of(*own[at]).rule == view_.message_of(*own[other]).rule) continue;
                // The later one in the playbook is told, whichever comes first.
                const Promise* later = std::max(own[at], own[other]);
                const Promise* earlier = std::min(own[at], own[other]);
                Found& found = clashes_[{later->message, earlier->message}];
                add(found, later, subjects);
            }
        }
    }

    void report_clash(const PlannedMessage& message, const PlannedMessage& other,
                      const Found& found) const {
        auto& diagnostic =
            view_.warn(lang::code::messages_clash, message,
                       whom(message, "two messages come to one group in the same minute"_say,
                            "two messages come to one member in the same minute"_say),
                       "at {}, as {} does"_say(local_clock(message, found.first->planned_for),
                                               view_.name_of(other)));
        view_.relate(diagnostic, message, other, "the other one"_say);
        add_times(diagnostic, message, found);
        diagnostic.notes.push_back(
            "plan one of them for another time; `spread` and `space` keep messages apart"_say);
    }

    void find_crowds(const std::vector<const Promise*>& own, const SubjectClass& subjects) {
        std::size_t first = 0;
        for (std::size_t at = 0; at < own.size(); ++at) {
            while (*own[at]->wanted_at - *own[first]->wanted_at >= crowd_within) ++first;
            if (at - first + 1 < crowd || !is_of_several_rules(own, first, at)) continue;
            Found& found = crowds_[own[first]->message];
            add(found, own[first], subjects);
            if (found.first == own[first] && found.beside.size() < at - first + 1)
                found.beside.assign(own.begin() + static_cast<std::ptrdiff_t>(first),
                                    own.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        }
    }

    bool is_of_several_rules(const std::vector<const Promise*>& own, std::size_t first,
                             std::size_t last) const {
        const lang::Rule* rule = view_.message_of(*own[first]).rule;
        for (std::size_t at = first + 1; at <= last; ++at) {
            if (view_.message_of(*own[at]).rule != rule) return true;
        }
        return false;
    }

    void report_crowd(const PlannedMessage& message, const Found& found) const {
        auto& diagnostic =
            view_.warn(lang::code::crowded_minutes, message,
                       whom(message, "{} messages come to one group within {} minutes"_say,
                            "{} messages come to one member within {} minutes"_say)(
                           found.beside.size(), crowd_within.count()));
        diagnostic.notes.push_back(lang::Message(list(found.beside)));
        add_times(diagnostic, message, found);
    }

    // ---- limits, spacing, quotas ----

    void admit_each(const std::vector<const Promise*>& own, const SubjectClass& subjects) {
        std::vector<Contact> sent;  // in the order of `sent_at`
        std::map<std::string, std::vector<Instant>> by_channel;
        for (std::size_t at = 0; at < own.size(); ++at) {
            const Promise& promise = *own[at];
            const PlannedMessage& message = view_.message_of(promise);
            if (!message.guarded) continue;
            if (is_capped(own, at, sent, subjects)) continue;
            Instant sent_at = *promise.wanted_at;
            const lang::Guards& guards = *message.rule->guards;
            if (guards.space.count() > 0 && !sent.empty())
                sent_at = std::max<Instant>(sent_at, sent.back().sent_at + guards.space);
            if (sent_at > give_up_at(*message.rule, promise.window, promise.planned_for,
                                     *promise.wanted_at)) {
                Found& found = too_close_[promise.message];
                add(found, &promise, subjects);
                if (found.first == &promise) found.beside = {sent.back().promise};
                continue;
            }
            if (is_refused(promise, sent_at, by_channel, subjects)) continue;
            const auto place = std::upper_bound(
                sent.begin(), sent.end(), sent_at,
                [](Instant instant, const Contact& contact) { return instant < contact.sent_at; });
            sent.insert(place, {&promise, sent_at});
        }
    }

    bool is_capped(const std::vector<const Promise*>& own, std::size_t at,
                   const std::vector<Contact>& sent, const SubjectClass& subjects) {
        const Promise& promise = *own[at];
        const PlannedMessage& message = view_.message_of(promise);
        for (const lang::PostLimit& limit : message.rule->guards->limits) {
            if (limit.per != subjects.kind) continue;
            const Period period = period_of(limit.period, *message.zone, *promise.wanted_at);
            const auto in_period = [&](Instant instant) {
                return instant >= period.from && instant < period.to;
            };
            std::vector<const Promise*> made;
            for (auto contact = sent.rbegin();
                 contact != sent.rend() && contact->sent_at >= period.from; ++contact) {
                if (in_period(contact->sent_at)) made.push_back(contact->promise);
            }
            std::vector<const Promise*> reserved;
            for (std::size_t later = at + 1;
                 later < own.size() && *own[later]->wanted_at < period.to; ++later) {
                const PlannedMessage& other = view_.message_of(*own[later]);
                if (other.guarded && other.rule->guards->priority < message.rule->guards->priority)
                    reserved.push_back(own[later]);
            }
            if (made.size() + reserved.size() < static_cast<std::size_t>(limit.count)) continue;
            Found& found = capped_[promise.message];
            add(found, &promise, subjects);
            if (found.first == &promise) {
                found.beside.assign(made.rbegin(), made.rend());
                found.reserved = std::move(reserved);
                found.limit = limit.count;
                found.unit = limit.period;
            }
            return true;
        }
        return false;
    }

    void report_capped(const PlannedMessage& message, const Found& found) const {
        const lang::Pattern limit =
            found.unit == lang::calendar::EveryNth::Unit::week
                ? "over the limit of {} a week: this message is not sent"_say
                : "over the limit of {} a day: this message is not sent"_say;
        auto& diagnostic =
            view_.warn(lang::code::over_limit, message, limit(found.limit),
                       "not sent on {}"_say(local_minute(message, found.first->planned_for)));
        add_times(diagnostic, message, found);
        if (!found.beside.empty())
            diagnostic.notes.push_back("before it there are {}"_say(list(found.beside)));
        if (!found.reserved.empty())
            diagnostic.notes.push_back(
                "more urgent ones keep their places: {}"_say(list(found.reserved)));
        diagnostic.notes.push_back(
            "raise the limit, leave one out, or give what matters most `priority high`"_say);
    }

    void report_too_close(const PlannedMessage& message, const Found& found) const {
        const PlannedMessage& before = view_.message_of(*found.beside.front());
        auto& diagnostic = view_.warn(
            lang::code::over_limit, message,
            "`space` keeps this message waiting until it is too late: it is not sent"_say,
            "not sent on {}"_say(local_minute(message, found.first->planned_for)));
        view_.relate(
            diagnostic, message, before,
            "this one comes at {}"_say(local_clock(before, *found.beside.front()->wanted_at)));
        add_times(diagnostic, message, found);
        diagnostic.notes.push_back("plan them further apart, or write less `space`"_say);
    }

    bool is_refused(const Promise& promise, Instant sent_at,
                    std::map<std::string, std::vector<Instant>>& by_channel,
                    const SubjectClass& subjects) {
        const PlannedMessage& message = view_.message_of(promise);
        const auto channel =
            std::find_if(view_.input.plan.channels.begin(), view_.input.plan.channels.end(),
                         [&](const auto& declared) { return declared.name == message.channel; });
        if (channel == view_.input.plan.channels.end() || !channel->quota) return false;
        std::vector<Instant>& used = by_channel[channel->name];
        const Instant begin = quota_begin(*channel->quota, *message.zone, sent_at);
        const auto count =
            std::count_if(used.begin(), used.end(), [&](Instant at) { return at > begin; });
        if (count < channel->quota->count) {
            used.push_back(sent_at);
            return false;
        }
        Found& found = refused_[promise.message];
        add(found, &promise, subjects);
        if (found.first == &promise) {
            found.limit = channel->quota->count;
            found.per = channel->quota->per;
            found.beside = promised_that_day(promise, channel->name, subjects);
        }
        return true;
    }

    // All that the channel is to bring the same subjects on that date.
    std::vector<const Promise*> promised_that_day(const Promise& promise,
                                                  const std::string& channel,
                                                  const SubjectClass& subjects) const {
        const PlannedMessage& message = view_.message_of(promise);
        const Period day =
            period_of(lang::calendar::EveryNth::Unit::day, *message.zone, *promise.wanted_at);
        std::vector<const Promise*> promised;
        for (const Promise* other : certain_) {
            const PlannedMessage& of = view_.message_of(*other);
            if (of.channel == channel && subjects.is_in[of.audience] &&
                *other->wanted_at >= day.from && *other->wanted_at < day.to)
                promised.push_back(other);
        }
        return promised;
    }

    void report_refused(const PlannedMessage& message, const Found& found) const {
        auto& diagnostic =
            view_.warn(lang::code::over_quota, message,
                       "`{}` refuses this message: it takes {} a {} for one target"_say(
                           message.channel, found.limit, per_text(found.per)),
                       "not sent on {}"_say(local_minute(message, found.first->planned_for)));
        add_times(diagnostic, message, found);
        diagnostic.notes.push_back("promised are {}"_say(list(found.beside)));
        diagnostic.notes.push_back(
            "put them into one message, on other days, or on a channel without that quota"_say);
    }

    // ---- texts ----

    lang::Pattern whom(const PlannedMessage& message, lang::Pattern group,
                       lang::Pattern member) const {
        const bool of_groups =
            view_.forecast.audiences[message.audience].kind == lang::SubjectKind::group;
        return of_groups ? group : member;
    }

    void add_times(lang::Diagnostic& diagnostic, const PlannedMessage& message,
                   const Found& found) const {
        const std::string first = local_minute(message, found.first->planned_for);
        diagnostic.notes.push_back(found.times.size() == 1 ? "on {} alone"_say(first)
                                                           : "first on {}, {} times in all"_say(
                                                                 first, found.times.size()));
        std::int64_t subjects = 0;
        for (const SubjectClass* each : found.classes) subjects += each->count.value_or(0);
        if (subjects > 0)
            diagnostic.notes.push_back(whom(message, "for {} groups of the directory"_say,
                                            "for {} members of the directory"_say)(subjects));
    }

    // "08:00 `members.checkin` start, 20:00 …", with their dates when they are of several days
    std::string list(const std::vector<const Promise*>& promises) const {
        const auto day_of = [this](const Promise* promise) {
            return local_minute(view_.message_of(*promise), *promise->wanted_at).substr(0, 10);
        };
        const bool of_one_day = std::all_of(
            promises.begin(), promises.end(),
            [&](const Promise* promise) { return day_of(promise) == day_of(promises.front()); });
        std::string text;
        for (std::size_t at = 0; at < promises.size(); ++at) {
            if (at == messages_listed_max) return text + ", …";
            const PlannedMessage& message = view_.message_of(*promises[at]);
            text += fmt::format("{}{} `{}` {}", at == 0 ? "" : ", ",
                                of_one_day ? local_clock(message, *promises[at]->wanted_at)
                                           : local_minute(message, *promises[at]->wanted_at),
                                message.path, message.rule->steps[message.step].name);
        }
        return text;
    }

    const AnalysisView& view_;
    std::vector<const Promise*> certain_{};
    std::map<Pair, Found> clashes_{};
    std::map<std::size_t, Found> crowds_{};
    std::map<std::size_t, Found> capped_{};
    std::map<std::size_t, Found> too_close_{};
    std::map<std::size_t, Found> refused_{};
};

}  // namespace

void find_contacts(const AnalysisView& view) {
    ContactFinder(view).run();
}

}  // namespace sop::runtime
