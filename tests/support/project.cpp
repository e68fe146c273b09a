#include "tests/support/project.h"

#include <fmt/format.h>

#include <chrono>

namespace sop::tests {

Project::Project(std::size_t groups) {
    std::string csv = "id,name,owner,tags\n";
    for (std::size_t i = 1; i <= groups; ++i)
        csv += fmt::format("g{:04},第{}群,owner,member\n", i, i);
    folder.write("groups.csv", csv);
    configure();
}

void Project::configure(const std::string& url, std::size_t in_flight) const {
    std::string toml = "[directory]\ngroups = \"groups.csv\"\n";
    if (!url.empty())
        toml += fmt::format("\n[channels.hook]\nurl = \"{}\"\nin_flight = {}\n", url, in_flight);
    folder.write("sop.toml", toml);
}

void Project::post_each_minute(const std::string& via) const {
    const auto soon = std::chrono::system_clock::now() + std::chrono::seconds(4);
    const auto second =
        std::chrono::duration_cast<std::chrono::seconds>(soon.time_since_epoch()).count() % 60;
    std::string times;
    for (int minute = 0; minute < 24 * 60; ++minute) {
        times += fmt::format("{}{:02}:{:02}:{:02}", minute > 0 ? ", " : "", minute / 60,
                             minute % 60, second);
    }
    folder.write(
        "minute.sop",
        fmt::format("sop 1\ntag member\nchannel hook {{ kind webhook }}\nplaybook p {{\n"
                    "  timezone UTC\n  for groups tagged member\n  via {}\n"
                    "  minute: every day at {} {{ post \"{{group.name}} {{start}}\" }}\n}}\n",
                    via, times));
}

ProcessResult Project::sop(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), SOP_BINARY);
    return run(std::move(arguments), {.folder = folder.path()});
}

std::vector<std::string> Project::serve() const {
    return {SOP_BINARY, "serve", path()};
}

nlohmann::json Project::status() const {
    const ProcessResult result = sop({"status", path(), "--format", "json"});
    if (result.exit_code != 0) throw std::runtime_error("sop status: " + result.err);
    return nlohmann::json::parse(result.out);
}

std::map<std::string, std::int64_t> Project::outcomes() const {
    std::map<std::string, std::int64_t> counts;
    const auto current = status();
    for (const auto& entry : current["deliveries"]) {
        counts[entry["outcome"].get<std::string>()] += entry["count"].get<std::int64_t>();
    }
    return counts;
}

}  // namespace sop::tests
