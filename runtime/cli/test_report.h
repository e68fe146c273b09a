// What `sop test` tells of its tests: a line each while they run, tables of what failed, a summary;
// or one JSON object at the end.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "lang/message.h"
#include "lang/test_case.h"
#include "runtime/testing/test_run.h"
#include "runtime/testing/verdict.h"

namespace sop::runtime::cli {

struct TestResult {
    lang::TestCase test;
    TestRun run{};
    std::vector<Verdict> verdicts{};
    std::vector<std::string> not_run{};  // why: what the executor cannot do yet
    std::chrono::milliseconds took{0};

    bool was_run() const { return not_run.empty(); }
    bool failed() const;
};

// Of one project: two may have rules of one name.
struct TestCoverage {
    std::string project;  // its folder or files
    CoveredSteps all{};
    CoveredSteps reached{};
};

struct TestSummary {
    std::size_t tests = 0;
    std::size_t failed = 0;
    std::size_t not_run = 0;
};
TestSummary summarize(const std::vector<TestResult>& results);

struct TestReportOptions {
    lang::Language language = lang::Language::en;
    bool colour = false;
};

// "ok      the sale keeps its shape  (12 ms)", and what is to be known of one that failed.
std::string test_text(const TestResult& result, const lang::calendar::Zone& zone,
                      const TestReportOptions& options);

// "12 tests, 1 failed"
std::string summary_text(const TestSummary& summary, const TestReportOptions& options);
// How many rules and steps were reached, and with `list` which were not.
std::string coverage_text(const std::vector<TestCoverage>& projects, bool list,
                          const TestReportOptions& options);

std::string test_results_json(const std::vector<TestResult>& results,
                              const std::vector<TestCoverage>& projects,
                              const lang::calendar::ZoneDatabase& zones);

}  // namespace sop::runtime::cli
