#include "tests/support/mutants.h"

#include "lang/parse.h"
#include "lang/unicode.h"
#include "tests/support/sources.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace sop::tests {

namespace {

namespace fs = std::filesystem;
using lang::SourceSpan;
using lang::Token;
using lang::TokenKind;
using lang::TokenRole;

std::vector<fs::path> playbooks_below(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.path().extension() == ".sop") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool compiles(const std::string& text) {
    const std::vector<lang::Source> sources{{"right.sop", text}};
    return lang::compile(sources, compile_options()).plan.has_value();
}

std::vector<SourceSpan> characters_of(std::string_view text, SourceSpan span) {
    std::vector<SourceSpan> characters;
    for (std::size_t at = span.begin; at < span.end;) {
        const std::size_t length = lang::code_point_at(text, at).length;
        characters.push_back({at, at + length});
        at += length;
    }
    return characters;
}

bool is_brace(TokenKind kind) {
    return kind == TokenKind::open_brace || kind == TokenKind::close_brace ||
           kind == TokenKind::open_parenthesis || kind == TokenKind::close_parenthesis ||
           kind == TokenKind::hole_open || kind == TokenKind::hole_close;
}

}  // namespace

std::string_view name_of(Fault fault) {
    switch (fault) {
        case Fault::character_dropped:
            return "character dropped";
        case Fault::character_doubled:
            return "character doubled";
        case Fault::characters_swapped:
            return "characters swapped";
        case Fault::token_dropped:
            return "token dropped";
        case Fault::token_doubled:
            return "token doubled";
        case Fault::tokens_swapped:
            return "tokens swapped";
        case Fault::brace_lost:
            return "brace lost";
        case Fault::name_misspelt:
            return "name misspelt";
        case Fault::keyword_misspelt:
            return "keyword misspelt";
        case Fault::quote_lost:
            return "quote lost";
    }
    return {};
}

std::vector<Playbook> right_playbooks() {
    std::vector<Playbook> playbooks;
    std::set<std::string> seen;
    for (const char* folder : {"examples", "stdlib", "tests/golden/plan", "tests/golden/format"}) {
        for (const auto& file : playbooks_below(source_folder() / folder)) {
            std::string text = read_text_file(file);
            if (!compiles(text) || !seen.insert(text).second) continue;
            playbooks.push_back({fs::relative(file, source_folder()).string(), std::move(text)});
        }
    }
    return playbooks;
}

Breaker::Breaker(std::string_view text, std::uint32_t seed) : text_(text), random_(seed) {
    const lang::Source source("right.sop", text_);
    const lang::ParsedDocument parsed = lang::parse(source);
    const auto& tokens = parsed.tokens.tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (is_brace(token.kind)) braces_.push_back(token.span);
        if (token.kind == TokenKind::string_open || token.kind == TokenKind::string_close)
            quotes_.push_back(token.span);
        const TokenRole role = parsed.layout.uses[i].role;
        if (role == TokenRole::name || role == TokenRole::field) names_.push_back(token.span);
        if (role == TokenRole::keyword) keywords_.push_back(token.span);
    }
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const Token& token = tokens[i];
        if (token.kind == TokenKind::line_end || token.kind == TokenKind::end_of_file) continue;
        if (token.kind == TokenKind::string_open) {
            tokens_.push_back({token.span.begin, tokens[token.match].span.end});
            i = token.match;
            continue;
        }
        tokens_.push_back(token.span);
        for (const SourceSpan character : characters_of(text_, token.span))
            characters_.push_back(character);
    }
}

std::string Breaker::broken(Fault fault) {
    const auto any_of = [&](const std::vector<SourceSpan>& spans) {
        return spans.empty() ? SourceSpan{} : spans[any_below(spans.size())];
    };
    switch (fault) {
        case Fault::character_dropped:
        case Fault::character_doubled:
        case Fault::characters_swapped:
            return character_fault(fault);
        case Fault::token_dropped:
        case Fault::token_doubled:
        case Fault::tokens_swapped:
            return token_fault(fault);
        case Fault::brace_lost:
            return replaced(any_of(braces_), "");
        case Fault::quote_lost:
            return replaced(any_of(quotes_), "");
        case Fault::name_misspelt:
            return misspelt(any_of(names_));
        case Fault::keyword_misspelt:
            return misspelt(any_of(keywords_));
    }
    return text_;
}

// Not a distribution of the library, whose results differ from one library to the next.
std::size_t Breaker::any_below(std::size_t count) {
    return random_() % count;
}

std::string Breaker::replaced(SourceSpan span, std::string_view by) const {
    return text_.substr(0, span.begin) + std::string(by) + text_.substr(span.end);
}

// A character dropped, doubled or swapped with its neighbour, or another in its place; a word of
// one character is never dropped whole.
std::string Breaker::misspelt(SourceSpan word) {
    const auto characters = characters_of(text_, word);
    if (characters.empty()) return text_;
    const std::size_t at = any_below(characters.size());
    const auto written = [&](std::size_t i) {
        return text_.substr(characters[i].begin, characters[i].end - characters[i].begin);
    };
    switch (any_below(4)) {
        case 0:
            if (characters.size() > 1) return replaced(characters[at], "");
            break;
        case 1:
            return replaced(characters[at], written(at) + written(at));
        case 2:
            if (at + 1 == characters.size()) break;
            return replaced({characters[at].begin, characters[at + 1].end},
                            written(at + 1) + written(at));
        default:
            break;
    }
    return replaced(characters[at], written(at) == "x" ? "z" : "x");
}

std::string Breaker::character_fault(Fault fault) {
    if (characters_.empty()) return text_;
    const std::size_t at = any_below(characters_.size());
    const SourceSpan first = characters_[at];
    const std::string written = text_.substr(first.begin, first.end - first.begin);
    if (fault == Fault::character_dropped) return replaced(first, "");
    if (fault == Fault::character_doubled) return replaced(first, written + written);
    if (first.end == text_.size()) return text_;
    const SourceSpan next{first.end, first.end + lang::code_point_at(text_, first.end).length};
    return replaced({first.begin, next.end},
                    text_.substr(next.begin, next.end - next.begin) + written);
}

std::string Breaker::token_fault(Fault fault) {
    if (tokens_.size() < 2) return text_;
    const std::size_t at = any_below(tokens_.size() - 1);
    const SourceSpan first = tokens_[at];
    const std::string written = text_.substr(first.begin, first.end - first.begin);
    if (fault == Fault::token_dropped) return replaced(first, "");
    if (fault == Fault::token_doubled) return replaced(first, written + " " + written);
    const SourceSpan next = tokens_[at + 1];
    return replaced({first.begin, next.end}, text_.substr(next.begin, next.end - next.begin) +
                                                 text_.substr(first.end, next.begin - first.end) +
                                                 written);
}

}  // namespace sop::tests
