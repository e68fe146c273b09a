#include "lang/explanation.h"

#include "lang/explanation_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace sop::lang {

namespace {

constexpr std::string_view fence = "```";
constexpr std::string_view fails_fence = "```sop fails";
constexpr std::string_view mended_fence = "```sop";

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.size(), text.find('\n'));
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return lines;
}

// Only the little of Markdown that these files are made of: a slip in one of them is to be found
// by a test, not shown to a reader.
class ExplanationReader {
  public:
    ExplanationReader(std::string_view code, std::string_view markdown)
        : code_(code), lines_(lines_of(markdown)) {}

    Explanation read() {
        Explanation explanation{std::string(code_), read_section(), read_section()};
        skip_empty_lines();
        if (!at_end()) fail("nothing stands behind the second section");
        if (explanation.chinese.fails.empty()) {
            explanation.chinese.fails = explanation.english.fails;
            explanation.chinese.mended = explanation.english.mended;
        }
        return explanation;
    }

  private:
    [[noreturn]] void fail(std::string_view what) const {
        throw std::logic_error(fmt::format("lang/explanations/{}.md:{}: {}", code_, at_ + 1, what));
    }

    bool at_end() const { return at_ == lines_.size(); }
    std::string_view line() const { return at_end() ? std::string_view{} : lines_[at_]; }
    void skip_empty_lines() {
        while (!at_end() && line().empty()) ++at_;
    }
    bool at_paragraph() const {
        return !line().empty() && !line().starts_with("#") && !line().starts_with(fence);
    }

    ExplanationSection read_section() {
        ExplanationSection section;
        section.title = read_heading();
        section.meaning = read_paragraph("the meaning");
        if (line() == fails_fence) section.fails = read_file();
        section.mending = read_paragraph("how it is mended");
        while (at_paragraph()) section.mending += "\n\n" + read_paragraph("how it is mended");
        if (section.fails.empty()) return section;
        if (line() != mended_fence) fail("expected ```sop and the mended file");
        section.mended = read_file();
        return section;
    }

    std::string read_heading() {
        skip_empty_lines();
        const std::string beginning = fmt::format("# {} ", code_);
        if (!line().starts_with(beginning) || line().size() == beginning.size())
            fail(fmt::format("expected `{}` and the title", beginning));
        return std::string(lines_[at_++].substr(beginning.size()));
    }

    std::string read_paragraph(std::string_view what) {
        skip_empty_lines();
        if (!at_paragraph()) fail(fmt::format("expected a paragraph: {}", what));
        std::string text(lines_[at_++]);
        while (at_paragraph()) text += fmt::format("\n{}", lines_[at_++]);
        skip_empty_lines();
        return text;
    }

    std::string read_file() {
        std::string text;
        for (++at_; line() != fence; ++at_) {
            if (at_end() || line().starts_with(fence)) fail("expected ``` behind the file");
            text += fmt::format("{}\n", line());
        }
        ++at_;
        if (text.empty()) fail("the file is empty");
        skip_empty_lines();
        return text;
    }

    std::string_view code_;
    std::vector<std::string_view> lines_;
    std::size_t at_ = 0;
};

std::string indented(std::string_view file) {
    std::string text;
    for (const auto line : lines_of(file))
        text += line.empty() ? "\n" : fmt::format("    {}\n", line);
    return text;
}

}  // namespace

const ExplanationSection& Explanation::in(Language language) const {
    return language == Language::zh_cn ? chinese : english;
}

const std::vector<Explanation>& explanations() {
    static const auto all = [] {
        std::vector<Explanation> read;
        for (const EmbeddedText& file : explanation_texts)
            read.push_back(read_explanation(file.name, file.text));
        std::sort(read.begin(), read.end(),
                  [](const auto& a, const auto& b) { return a.code < b.code; });
        return read;
    }();
    return all;
}

const Explanation* find_explanation(std::string_view code) {
    const auto& all = explanations();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Explanation& explanation) {
        return explanation.code == code;
    });
    return found == all.end() ? nullptr : &*found;
}

std::string render(const Explanation& explanation, Language language) {
    const ExplanationSection& section = explanation.in(language);
    std::string text =
        fmt::format("{} {}\n\n{}\n", explanation.code, section.title, section.meaning);
    if (!section.fails.empty()) text += "\n" + indented(section.fails);
    text += fmt::format("\n{}\n", section.mending);
    if (!section.mended.empty()) text += "\n" + indented(section.mended);
    return text;
}

std::string unwrapped(std::string_view paragraphs) {
    std::string text;
    for (std::size_t i = 0; i < paragraphs.size(); ++i) {
        const bool line_end = paragraphs[i] == '\n' && i > 0 && i + 1 < paragraphs.size() &&
                              paragraphs[i - 1] != '\n' && paragraphs[i + 1] != '\n';
        if (!line_end) {
            text += paragraphs[i];
        } else if (static_cast<unsigned char>(paragraphs[i - 1]) < 0x80) {
            // Chinese lines, which end behind a wide sign, join without a blank.
            text += ' ';
        }
    }
    return text;
}

Explanation read_explanation(std::string_view code, std::string_view markdown) {
    return ExplanationReader(code, markdown).read();
}

}  // namespace sop::lang
