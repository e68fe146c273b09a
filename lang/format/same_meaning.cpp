#include "lang/format/same_meaning.h"

#include "lang/codes.h"
#include "lang/format/items.h"
#include "lang/format/token_text.h"
#include "lang/report.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace sop::lang::formatting {

namespace {

struct Word {
    std::string text;  // in English
    char kind = ' ';   // what it was taken for
    SourceSpan span;   // where it is written

    bool operator==(const Word& other) const { return text == other.text && kind == other.kind; }
};

// Roles that are told apart; the others follow from the signs themselves. A duration may be one
// token or two.
char kind_of(TokenRole role) {
    switch (role) {
        case TokenRole::keyword:
            return 'k';
        case TokenRole::field:
            return 'f';
        case TokenRole::name:
            return 'n';
        case TokenRole::count:
        case TokenRole::unit:
        case TokenRole::duration:
            return 'd';
        default:
            return ' ';
    }
}

class WordCollector {
  public:
    WordCollector(const Source& source, const ParsedDocument& parsed)
        : parsed_(parsed), text_(source, parsed, Dialect::en) {}

    // In canonical order, with the ends of items between them and without the statement of the
    // dialect; behind them the comments, in the order of their texts.
    std::vector<Word> collect(const Block& file) {
        add_block(file);
        std::stable_sort(
            comments_.begin(), comments_.end(),
            [](const auto& left, const auto& right) { return left.text < right.text; });
        std::move(comments_.begin(), comments_.end(), std::back_inserter(words_));
        return std::move(words_);
    }

  private:
    void add_comments(const std::vector<Comment>& comments) {
        for (const Comment& comment : comments) comments_.push_back({comment.text, '#', {}});
    }

    void add_block(const Block& block) {
        add_comments(block.after_open);
        for (const Group& group : block.groups) {
            if (group.label) add_item(*group.label);
            for (const Item& item : group.items) add_item(item);
        }
        add_comments(block.before_close);
    }

    void add_item(const Item& item) {
        add_comments(item.leading);
        const bool says_dialect = is_language(item);
        for (std::size_t i = 0; i < item.elements.size(); ++i) {
            const Element& element = item.elements[i];
            add_comments(element.comments_before);
            add_comments(element.comments_behind);
            if (!says_dialect) add_element(item, i);
        }
        if (!says_dialect) words_.push_back({";", ' ', words_.back().span});
    }

    bool is_language(const Item& item) const {
        const TokenUse& use = parsed_.layout.uses[item.elements.front().token];
        return use.role == TokenRole::keyword && use.keyword == Keyword::language;
    }

    void add_element(const Item& item, std::size_t i) {
        const std::size_t token = item.elements[i].token;
        const TokenRole role = parsed_.layout.uses[token].role;
        const SourceSpan span = parsed_.tokens.tokens[token].span;
        // Parts of one name, and a count with its unit, are one word.
        const bool goes_on =
            role == TokenRole::unit ||
            (role == TokenRole::name && i > 0 &&
             parsed_.layout.uses[item.elements[i - 1].token].role == TokenRole::name &&
             !text_.space_between(item.elements[i - 1].token, token));
        if (goes_on) {
            if (text_.space_between(item.elements[i - 1].token, token)) words_.back().text += ' ';
            words_.back().text += text_.text(token);
            words_.back().span.end = span.end;
        } else {
            words_.push_back({text_.text(token), kind_of(role), span});
        }
        if (!item.elements[i].block) return;
        add_block(*item.elements[i].block);
        words_.push_back({"}", ' ', span});
    }

    const ParsedDocument& parsed_;
    TokenText text_;
    std::vector<Word> words_{};
    std::vector<Word> comments_{};
};

std::vector<Word> words_of(const Source& source, const ParsedDocument& parsed) {
    return WordCollector(source, parsed).collect(read_items(source, parsed));
}

Diagnostic conversion_error(SourceSpan span, std::string_view word, Dialect to) {
    std::vector<Diagnostic> diagnostics;
    add_error(diagnostics, code::cannot_be_converted, span,
              "`{}` would read otherwise in `{}`"_say(word, name_of(to)))
        .notes.push_back("with another name in its place the file can be converted"_say);
    return std::move(diagnostics.front());
}

// The result cannot be read: at a word that is one of the author's, if it is a name.
Diagnostic unreadable(const std::vector<Word>& words, const Source& written,
                      const std::vector<Diagnostic>& diagnostics, Dialect to) {
    const auto error = std::find_if(diagnostics.begin(), diagnostics.end(), [](const auto& found) {
        return found.severity == Severity::error;
    });
    const std::string_view text = written.text(error->span);
    const auto word = std::find_if(words.begin(), words.end(),
                                   [&](const Word& candidate) { return candidate.text == text; });
    Diagnostic diagnostic =
        conversion_error(word == words.end() ? SourceSpan{} : word->span, text, to);
    diagnostic.notes.push_back(error->message);
    return diagnostic;
}

}  // namespace

std::optional<Diagnostic> reads_otherwise(const Source& source, const ParsedDocument& parsed,
                                          const std::string& text, Dialect to) {
    const Source written(source.name(), text);
    const ParsedDocument again = parse(written);
    const auto words = words_of(source, parsed);
    if (has_errors(again.diagnostics)) return unreadable(words, written, again.diagnostics, to);
    const auto read = words_of(written, again);
    const auto difference = std::mismatch(words.begin(), words.end(), read.begin(), read.end());
    if (difference.first == words.end() && difference.second == read.end()) return std::nullopt;
    const SourceSpan span = difference.first == words.end() ? SourceSpan{} : difference.first->span;
    return conversion_error(span, source.text(span), to);
}

}  // namespace sop::lang::formatting
