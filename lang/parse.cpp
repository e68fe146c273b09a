#include "lang/parse.h"

#include "lang/codes.h"
#include "lang/grammar.h"
#include "lang/keyword_runs.h"
#include "lang/lost_sign.h"
#include "lang/other_dialect.h"
#include "lang/reader/cursor.h"
#include "lang/reader/reader.h"
#include "lang/report.h"
#include "lang/unicode.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang {

namespace {

namespace pegtl = tao::pegtl;

// Thrown from the control when blocks nest deeper than nesting_depth_max: the one error after which
// reading on is pointless, as the parser's own stack is at stake.
struct TooDeep {
    std::size_t offset;
};

struct TokenBuilder {
    const char* text;
    TokenList list{};
    std::vector<std::size_t> open{};  // indices of tokens that wait for their partner
    std::size_t depth = 0;
    std::size_t missing_reported_at = no_match;
    std::size_t full_width_signs = 0;

    void push(TokenKind kind, SourceSpan span) { list.tokens.push_back({kind, span, no_match}); }

    void push_opener(TokenKind kind, SourceSpan span) {
        open.push_back(list.tokens.size());
        push(kind, span);
    }

    void push_closer(TokenKind kind, SourceSpan span) {
        const std::size_t opener = open.back();
        open.pop_back();
        list.tokens[opener].match = list.tokens.size();
        list.tokens.push_back({kind, span, opener});
    }

    void report(const char* code, SourceSpan span, Message message, Message label = {}) {
        add_error(list.diagnostics, code, span, std::move(message), std::move(label));
    }

    // Closes the innermost opener where its closer should have been. Several blocks that end at one
    // place for want of closers have one cause and get one report.
    void close_missing(TokenKind closer, std::size_t offset, std::string_view closer_text) {
        const SourceSpan opener = list.tokens[open.back()].span;
        push_closer(closer, {offset, offset});
        if (missing_reported_at == offset) return;
        missing_reported_at = offset;
        report(code::bracket_not_closed, opener,
               "this bracket is never closed: `{}` is missing"_say(closer_text), "opened here"_say);
        list.diagnostics.back().related.push_back(
            {{offset, offset}, "`{}` expected before this"_say(closer_text)});
    }

    // One note a file: who writes with a Chinese input method writes all signs so.
    void note_full_width(SourceSpan span, const std::string& ascii, std::string_view written) {
        if (++full_width_signs > 1) return;
        report(code::full_width_punctuation, span,
               "full-width `{}` is written where `{}` is meant"_say(written, ascii),
               "accepted; `sop fmt` writes it as ASCII"_say);
        list.diagnostics.back().severity = Severity::note;
        list.diagnostics.back().fix = Fix{span, ascii, "write `{}`"_say(ascii)};
    }

    // The fix of one sign among many would mend next to nothing.
    void count_full_width() {
        if (full_width_signs < 2) return;
        const auto note = std::find_if(list.diagnostics.begin(), list.diagnostics.end(),
                                       [](const Diagnostic& diagnostic) {
                                           return diagnostic.code == code::full_width_punctuation;
                                       });
        note->fix.reset();
        note->notes.push_back(
            "{} full-width signs are in this file; `sop fmt` mends them all"_say(full_width_signs));
    }
};

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

// Offsets come from pointers: asking PEGTL for a position would count lines from the start of the
// text each time.
template <typename ActionInput>
SourceSpan span_of(const ActionInput& in, const TokenBuilder& builder) {
    const auto begin = static_cast<std::size_t>(in.begin() - builder.text);
    return {begin, begin + in.size()};
}

template <TokenKind Kind>
struct push_token {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.push(Kind, span_of(in, builder));
    }
};

template <TokenKind Kind, bool IsOpener, char Ascii>
struct push_bracket {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        if (in.size() > 1)
            builder.note_full_width(span_of(in, builder), std::string(1, Ascii), in.string_view());
        if (IsOpener) {
            builder.push_opener(Kind, span_of(in, builder));
        } else {
            builder.push_closer(Kind, span_of(in, builder));
        }
    }
};

template <TokenKind Kind, char Ascii>
struct push_sign {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        if (in.size() > 1)
            builder.note_full_width(span_of(in, builder), std::string(1, Ascii), in.string_view());
        builder.push(Kind, span_of(in, builder));
    }
};

