#include "runtime/cli/test_report.h"

#include "lang/unicode.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace sop::runtime::cli {

namespace {

using namespace lang::literals;
using Expectation = lang::TestCase::Expectation;

constexpr std::size_t post_text_cells = 44;
constexpr const char* red = "\x1b[1;31m";
constexpr const char* green = "\x1b[32m";
constexpr const char* yellow = "\x1b[33m";

std::string coloured(const std::string& text, const char* colour,
                     const TestReportOptions& options) {
    return options.colour ? colour + text + "\x1b[0m" : text;
}

date::local_seconds local_time(Instant instant, const lang::calendar::Zone& zone) {
    return zone.to_local(date::floor<std::chrono::seconds>(instant));
}

// "19:50", with seconds where there are some.
std::string time_of_day_text(date::local_seconds local) {
    const bool whole_minute = date::floor<std::chrono::minutes>(local) == local;
    return whole_minute ? date::format("%R", local) : date::format("%T", local);
}

// "2026-11-26 19:50"
std::string time_text(Instant instant, const lang::calendar::Zone& zone) {
    const auto local = local_time(instant, zone);
    return date::format("%F ", local) + time_of_day_text(local);
}

// "2026-11-26 19:50 to 20:00"
lang::Message span_text(Instant from, Instant to, const lang::calendar::Zone& zone) {
    const auto end = local_time(to, zone);
    const bool one_date =
        date::floor<date::days>(local_time(from, zone)) == date::floor<date::days>(end);
    return "{} to {}"_say(time_text(from, zone),
                          one_date ? time_of_day_text(end) : time_text(to, zone));
}

std::string outcome_text(const TestPost& post) {
    std::string text(to_text(post.state));
    if (!post.reason.empty()) text += ": " + post.reason;
    return text;
}

lang::Message count_of_posts(std::int64_t count) {
    return count == 1 ? "{} post"_say(count) : "{} posts"_say(count);
}

lang::Message expected_posts(const Expectation& expected) {
    if (expected.verb == lang::Verb::reply) return "a reply"_say;
    if (expected.verb == lang::Verb::announce) return "an announcement"_say;
    if (expected.verb == lang::Verb::warn) return "a warning"_say;
    if (!expected.count) return "a post"_say;
    return *expected.count == 0 ? lang::Message("nothing"_say) : count_of_posts(*expected.count);
}

lang::Message target_of(const Expectation& expected) {
    return expected.subject_kind == SubjectKind::group ? "in {}"_say(expected.subject)
                                                       : "to {}"_say(expected.subject);
}

std::string expected_time(const Expectation& expected, const Verdict& verdict,
                          const lang::calendar::Zone& zone, lang::Language language) {
    if (expected.at && !verdict.looks_at_nothing()) return time_text(verdict.from, zone);
    return span_text(verdict.from, verdict.to, zone).text(language);
}

class FailureTable {
  public:
    FailureTable(const TestResult& result, const lang::calendar::Zone& zone,
                 lang::Language language)
        : result_(result), zone_(zone), language_(language) {}

    std::string text() {
        for (std::size_t i = 0; i < result_.verdicts.size(); ++i) {
            if (!result_.verdicts[i].holds) add(result_.test.expectations[i], result_.verdicts[i]);
        }
        if (table_.rows.empty()) return {};
        const std::string text = render_table(table_, 2);
        return text.substr(text.find('\n') + 1);
    }

  private:
    void add(const Expectation& expected, const Verdict& verdict) {
        std::string containing;
        if (!expected.containing.empty()) {
            const std::string part = shortened(expected.containing, post_text_cells);
            containing = "containing \"{}\""_say(part).text(language_);
        }
        if (expected.mentions_all || !expected.mentions.empty()) {
            if (!containing.empty()) containing += ", ";
            containing +=
                say(expected.mentions_all ? lang::Message("mentioning all"_say)
                                          : lang::Message("mentioning {}"_say(expected.mentions)));
        }
        if (!table_.rows.empty()) table_.rows.emplace_back();
        table_.rows.push_back(
            {fmt::format("{}:{}", result_.test.file, expected.line), say("expected"_say),
             expected_time(expected, verdict, zone_, language_), say(expected_posts(expected)),
             say(target_of(expected)), std::move(containing)});
        table_.rows.push_back({"", say("actual"_say), "", say(count_of_posts(verdict.found))});
        if (verdict.looks_at_nothing()) {
            const std::string end = time_text(result_.run.to, zone_);
            table_.rows.back().resize(table_.columns.size());
            table_.rows.back().back() = say("the test ends at {}: say `until` when"_say(end));
        }
        for (const TestPost& post : verdict.shown) {
            table_.rows.push_back({"", "", time_text(post.at, zone_), outcome_text(post),
                                   post.rule + " " + post.step,
                                   shortened(shown_line(post.text, post.form), post_text_cells)});
        }
        if (verdict.more > 0)
            table_.rows.push_back({"", "", "", say("… and {} more"_say(verdict.more))});
    }

