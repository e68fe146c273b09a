// A project folder as an operator would have it, and the real `sop` run on it.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sop::tests {

struct Project {
    TemporaryFolder folder;

    // Groups g0001… tagged `member`, as a CSV file that sop.toml names.
    explicit Project(std::size_t groups);

    // sop.toml with the directory and, when `url` is given, the webhook channel `hook`.
    void configure(const std::string& url = {}, std::size_t in_flight = 16) const;
    // A playbook whose rule `minute` posts each minute through `via`, the first time some seconds
    // from now.
    void post_each_minute(const std::string& via) const;

    std::string path() const { return folder.path().string(); }
    ProcessResult sop(std::vector<std::string> arguments) const;
    // The arguments of `sop serve` on it.
    std::vector<std::string> serve() const;

    nlohmann::json status() const;
    // Messages by outcome, of all rules together.
    std::map<std::string, std::int64_t> outcomes() const;
};

}  // namespace sop::tests
