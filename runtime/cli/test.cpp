// Runs the `test` blocks of playbooks: each on the executor itself, on a clock of its own.
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/test_report.h"
#include "runtime/clock/clock.h"
#include "runtime/scheduler/unsupported.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;
using namespace lang::literals;

// What is compiled together: as `name` calls it in messages.
struct TestProject {
    std::string name;
    std::vector<std::string> paths;
};

// The folder itself when it has a playbook or a sop.toml, else the projects of those below it.
void add_projects(const fs::path& folder, std::vector<TestProject>& projects) {
    std::vector<fs::path> below;
    bool is_project = false;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const fs::path& path = at->path();
        if (at->is_directory() && !at->is_symlink()) {
            below.push_back(path);
        } else if (path.extension() == ".sop" || path.filename() == "sop.toml") {
            is_project = true;
        }
    }
    if (error)
        throw CommandError(fmt::format("{}: cannot be read: {}", folder.string(), error.message()));
    if (is_project) {
        projects.push_back({folder.string(), {folder.string()}});
        return;
    }
    std::sort(below.begin(), below.end());
    for (const fs::path& each : below) add_projects(each, projects);
}

// The files given are one project.
std::vector<TestProject> find_projects(const std::vector<std::string>& paths) {
    std::vector<TestProject> projects;
    TestProject files;
    for (const std::string& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            files.name += (files.name.empty() ? "" : ", ") + path;
            files.paths.push_back(path);
            continue;
        }
        const std::size_t before = projects.size();
        add_projects(path, projects);
        if (projects.size() == before)
            throw CommandError(fmt::format("{}: has no .sop file", path));
    }
    if (!files.paths.empty()) projects.insert(projects.begin(), std::move(files));
    return projects;
}

class TestSession {
  public:
    explicit TestSession(const TestOptions& options)
        : options_(options),
          zones_(zoneinfo_folder(options.zoneinfo)),
          report_{options.language, uses_colour(stdout)} {}

    int run() {
        for (const auto& project : find_projects(options_.paths)) run(project);
        if (results_.empty() && !has_errors_) throw CommandError(no_tests_text());
        if (options_.format == OutputFormat::json) {
            fmt::print("{}\n", test_results_json(results_, coverage_, zones_));
        } else if (!results_.empty()) {
            fmt::print("\n{}", summary_text(summarize(results_), report_));
            // What some of the tests reach says little of what all of them do.
            if (!options_.filter || options_.coverage)
                fmt::print("{}", coverage_text(coverage_, options_.coverage, report_));
        }
        const TestSummary summary = summarize(results_);
        if (has_errors_ || summary.failed > 0) return exit_findings;
        return summary.not_run > 0 ? exit_failed : exit_fine;
    }

  private:
    void run(const TestProject& project) {
        const auto sources = read_sources(project.paths);
        lang::Compilation compilation =
            lang::compile(sources, {zones_, std::nullopt, read_named_file});
        print_findings(compilation.files, options_.language, stderr);
        if (!compilation.plan) {
            has_errors_ = true;
            const auto findings = findings_text(count_findings(compilation.files));
            fmt::print(stderr, "{}\n",
                       "{}: {}; its tests were not run"_say(project.name, findings)
                           .text(options_.language));
            return;
        }
        const lang::Plan& plan = *compilation.plan;
        const auto refused = unsupported(plan);
        if (refused.empty()) coverage_.push_back({project.name, steps_of(plan)});
        tests_ += compilation.tests.size();
        for (auto& test : compilation.tests) {
            if (options_.filter && test.title.find(*options_.filter) == std::string::npos) continue;
            run(std::move(test), plan, refused);
        }
        if (!refused.empty() && !compilation.tests.empty())
            fmt::print(stderr, "sop: {}\n", refusal_text(project.name, refused));
    }

    void run(lang::TestCase test, const lang::Plan& plan, const std::vector<std::string>& refused) {
        TestResult result{std::move(test)};
        result.not_run = refused;
        if (result.was_run()) {
            const SystemClock clock;
            const Instant begin = clock.now();
            result.run = run_test(result.test, plan, zones_);
            result.verdicts =
                judge(result.test, *zones_.find(result.test.timezone), result.run.posts);
            result.took = clock.now() - begin;
            coverage_.back().reached.insert(result.run.reached.begin(), result.run.reached.end());
        }
        if (options_.format == OutputFormat::text) print(result, refused.empty());
        results_.push_back(std::move(result));
    }

    // Why a whole plan is refused is said once.
    void print(const TestResult& result, bool with_reasons) {
        if (result.test.file != file_) {
            fmt::print("{}{}\n", file_.empty() ? "" : "\n", result.test.file);
            file_ = result.test.file;
        } else if (results_.back().was_run() && results_.back().failed()) {
            fmt::print("\n");
        }
        const auto zone = zones_.find(result.test.timezone);
        std::string text = test_text(result, *zone, report_);
        if (!with_reasons) text.resize(text.find('\n') + 1);
        fmt::print("{}", text);
        std::fflush(stdout);
    }

    std::string no_tests_text() const {
        const std::string where = fmt::format("{}", fmt::join(options_.paths, ", "));
        if (tests_ > 0) {
            return fmt::format("{}: none of the {} test{} has `{}` in its title", where, tests_,
                               tests_ == 1 ? "" : "s", *options_.filter);
        }
        return fmt::format(
            "{}: there are no tests. One looks like this:\n\n"
            "  test \"the check-in comes at eight\" {{\n"
            "    start 2026-11-25 00:00 Asia/Shanghai\n"
            "    group g1 tagged member\n"
            "    expect post in g1 at 2026-11-25 08:00 containing \"Good morning\"\n"
            "  }}",
            where);
    }

    const TestOptions& options_;
    const lang::calendar::ZoneDatabase zones_;
    const TestReportOptions report_;
    std::vector<TestResult> results_{};
    std::vector<TestCoverage> coverage_{};  // of the projects that can be run
    std::string file_{};                    // of the test before
    std::size_t tests_ = 0;
    bool has_errors_ = false;
};

}  // namespace

int test(const TestOptions& options) {
    return TestSession(options).run();
}

}  // namespace sop::runtime::cli
