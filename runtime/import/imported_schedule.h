// A schedule as some other program keeps it, on its way into a playbook: the rules it makes, and
// what no rule can say.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace sop::runtime::importing {

struct ImportedStep {
    std::string when;  // "start - 10m"; empty for the time of the rule itself
    std::string text;
};

struct ImportedRule {
    std::size_t line = 0;  // of the file, 1-based
    std::string source;    // what stands there, for the comment; may have several lines
    std::string name;
    std::string title{};
    std::string schedule{};  // in English words, a window included
    std::string zone{};      // empty: that of the playbook
    std::vector<ImportedStep> steps{};
    std::string audience{};              // "groups tagged vip"; empty: that of the playbook
    std::string channel{};               // empty: that of the playbook
    bool needs_text = false;             // its text is a placeholder
    std::vector<std::string> remarks{};  // for comments
};

struct LeftOut {
    std::size_t line = 0;
    std::string source;
    std::string reason;  // what cannot be expressed or read, and how to mend it
};

struct ImportedSchedule {
    std::vector<ImportedRule> rules{};
    std::vector<LeftOut> left_out{};
    std::size_t entries = 0;             // lines, rows or events that were read
    std::vector<std::string> remarks{};  // of the whole file, such as what encoding was assumed
};

// What stands in an imported rule where the file does not say what is posted.
inline constexpr const char* text_placeholder = "WRITE THE TEXT OF THIS POST";

// A file that cannot be read as what it is said to be; the text says where and how to mend it.
class UnreadableSchedule : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

}  // namespace sop::runtime::importing
