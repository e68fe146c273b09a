#include "lang/allowances.h"

#include "lang/codes.h"
#include "lang/explanation.h"
#include "lang/parse.h"
#include "lang/report.h"

#include <algorithm>
#include <optional>

namespace sop::lang {

using namespace literals;

namespace {

constexpr std::string_view mark = "sop:";

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

// A part of a text, cut from the front.
class Rest {
  public:
    Rest(std::string_view text, std::size_t offset) : text_(text), offset_(offset) {}

    void skip_blanks() {
        while (!text_.empty() && is_blank(text_.front())) cut(1);
    }
    bool take(std::string_view word) {
        skip_blanks();
        if (!text_.starts_with(word)) return false;
        cut(word.size());
        return true;
    }
    // Up to one of the signs, without blanks at its end; nothing when none of them is there.
    std::optional<std::pair<std::string, SourceSpan>> take_until(std::string_view signs) {
        skip_blanks();
        const std::size_t end = text_.find_first_of(signs);
        if (end == std::string_view::npos) return std::nullopt;
        std::string_view found = text_.substr(0, end);
        while (!found.empty() && is_blank(found.back())) found.remove_suffix(1);
        const SourceSpan span{offset_, offset_ + found.size()};
        std::pair taken{std::string(found), span};
        cut(end);
        return taken;
    }
    std::string_view text() const { return text_; }

  private:
    void cut(std::size_t count) {
        text_.remove_prefix(count);
        offset_ += count;
    }

    std::string_view text_;
    std::size_t offset_;
};

class AllowanceReader {
  public:
    AllowanceReader(const Source& source, std::vector<Diagnostic>& diagnostics)
        : source_(source), list_(tokenize(source)), diagnostics_(diagnostics) {}

    std::vector<FindingAllowance> run() {
        for (const CommentToken& comment : list_.comments) read(comment.span);
        return std::move(allowances_);
    }

  private:
    void read(SourceSpan comment) {
        Rest rest(source_.text(comment).substr(1), comment.begin + 1);
        if (!rest.take(mark)) return;
        if (!rest.take("allow") || !rest.take("(")) {
            refuse(comment, "`sop:` in a comment is followed by `allow(CODE)` and a reason"_say);
            return;
        }
        std::vector<std::pair<std::string, SourceSpan>> codes;
        do {
            auto code = rest.take_until(",)");
            if (!code) {
                refuse(comment, "the bracket behind `allow` is not closed"_say);
                return;
            }
            codes.push_back(std::move(*code));
        } while (rest.take(","));
        rest.take(")");
        rest.skip_blanks();
        const std::string reason(rest.text());
        if (reason.find_first_not_of(" \t\r:-") == std::string::npos) {
            refuse(comment, "say behind the bracket why this is allowed"_say);
            return;
        }
        const SourceSpan covers = covered_by(comment);
        for (auto& [code, span] : codes) {
            if (is_known(code, span))
                allowances_.push_back({&source_, std::move(code), reason, span, covers});
        }
    }

    Diagnostic& refuse(SourceSpan span, Message message) {
        return add_warning(diagnostics_, code::allowance_wrong, span, std::move(message));
    }

    bool is_known(const std::string& code, SourceSpan span) {
        if (find_explanation(code) != nullptr) return true;
        std::vector<std::string> known;
        for (const Explanation& explanation : explanations()) known.push_back(explanation.code);
        auto& diagnostic = refuse(span, "there is no finding `{}`"_say(code));
        suggest(diagnostic, code, known);
        return false;
    }

    std::size_t line_of(std::size_t offset) const { return source_.line_column(offset).line; }

    SourceSpan covered_by(SourceSpan comment) const {
        const auto& tokens = list_.tokens;
        const auto behind = std::find_if(tokens.begin(), tokens.end(), [&](const Token& token) {
            return token.span.begin >= comment.begin && token.kind != TokenKind::line_end;
        });
        const bool is_first = std::all_of(tokens.begin(), behind, [](const Token& token) {
            return token.kind == TokenKind::line_end;
        });
        if (is_first) return {0, source_.text().size()};
        const std::size_t line = line_of(comment.begin);
        const bool is_alone = std::none_of(tokens.begin(), behind, [&](const Token& token) {
            return token.kind != TokenKind::line_end && line_of(token.span.begin) <= line &&
                   line_of(std::max(token.span.begin, token.span.end - 1)) >= line;
        });
        return statement_at(is_alone ? line_of(behind->span.begin) : line);
    }

    // From the line on to the end of what is opened on it.
    SourceSpan statement_at(std::size_t line) const {
        const std::size_t begin = source_.line_start(line);
        std::size_t end = begin + source_.line(line).size();
        for (const Token& token : list_.tokens) {
            if (token.span.begin < begin) continue;
            if (token.span.begin > end) break;
            if (token.match != no_match && token.match < list_.tokens.size())
                end = std::max(end, list_.tokens[token.match].span.end);
        }
        return {begin, end};
    }

    const Source& source_;
    const TokenList list_;
    std::vector<Diagnostic>& diagnostics_;
    std::vector<FindingAllowance> allowances_{};
};

}  // namespace

std::vector<FindingAllowance> read_allowances(const Source& source,
                                              std::vector<Diagnostic>& diagnostics) {
    // Most texts have none, and need not be read once more.
    if (source.text().find(mark) == std::string_view::npos) return {};
    return AllowanceReader(source, diagnostics).run();
}

void take_allowed(const Source& source, std::vector<FindingAllowance>& allowances,
                  std::vector<Diagnostic>& diagnostics, std::vector<AllowedDiagnostic>& allowed) {
    if (allowances.empty()) return;
    std::vector<Diagnostic> left;
    for (Diagnostic& diagnostic : diagnostics) {
        const auto found =
            diagnostic.severity == Severity::error
                ? allowances.end()
                : std::find_if(allowances.begin(), allowances.end(),
                               [&](const FindingAllowance& each) {
                                   return each.source == &source && each.code == diagnostic.code &&
                                          each.covers.begin <= diagnostic.span.begin &&
                                          diagnostic.span.begin <= each.covers.end;
                               });
        if (found == allowances.end()) {
            left.push_back(std::move(diagnostic));
        } else {
            found->is_used = true;
            allowed.push_back({std::move(diagnostic), found->reason});
        }
    }
    diagnostics = std::move(left);
}

bool is_found_in_plans(std::string_view code) {
    return code >= code::in_quiet_hours && code <= code::for_nobody;
}

std::vector<Diagnostic> unused_allowances(
    const Source& source, const std::vector<FindingAllowance>& allowances,
    const std::function<bool(std::string_view code)>& is_looked_for) {
    std::vector<Diagnostic> diagnostics;
    for (const FindingAllowance& each : allowances) {
        if (each.source != &source || each.is_used || !is_looked_for(each.code)) continue;
        auto& diagnostic = add_warning(diagnostics, code::allowance_unused, each.code_at,
                                       "nothing here gives {}, which this allows"_say(each.code));
        diagnostic.notes.push_back("take it out, so that it hides nothing later"_say);
    }
    return diagnostics;
}

}  // namespace sop::lang