    std::string say(const lang::Message& message) const { return message.text(language_); }

    const TestResult& result_;
    const lang::calendar::Zone& zone_;
    lang::Language language_;
    Table table_{{{""}, {""}, {""}, {""}, {""}, {""}}, {}};
};

std::string headline(const TestResult& result, const TestReportOptions& options) {
    struct Word {
        lang::Message text;
        const char* colour;
    };
    const Word ok{"ok"_say, green};
    const Word failed{"FAILED"_say, red};
    const Word not_run{"not run"_say, yellow};
    std::size_t width = 0;
    for (const Word& each : {ok, failed, not_run})
        width = std::max(width, lang::display_width(each.text.text(options.language)));
    const Word& word = !result.was_run() ? not_run : result.failed() ? failed : ok;
    const std::string text = word.text.text(options.language);
    const std::string padding(width - lang::display_width(text), ' ');
    std::string line =
        coloured(text, word.colour, options) + padding + "  " + shortened(result.test.title, 200);
    if (result.was_run()) line += fmt::format("  ({} ms)", result.took.count());
    return line + "\n";
}

std::size_t count_rules(const CoveredSteps& steps) {
    std::set<std::string> rules;
    for (const auto& [rule, step] : steps) rules.insert(rule);
    return rules.size();
}

struct CoverageCounts {
    std::size_t rules = 0;
    std::size_t rules_reached = 0;
    std::size_t steps = 0;
    std::size_t steps_reached = 0;
};

CoverageCounts count(const std::vector<TestCoverage>& projects) {
    CoverageCounts counts;
    for (const auto& project : projects) {
        counts.rules += count_rules(project.all);
        counts.rules_reached += count_rules(project.reached);
        counts.steps += project.all.size();
        counts.steps_reached += project.reached.size();
    }
    return counts;
}

struct MissingStep {
    std::string project;
    std::string rule;
    std::string step;
};

std::vector<MissingStep> missing_steps(const std::vector<TestCoverage>& projects) {
    std::vector<MissingStep> missing;
    for (const auto& project : projects) {
        for (const auto& [rule, step] : project.all) {
            if (!project.reached.contains({rule, step}))
                missing.push_back({project.project, rule, step});
        }
    }
    return missing;
}

// ---- JSON ----

using nlohmann::json;

json post_json(const TestPost& post) {
    const std::string said = shown_line(post.text, post.form);
    json object{{"at", instant_text(post.at)},
                {"rule", post.rule},
                {"step", post.step},
                {"subject", post.subject},
                {"outcome", outcome_text(post)},
                {"text", post.text}};
    if (said != post.text) object["shown"] = said;
    return object;
}

json expectation_json(const Expectation& expected, const Verdict& verdict) {
    json posts = json::array();
    for (const TestPost& post : verdict.shown) posts.push_back(post_json(post));
    json result{
        {"line", expected.line},
        {"holds", verdict.holds},
        {expected.subject_kind == SubjectKind::group ? "group" : "member", expected.subject},
        {"from", instant_text(verdict.from)},
        {"to", instant_text(verdict.to)},
        {"expected", expected.count ? json(*expected.count) : json("at least 1")},
        {"actual", verdict.found},
        {"posts", std::move(posts)}};
    if (!expected.containing.empty()) result["containing"] = expected.containing;
    if (expected.verb) result["verb"] = std::string(to_text(*expected.verb));
    if (expected.mentions_all) result["mentions_all"] = true;
    if (!expected.mentions.empty()) result["mentions"] = expected.mentions;
    return result;
}

json test_json(const TestResult& result) {
    json test{{"title", result.test.title},
              {"file", result.test.file},
              {"line", result.test.line},
              {"outcome", !result.was_run() ? "not run"
                          : result.failed() ? "failed"
                                            : "ok"},
              {"timezone", result.test.timezone}};
    if (!result.was_run()) {
        test["not_run"] = result.not_run;
        return test;
    }
    json expectations = json::array();
    for (std::size_t i = 0; i < result.verdicts.size(); ++i)
        expectations.push_back(expectation_json(result.test.expectations[i], result.verdicts[i]));
    test["from"] = instant_text(result.run.from);
    test["to"] = instant_text(result.run.to);
    test["milliseconds"] = result.took.count();
    test["expectations"] = std::move(expectations);
    test["troubles"] = result.run.troubles;
    return test;
}

json coverage_json(const std::vector<TestCoverage>& projects) {
    json missing = json::array();
    for (const auto& [project, rule, step] : missing_steps(projects))
        missing.push_back({{"project", project}, {"rule", rule}, {"step", step}});
    const CoverageCounts counts = count(projects);
    return {{"rules", counts.rules},
            {"rules_reached", counts.rules_reached},
            {"steps", counts.steps},
            {"steps_reached", counts.steps_reached},
            {"missing", std::move(missing)}};
}

}  // namespace

