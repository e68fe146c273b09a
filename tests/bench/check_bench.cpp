// What checking costs: folders of 10,000 lines and more in English and in Chinese, beside what
// nginx takes for a configuration as long, where it is installed; and a file of 500 lines once
// more, as an editor does it at each key. CPU time, the median of seven, one JSON object a line.
// `ratio` is to nginx, of lines in a second, in the same run.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "lang/compile.h"
#include "runtime/zoneinfo/zoneinfo.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sop::tests;

constexpr int passes = 7;

template <typename Work>
double median(Work work) {
    std::array<double, passes> seconds{};
    for (double& pass : seconds) pass = work();
    std::sort(seconds.begin(), seconds.end());
    return seconds[passes / 2];
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

// Of all programs that were run to their end.
rusage usage_of_programs() {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return usage;
}

double cpu_seconds(const std::vector<std::string>& command) {
    return median([&] {
        const rusage before = usage_of_programs();
        const ProcessResult result = run(command);
        if (result.exit_code != 0) throw std::runtime_error(result.out + result.err);
        const rusage after = usage_of_programs();
        return seconds_of(after.ru_utime) - seconds_of(before.ru_utime) +
               seconds_of(after.ru_stime) - seconds_of(before.ru_stime);
    });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

// tests/bench/community.sop with another number for each `_0`.
std::string community(int number) {
    static const std::string written = [] {
        std::ifstream file(SOP_SOURCE_DIR "/tests/bench/community.sop");
        return std::string(std::istreambuf_iterator<char>(file), {});
    }();
    return replaced(written, "_0", "_" + std::to_string(number));
}

int lines_of(const std::string& text) {
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

// A folder of whole files with about so many lines; gives how many there are.
int write_folder(const fs::path& folder, int lines_wanted) {
    fs::create_directories(folder);
    int lines = 0;
    for (int number = 1; lines < lines_wanted; ++number) {
        const std::string text = community(number);
        std::ofstream(folder / fmt::format("community_{}.sop", number)) << text;
        lines += lines_of(text);
    }
    return lines;
}

// Six lines a server.
int write_nginx_configuration(const fs::path& folder, int lines_wanted) {
    std::string text = fmt::format("pid {}/nginx.pid;\nevents {{}}\nhttp {{\n", folder.string());
    text += "  server_names_hash_max_size 16384;\n";
    for (int number = 0; number < lines_wanted / 6; ++number) {
        text += fmt::format(
            "  server {{\n    listen 127.0.0.1:18080;\n    server_name g{0}.example;\n"
            "    location /p{0} {{\n      return 200 ok; }}\n  }}\n",
            number);
    }
    text += "}\n";
    std::ofstream(folder / "nginx.conf") << text;
    return lines_of(text);
}

void report(const std::string& peer, int lines, double seconds, double nginx_rate) {
    const double rate = lines / seconds;
    fmt::print(
        "{{\"bench\":\"check\",\"peer\":\"{}\",\"lines\":{},\"cpu_ms\":{:.1f},"
        "\"lines_per_cpu_s\":{:.0f}",
        peer, lines, seconds * 1e3, rate);
    if (nginx_rate > 0) fmt::print(",\"ratio\":{:.2f}", rate / nginx_rate);
    fmt::print("}}\n");
    std::fflush(stdout);
}

// Lines in a second; 0 where it is not installed.
double measure_nginx(const fs::path& folder, int lines_wanted) {
    const char* const program = "/usr/sbin/nginx";
    if (!fs::exists(program)) return 0;
    const int lines = write_nginx_configuration(folder, lines_wanted);
    const double seconds =
        cpu_seconds({program, "-t", "-q", "-e", "stderr", "-c", (folder / "nginx.conf").string()});
    report("nginx -t", lines, seconds, lines / seconds);
    return lines / seconds;
}

// The most that a program has held so far: to be asked for growing folders.
void report_memory(const fs::path& folder, int lines) {
    run({SOP_BINARY, "check", folder.string()});
    const double kib = static_cast<double>(usage_of_programs().ru_maxrss);
    fmt::print("{{\"bench\":\"check memory\",\"lines\":{},\"rss_mb\":{:.1f}}}\n", lines,
               kib / 1024);
}

void measure_keystroke() {
    const std::string first = community(1);
    const std::string playbooks = first.substr(first.find("\nplaybook"));
    std::string text = first;
    for (int number = 2; lines_of(text) < 500; ++number) {
        text += replaced(replaced(playbooks, " week_1 ", fmt::format(" week_{} ", number)),
                         " course_1 ", fmt::format(" course_{} ", number));
    }
    const sop::lang::calendar::ZoneDatabase zones(sop::runtime::zoneinfo_folder());
    const auto check = [&] {
        const std::vector<sop::lang::Source> sources{{"open.sop", text}};
        const std::clock_t begin = std::clock();
        if (!sop::lang::compile(sources, {zones}).plan) throw std::runtime_error("no plan");
        return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    };
    check();
    fmt::print("{{\"bench\":\"check again\",\"lines\":{},\"cpu_ms\":{:.2f}}}\n", lines_of(text),
               median(check) * 1e3);
}

}  // namespace

int main() {
    constexpr int lines_wanted = 10000;
    const TemporaryFolder scratch;
    int lines = 0;
    for (const int times : {1, 2, 4}) {
        const auto folder = scratch.path() / fmt::format("en_{}", times);
        lines = write_folder(folder, times * lines_wanted);
        report_memory(folder, lines);
    }
    lines = write_folder(scratch.path() / "zh", lines_wanted);
    run({SOP_BINARY, "fmt", "--language", "zh-CN", (scratch.path() / "zh").string()});

    const double nginx_rate = measure_nginx(scratch.path(), lines_wanted);
    struct Case {
        const char* name;
        const char* folder;
        std::vector<std::string> options;
    };
    for (const auto& [name, folder, options] :
         {Case{"sop check", "en_1", {}}, Case{"sop check, zh-CN", "zh", {}},
          Case{"sop check --horizon 0", "en_1", {"--horizon", "0"}},
          Case{"sop check --horizon 0, zh-CN", "zh", {"--horizon", "0"}}}) {
        std::vector<std::string> command{SOP_BINARY, "check", (scratch.path() / folder).string()};
        command.insert(command.end(), options.begin(), options.end());
        report(name, lines, cpu_seconds(command), nginx_rate);
    }
    measure_keystroke();
}
