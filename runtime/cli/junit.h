// JUnit's XML, which programs for continuous integration read: suites of cases that passed, failed
// or were skipped.
//
// What is written is well-formed whatever the texts hold: what XML has no place for (most control
// characters, bytes that are not UTF-8) is shown as U+FFFD.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace sop::runtime::cli {

struct JUnitFailure {
    std::string type{};     // of which kind, as a code
    std::string message{};  // in a line
    std::string text{};     // whole
};

// Passed, unless it says otherwise.
struct JUnitCase {
    std::string name{};
    std::string class_name{};  // by which readers group cases
    std::string file{};        // empty: none
    std::optional<std::size_t> line{};
    std::optional<std::chrono::milliseconds> time{};
    std::vector<JUnitFailure> failures{};
    std::optional<std::string> skipped{};  // why
};

struct JUnitSuite {
    std::string name{};
    std::vector<JUnitCase> cases{};
};

// A whole document, with its line end.
std::string junit_xml(const std::string& name, const std::vector<JUnitSuite>& suites);

}  // namespace sop::runtime::cli
