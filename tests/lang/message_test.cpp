// Messages in two languages, and the catalogue against the patterns that the sources use.
#include "lang/message.h"
#include "lang/messages_zh_cn.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>

#include <cctype>
#include <map>
#include <set>

namespace sop::lang {

namespace {

namespace fs = std::filesystem;

// The patterns of a C++ text: string literals with `_say` behind them, adjacent ones joined.
// Comments, characters and raw strings are passed over.
class PatternScan {
  public:
    explicit PatternScan(std::string_view code) : code_(code) {}

    std::set<std::string> run() {
        while (at_ < code_.size()) {
            const bool after_digit = at_ > 0 && std::isdigit(code_[at_ - 1]);
            if (code_.substr(at_).starts_with("//")) {
                at_ = std::min(code_.find('\n', at_), code_.size());
            } else if (code_.substr(at_).starts_with("R\"")) {
                skip_raw_string();
            } else if (code_[at_] == '\'' && !after_digit) {
                read_quoted('\'');
            } else if (code_[at_] == '"') {
                read_literals();
            } else {
                ++at_;
            }
        }
        return std::move(patterns_);
    }

  private:
    void skip_raw_string() {
        const std::size_t open = code_.find('(', at_);
        std::string end(")");
        end += code_.substr(at_ + 2, open - at_ - 2);
        end += '"';
        at_ = code_.find(end, open) + end.size();
    }

    std::string read_quoted(char quote) {
        std::string text;
        for (++at_; code_[at_] != quote; ++at_) {
            if (code_[at_] == '\\') ++at_;
            text += code_[at_];
        }
        ++at_;
        return text;
    }

    void read_literals() {
        static constexpr std::string_view suffix = "_say";
        std::string text;
        while (at_ < code_.size() && code_[at_] == '"') {
            text += read_quoted('"');
            if (code_.substr(at_).starts_with(suffix)) {
                if (!text.empty()) patterns_.insert(text);
                return;
            }
            at_ = std::min(code_.find_first_not_of(" \n", at_), code_.size());
        }
    }

    std::string_view code_;
    std::size_t at_ = 0;
    std::set<std::string> patterns_{};
};

// Each pattern with a file that uses it.
const std::map<std::string, std::string>& patterns_of_sources() {
    static const std::map<std::string, std::string> patterns = [] {
        std::map<std::string, std::string> found;
        for (const char* folder : {"lang", "runtime/analysis", "runtime/cli"}) {
            for (const auto& entry :
                 fs::recursive_directory_iterator(tests::source_folder() / folder)) {
                const auto extension = entry.path().extension();
                if (extension != ".h" && extension != ".cpp") continue;
                const std::string code = tests::read_text_file(entry.path());
                for (const auto& pattern : PatternScan(code).run())
                    found.emplace(pattern, entry.path().filename().string());
            }
        }
        return found;
    }();
    return patterns;
}

// The indices of the arguments that a pattern shows; nothing when it is malformed or counts some of
// them and numbers others.
std::optional<std::set<std::size_t>> arguments_shown(std::string_view pattern) {
    std::set<std::size_t> shown;
    bool counts = false;
    bool numbers = false;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] != '{' && pattern[at] != '}') continue;
        if (pattern.substr(at + 1, 1) == pattern.substr(at, 1)) {
            ++at;
            continue;
        }
        const std::size_t end = pattern.find('}', at);
        if (pattern[at] == '}' || end == std::string_view::npos) return std::nullopt;
        const std::string index(pattern.substr(at + 1, end - at - 1));
        if (index.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
        (index.empty() ? counts : numbers) = true;
        shown.insert(index.empty() ? shown.size() : std::stoul(index));
        at = end;
    }
    if (counts && numbers) return std::nullopt;
    return shown;
}

}  // namespace

TEST_CASE("patterns are found in sources as the compiler reads them", "[message]") {
    const std::string code = R"x(
        // "a comment"_say
        f("plain", 'c', '"', "one"_say, R"(raw "no"_say)", 1'000);
        g("joined "
          "over `\"` lines"_say("argument"));
        Pattern operator""_say(const char*);
    )x";
    CHECK(PatternScan(code).run() == std::set<std::string>{"one", "joined over `\"` lines"});
}