template <>
struct action<grammar::word> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        const bool zone = in.string_view().find('/') != std::string_view::npos;
        builder.push(zone ? TokenKind::zone : TokenKind::word, span_of(in, builder));
    }
};
template <>
struct action<grammar::number> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        const bool bare =
            in.string_view().find_first_not_of("0123456789.") == std::string_view::npos;
        builder.push(bare ? TokenKind::number : TokenKind::measure, span_of(in, builder));
    }
};
template <>
struct action<grammar::time_of_day> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        const SourceSpan span = span_of(in, builder);
        static constexpr std::string_view wide = "\xEF\xBC\x9A";
        const std::string_view text = in.string_view();
        for (std::size_t at = text.find(wide); at != std::string_view::npos;
             at = text.find(wide, at + 1)) {
            builder.note_full_width({span.begin + at, span.begin + at + wide.size()}, ":", wide);
        }
        builder.push(TokenKind::time, span);
    }
};
template <>
struct action<grammar::calendar_date> : push_token<TokenKind::date> {};
template <>
struct action<grammar::comma> : push_sign<TokenKind::comma, ','> {};
template <>
struct action<grammar::colon> : push_sign<TokenKind::colon, ':'> {};
template <>
struct action<grammar::semicolon> : push_sign<TokenKind::line_end, ';'> {};
template <>
struct action<grammar::newline> : push_token<TokenKind::line_end> {};
template <>
struct action<grammar::plus_sign> : push_token<TokenKind::plus> {};
template <>
struct action<grammar::minus_sign> : push_token<TokenKind::minus> {};
template <>
struct action<grammar::equal_sign> : push_token<TokenKind::equal> {};
template <>
struct action<grammar::operator_sign> : push_token<TokenKind::operator_sign> {};

template <>
struct action<grammar::open_brace> : push_bracket<TokenKind::open_brace, true, '{'> {};
template <>
struct action<grammar::close_brace> : push_bracket<TokenKind::close_brace, false, '}'> {};
template <>
struct action<grammar::open_parenthesis> : push_bracket<TokenKind::open_parenthesis, true, '('> {};
template <>
struct action<grammar::close_parenthesis> : push_bracket<TokenKind::close_parenthesis, false, ')'> {
};
template <>
struct action<grammar::hole_open> : push_bracket<TokenKind::hole_open, true, '{'> {};
template <>
struct action<grammar::hole_close> : push_bracket<TokenKind::hole_close, false, '}'> {};

template <typename Open>
struct action<grammar::string_begin<Open>> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.push_opener(TokenKind::string_open, span_of(in, builder));
    }
};
template <typename Close>
struct action<grammar::string_end<Close>> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        const SourceSpan opener = builder.list.tokens[builder.open.back()].span;
        const std::size_t bytes = span_of(in, builder).begin - opener.end;
        if (bytes > text_bytes_max) {
            builder.report(
                code::text_too_long, opener,
                "this text has {} bytes; at most {} are taken"_say(bytes, text_bytes_max));
        }
        builder.push_closer(TokenKind::string_close, span_of(in, builder));
    }
};
template <typename Close, typename LineEnd>
struct action<grammar::string_text<Close, LineEnd>> : push_token<TokenKind::string_text> {};
template <>
struct action<grammar::escaped_brace> : push_token<TokenKind::string_brace> {};

template <>
struct action<grammar::unclosed_hole> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.report(code::hole_not_closed, span_of(in, builder),
                       "this hole is never closed: `}}` is missing on its line"_say,
                       "opened here"_say);
        builder.list.diagnostics.back().notes.push_back("write `{{{{` for a brace in the text"_say);
        builder.push(TokenKind::error, span_of(in, builder));
    }
};
template <>
struct action<grammar::hole_end_missing> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.close_missing(TokenKind::hole_close, span_of(in, builder).begin, "}");
    }
};
template <>
struct action<grammar::unclosed_string> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        const SourceSpan opener = builder.list.tokens[builder.open.back()].span;
        builder.push_closer(TokenKind::string_close, span_of(in, builder));
        builder.report(code::string_not_closed, opener,
                       "this text is never closed: its closing quote is missing"_say,
                       "opened here"_say);
        builder.list.diagnostics.back().notes.push_back(
            "a text over several lines stands between `\"\"\"` and `\"\"\"`"_say);
        builder.push(TokenKind::error, span_of(in, builder));
    }
};
template <>
struct action<grammar::unclosed_block> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.close_missing(TokenKind::close_brace, span_of(in, builder).begin, "}");
    }
};
template <>
struct action<grammar::unclosed_parenthesis> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.close_missing(TokenKind::close_parenthesis, span_of(in, builder).begin, ")");
        builder.push(TokenKind::error, span_of(in, builder));
    }
};
// The reader reports a lonely brace: it knows what the brace may have been meant to close.
template <>
struct action<grammar::lonely_brace> : push_token<TokenKind::close_brace> {};
template <>
struct action<grammar::lonely_parenthesis> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.report(code::stray_closer, span_of(in, builder), "`)` closes nothing"_say,
                       "no `(` before it"_say);
        builder.push(TokenKind::error, span_of(in, builder));
    }
};
template <>
struct action<grammar::unreadable> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        builder.report(code::unexpected_character, span_of(in, builder),
                       "the character `{}` has no meaning here"_say(in.string_view()));
        builder.push(TokenKind::error, span_of(in, builder));
    }
};
template <>
struct action<grammar::comment> {
    template <typename ActionInput>
    static void apply(const ActionInput& in, TokenBuilder& builder) {
        SourceSpan span = span_of(in, builder);
        if (!in.empty() && in.string_view().back() == '\r') --span.end;
        builder.list.comments.push_back({span});
    }
};

