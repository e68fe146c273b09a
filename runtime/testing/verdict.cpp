#include "runtime/testing/verdict.h"

#include <algorithm>

#include "runtime/scheduler/text.h"

namespace sop::runtime {

namespace {

using Expectation = lang::TestCase::Expectation;

bool has_arrived(const TestPost& post) {
    return post.state == DeliveryState::sent || post.state == DeliveryState::confirmed;
}

void set_window(const lang::TestCase& test, const Expectation& expected,
                const lang::calendar::Zone& zone, Verdict& verdict) {
    verdict.from = zone.to_instant(expected.from.value_or(test.start));
    verdict.to = zone.to_instant(expected.until.value_or(lang::end_of(test)));
    if (!expected.at) return;
    const Instant at = zone.to_instant(*expected.at);
    verdict.from = std::max(verdict.from, at);
    verdict.to = std::min<Instant>(verdict.to, at + lang::length_of_at(*expected.at));
}

// How far the post lies from the time that is looked at.
std::chrono::milliseconds distance(const TestPost& post, const Verdict& verdict) {
    if (post.at < verdict.from) return verdict.from - post.at;
    if (post.at >= verdict.to) return post.at - verdict.to + std::chrono::milliseconds{1};
    return std::chrono::milliseconds{0};
}

void show(std::vector<TestPost> posts, Verdict& verdict) {
    std::stable_sort(posts.begin(), posts.end(), [&](const TestPost& a, const TestPost& b) {
        return distance(a, verdict) < distance(b, verdict);
    });
    if (posts.size() > posts_shown_max) {
        verdict.more = posts.size() - posts_shown_max;
        posts.resize(posts_shown_max);
    }
    std::stable_sort(posts.begin(), posts.end(),
                     [](const TestPost& a, const TestPost& b) { return a.at < b.at; });
    verdict.shown = std::move(posts);
}

bool is_asked_for(const TestPost& post, const Expectation& expected) {
    const MessageForm& form = post.form;
    const bool is_said_so = !expected.verb || *expected.verb == form.verb;
    const bool mentions_all = !expected.mentions_all || form.mentions_all;
    const bool mentions =
        expected.mentions.empty() || std::find(form.mentions.begin(), form.mentions.end(),
                                               expected.mentions) != form.mentions.end();
    return is_said_so && mentions_all && mentions &&
           shown_line(post.text, form).find(expected.containing) != std::string::npos;
}

Verdict judge(const lang::TestCase& test, const Expectation& expected,
              const lang::calendar::Zone& zone, const std::vector<TestPost>& posts) {
    Verdict verdict;
    set_window(test, expected, zone, verdict);
    std::vector<TestPost> of_subject;
    std::vector<TestPost> counted;
    for (const TestPost& post : posts) {
        const bool is_of_subject =
            post.subject == expected.subject ||
            (post.subject_kind == SubjectKind::group && post.subject_name == expected.subject);
        if (post.subject_kind != expected.subject_kind || !is_of_subject) continue;
        of_subject.push_back(post);
        if (has_arrived(post) && post.at >= verdict.from && post.at < verdict.to &&
            is_asked_for(post, expected))
            counted.push_back(post);
    }
    verdict.found = static_cast<std::int64_t>(counted.size());
    if (verdict.looks_at_nothing()) return verdict;
    verdict.holds = expected.count ? verdict.found == *expected.count : verdict.found > 0;
    if (verdict.holds) return verdict;
    const bool too_many = expected.count && verdict.found > *expected.count;
    show(too_many ? std::move(counted) : std::move(of_subject), verdict);
    return verdict;
}

}  // namespace

std::vector<Verdict> judge(const lang::TestCase& test, const lang::calendar::Zone& zone,
                           const std::vector<TestPost>& posts) {
    std::vector<Verdict> verdicts;
    for (const Expectation& expected : test.expectations)
        verdicts.push_back(judge(test, expected, zone, posts));
    return verdicts;
}

}  // namespace sop::runtime