TEST_CASE("every pattern of the sources can be said in Chinese with the same arguments",
          "[message][catalogue]") {
    REQUIRE(patterns_of_sources().size() > 150);
    for (const auto& [pattern, file] : patterns_of_sources()) {
        INFO(file << ": " << pattern);
        const auto found = messages_zh_cn().find(pattern);
        CHECK(found != messages_zh_cn().end());
        if (found == messages_zh_cn().end()) continue;
        INFO(found->second);
        const auto arguments = arguments_shown(pattern);
        CHECK(arguments);
        CHECK(arguments == arguments_shown(found->second));
    }
}

TEST_CASE("the catalogue has nothing that no source says", "[message][catalogue]") {
    for (const auto& [pattern, chinese] : messages_zh_cn()) {
        INFO(pattern);
        CHECK(patterns_of_sources().contains(std::string(pattern)));
    }
}

TEST_CASE("the arguments of a pattern are told from its braces", "[message][catalogue]") {
    using Shown = std::optional<std::set<std::size_t>>;
    CHECK(arguments_shown("no arguments `{{`") == Shown(std::set<std::size_t>{}));
    CHECK(arguments_shown("{} and `{}`") == Shown({0, 1}));
    CHECK(arguments_shown("{1} before {0}") == Shown({0, 1}));
    CHECK(arguments_shown("{0} and {}") == std::nullopt);
    CHECK(arguments_shown("{:04X}") == std::nullopt);
    CHECK(arguments_shown("a lonely }") == std::nullopt);
}

TEST_CASE("a message is said in both languages, and so is what it is filled with", "[message]") {
    struct Row {
        const char* behaviour;
        Message message;
        std::string english;
        std::string chinese;
    };
    const std::string name = "`x`";
    const Row rows[] = {
        {"a pattern", "a tag"_say, "a tag", "标签"},
        {"a text stays as it is", std::string("a tag"), "a tag", "a tag"},
        {"texts and numbers in a pattern",
         "`{}` is more than {} years"_say(std::string_view("11y"), 10),
         "`11y` is more than 10 years", "`11y` 超过 10 年"},
        {"patterns in a pattern",
         "expected {}, found {}"_say("a tag"_say, "the end of the line"_say),
         "expected a tag, found the end of the line", "此处应为标签，实际是行尾"},
        {"another order", "{} does not belong after {}"_say("a text"_say, "a tag"_say),
         "a text does not belong after a tag", "标签之后不能跟文本"},
        {"messages in a message in a message",
         "{} stands here"_say("{} and {} more"_say(list_of(std::vector{name, name}), 2)),
         "`x`, `x` and 2 more stands here", "此处应为 `x`、`x` 和另外 2 个"},
        {"code beside an ideograph is set apart", "expected {}, found {}"_say(name, name),
         "expected `x`, found `x`", "此处应为 `x`，实际是 `x`"},
        {"on both sides", "{} does not belong after {}"_say(name, name),
         "`x` does not belong after `x`", "`x` 之后不能跟 `x`"},
        {"what is quoted is not touched", "write `{}`"_say(std::string("每周a四")),
         "write `每周a四`", "写成 `每周a四`"},
        {"braces of a pattern", "`,` or `}}`"_say, "`,` or `}`", "`,` 或 `}`"},
        {"braces of an argument", "write `{}`"_say(std::string("{a} {{ {0}")), "write `{a} {{ {0}`",
         "写成 `{a} {{ {0}`"},
        {"braces of a text", std::string("{} {"), "{} {", "{} {"},
        {"a pattern without a translation", Pattern("not {} yet")(1), "not 1 yet", "not 1 yet"},
        {"a list of one", list_of(std::vector{name}), "`x`", "`x`"},
        {"a list of nothing", list_of(std::vector<std::string>{}), "", ""},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(row.message.text() == row.english);
            CHECK(row.message.text(Language::zh_cn) == row.chinese);
        }
    }
}

TEST_CASE("a message knows its English pattern and what fills it", "[message]") {
    const Message message = "expected {}, found {}"_say("a tag"_say, std::string("`;`"));
    CHECK(message.pattern() == std::string("expected {}, found {}"));
    REQUIRE(message.arguments().size() == 2);
    CHECK(message.arguments()[0].pattern() == std::string("a tag"));
    CHECK(message.arguments()[1].pattern() == nullptr);
    CHECK(message.arguments()[1].text(Language::zh_cn) == "`;`");
    CHECK(Message().empty());
    CHECK_FALSE(message.empty());
}

}  // namespace sop::lang