// The control counts how deep blocks nest while they are being matched.
template <typename Rule>
struct control : pegtl::normal<Rule> {};

template <typename Rule>
struct nesting_control : pegtl::normal<Rule> {
    template <typename ParseInput>
    static void start(const ParseInput& in, TokenBuilder& builder) {
        if (++builder.depth > nesting_depth_max) {
            throw TooDeep{static_cast<std::size_t>(in.current() - builder.text)};
        }
    }
    template <typename ParseInput>
    static void success(const ParseInput&, TokenBuilder& builder) {
        --builder.depth;
    }
    template <typename ParseInput>
    static void failure(const ParseInput&, TokenBuilder& builder) {
        --builder.depth;
    }
};
template <>
struct control<grammar::block> : nesting_control<grammar::block> {};
template <>
struct control<grammar::parentheses> : nesting_control<grammar::parentheses> {};
template <>
struct control<grammar::hole> : nesting_control<grammar::hole> {};

void refuse_bidi_controls(const Source& source, TokenList& list) {
    // All of them are three bytes that begin with E2 80 or E2 81 but for U+061C (D8 9C).
    const std::string_view text = source.text();
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte != 0xE2 && byte != 0xD8) continue;
        const CodePoint point = code_point_at(text, at);
        if (!is_bidi_control(point.value)) continue;
        auto& diagnostic =
            add_error(list.diagnostics, code::bidi_control, {at, at + point.length},
                      "the invisible control {} reorders text on the screen and is refused"_say(
                          fmt::format("U+{:04X}", static_cast<unsigned>(point.value))));
        diagnostic.notes.push_back("with it a file can read other than it is"_say);
        diagnostic.fix = Fix{diagnostic.span, "", "remove it"_say};
    }
}

TokenList refused(const Source& source, const char* code, SourceSpan span, Message message,
                  Message note) {
    TokenList list;
    add_error(list.diagnostics, code, span, std::move(message)).notes.push_back(std::move(note));
    list.tokens.push_back({TokenKind::error, {0, 0}, no_match});
    list.tokens.push_back(
        {TokenKind::end_of_file, {source.text().size(), source.text().size()}, no_match});
    return list;
}

ParsedDocument read_as(const Source& source, TokenList tokens, Dialect dialect) {
    ParsedDocument parsed;
    parsed.dialect = dialect;
    parsed.diagnostics = std::move(tokens.diagnostics);
    parsed.tokens = split_keyword_runs(std::move(tokens), source, dialect);
    reader::Cursor cursor(source, parsed.tokens, parsed.diagnostics, dialect);
    parsed.document = read_document(cursor);
    parsed.layout = cursor.take_layout();
    return parsed;
}

}  // namespace

TokenList tokenize(const Source& source) {
    const std::string_view text = source.text();
    if (text.size() > source_bytes_max) {
        return refused(
            source, code::file_too_large, {0, 0},
            "the file has {} bytes; at most {} are read"_say(text.size(), source_bytes_max),
            "split it into several files"_say);
    }
    if (const auto invalid = find_invalid_utf8(text)) {
        return refused(source, code::invalid_utf8, {*invalid, *invalid + 1},
                       "byte {} of the file is not valid UTF-8"_say(*invalid),
                       "save the file as UTF-8"_say);
    }
    TokenBuilder builder{text.data()};
    builder.list.tokens.reserve(text.size() / 4 + 1);
    pegtl::memory_input<pegtl::tracking_mode::lazy> input(text.data(), text.data() + text.size(),
                                                          source.name());
    try {
        pegtl::parse<grammar::document, action, control>(input, builder);
    } catch (const TooDeep& deep) {
        return refused(source, code::nested_too_deep, {deep.offset, deep.offset + 1},
                       "brackets nest more than {} deep here"_say(nesting_depth_max),
                       "nothing in the language needs that many levels"_say);
    }
    builder.count_full_width();
    refuse_bidi_controls(source, builder.list);
    builder.push(TokenKind::end_of_file, {text.size(), text.size()});
    return std::move(builder.list);
}