bool TestResult::failed() const {
    return !run.troubles.empty() || std::any_of(verdicts.begin(), verdicts.end(),
                                                [](const Verdict& each) { return !each.holds; });
}

TestSummary summarize(const std::vector<TestResult>& results) {
    TestSummary summary{results.size()};
    for (const TestResult& result : results) {
        if (!result.was_run()) {
            ++summary.not_run;
        } else if (result.failed()) {
            ++summary.failed;
        }
    }
    return summary;
}

std::string test_text(const TestResult& result, const lang::calendar::Zone& zone,
                      const TestReportOptions& options) {
    std::string text = headline(result, options);
    for (const std::string& reason : result.not_run) text += "  " + reason + "\n";
    if (!result.was_run() || !result.failed()) return text;
    const std::string span = span_text(result.run.from, result.run.to, zone).text(options.language);
    text += fmt::format("  {}, {}\n\n", span, result.test.timezone);
    for (const std::string& trouble : result.run.troubles)
        text += "  " + "trouble: {}"_say(trouble).text(options.language) + "\n";
    return text + FailureTable(result, zone, options.language).text();
}

std::string summary_text(const TestSummary& summary, const TestReportOptions& options) {
    std::vector<lang::Message> parts;
    parts.push_back(summary.tests == 1 ? "{} test"_say(summary.tests)
                                       : "{} tests"_say(summary.tests));
    parts.push_back("{} failed"_say(summary.failed));
    if (summary.not_run > 0) parts.push_back("{} not run"_say(summary.not_run));
    const bool good = summary.failed + summary.not_run == 0;
    return coloured(list_of(parts).text(options.language), good ? green : red, options) + "\n";
}

std::string coverage_text(const std::vector<TestCoverage>& projects, bool list,
                          const TestReportOptions& options) {
    const auto missing = missing_steps(projects);
    const CoverageCounts counts = count(projects);
    lang::Message text = "reached: {} of {} rules, {} of {} steps"_say(
        counts.rules_reached, counts.rules, counts.steps_reached, counts.steps);
    if (!missing.empty() && !list) text = "{}; `--coverage` lists the others"_say(text);
    std::string result = text.text(options.language) + "\n";
    if (missing.empty() || !list) return result;
    Table table{{{lang::Message("not reached"_say).text(options.language)}, {""}, {""}}, {}};
    for (const auto& [project, rule, step] : missing)
        table.rows.push_back({rule, step, projects.size() > 1 ? project : ""});
    return result + "\n" + render_table(table);
}

std::string test_results_json(const std::vector<TestResult>& results,
                              const std::vector<TestCoverage>& projects,
                              const lang::calendar::ZoneDatabase& zones) {
    const TestSummary summary = summarize(results);
    json tests = json::array();
    for (const TestResult& result : results) tests.push_back(test_json(result));
    return json{
        {"format_version", 1},
        {"zone_data", zones.release()},
        {"summary",
         {{"tests", summary.tests}, {"failed", summary.failed}, {"not_run", summary.not_run}}},
        {"coverage", coverage_json(projects)},
        {"tests", std::move(tests)}}
        .dump();
}

}  // namespace sop::runtime::cli