namespace {

// In the dialect whose words the file has, which is reported where it says another one.
ParsedDocument read_in_its_dialect(const Source& source, Dialect said, TokenList tokens) {
    ParsedDocument parsed = read_as(source, std::move(tokens), said);
    if (!has_errors(parsed.diagnostics)) return parsed;

    std::optional<ParsedDocument> meant;
    for (const Dialect dialect : dialects) {
        if (dialect == said || !may_be_written_in(dialect, source, parsed)) continue;
        ParsedDocument other = read_as(source, tokenize(source), dialect);
        if (reads_better(source, meant ? *meant : parsed, other)) meant = std::move(other);
    }
    if (!meant) return parsed;
    report_other_dialect(source, said, *meant);
    return std::move(*meant);
}

// Where they are, in the order of the text.
std::vector<std::size_t> errors_of(const ParsedDocument& parsed) {
    std::vector<std::size_t> places;
    for (const Diagnostic& diagnostic : parsed.diagnostics) {
        if (diagnostic.severity == Severity::error) places.push_back(diagnostic.span.begin);
    }
    std::sort(places.begin(), places.end());
    return places;
}

// Those that the reader stepped over, as it could not read what they belong to.
std::size_t words_not_read(const ParsedDocument& parsed) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < parsed.tokens.tokens.size(); ++i) {
        if (parsed.tokens.tokens[i].kind == TokenKind::word &&
            parsed.layout.uses[i].role == TokenRole::none)
            ++count;
    }
    return count;
}

// Without this, all that is wrong is wrong by itself.
bool may_lack_a_sign(const ParsedDocument& parsed) {
    return std::any_of(
        parsed.diagnostics.begin(), parsed.diagnostics.end(), [](const Diagnostic& diagnostic) {
            const auto is = [&](const char* code) { return diagnostic.code == code; };
            return is(code::string_not_closed) || is(code::hole_not_closed) ||
                   is(code::bracket_not_closed) || is(code::stray_closer) ||
                   is(code::unexpected_character) || is(code::rule_outside_playbook);
        });
}

// With the sign there is one error less at least, none where there was none, and none that is
// gone because its place is no longer read.
bool was_lost(const ParsedDocument& with_sign, const ParsedDocument& without) {
    const auto left = errors_of(with_sign);
    const auto before = errors_of(without);
    if (left.empty()) return true;
    return left.size() + 1 < before.size() &&
           words_not_read(with_sign) <= words_not_read(without) &&
           std::includes(before.begin(), before.end(), left.begin(), left.end());
}

// The reading with the fewest errors when one sign is taken for lost; nothing when none is better
// than the one without.
std::optional<ParsedDocument> read_with_lost_sign(const Source& source, Dialect said,
                                                  const ParsedDocument& parsed) {
    // What is read again for all guesses together, so that a long file is not read for ever.
    constexpr std::size_t bytes_read_max = 2 * 1024 * 1024;
    std::optional<ParsedDocument> best;
    std::size_t bytes_read = 0;
    for (const LostSign& sign : guess_lost_signs(source, parsed.tokens, parsed.diagnostics)) {
        bytes_read += source.text().size();
        if (bytes_read > bytes_read_max) break;
        auto found = place_sign(tokenize(with_sign(source, sign)), sign);
        if (!found) continue;
        ParsedDocument mended = read_as(source, std::move(found->list), parsed.dialect);
        if (mended.dialect != said) report_other_dialect(source, said, mended);
        if (!was_lost(mended, parsed)) continue;
        const bool all_right = errors_of(mended).empty();
        mended.diagnostics.push_back(std::move(found->diagnostic));
        if (!best || errors_of(mended).size() < errors_of(*best).size()) best = std::move(mended);
        if (all_right) break;
    }
    return best;
}

}  // namespace

ParsedDocument parse(const Source& source) {
    TokenList tokens = tokenize(source);
    const Dialect said = dialect_of(source, tokens);
    ParsedDocument parsed = read_in_its_dialect(source, said, std::move(tokens));
    if (errors_of(parsed).size() > 1 && may_lack_a_sign(parsed)) {
        if (auto mended = read_with_lost_sign(source, said, parsed)) return std::move(*mended);
    }
    return parsed;
}

}  // namespace sop::lang
