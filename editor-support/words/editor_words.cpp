// What editors have to know of the language, as JSON, from the one table of words:
//
//     editor_words                the words of every dialect, each keyword with its role
//     editor_words tokens FILE    what the reader takes each word of a file for
//
// The first fills the grammars (generate.py), the second is what they are tested against. A role
// says how a word is to be coloured, no more; roles are given here and nowhere else.
#include "lang/keywords.h"
#include "lang/parse.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace sop::lang;
// Keeps the order in which it is written: that of the table.
using Json = nlohmann::ordered_json;

// The groups of `enum class Keyword`, each by its first. A keyword that is added has the role of
// the group it is added to.
struct Group {
    Keyword first;
    std::string_view role;
};
constexpr std::array groups{
    Group{Keyword::sop, "declaration"}, Group{Keyword::kind, "attribute"},
    Group{Keyword::timezone, "clause"}, Group{Keyword::every, "trigger"},
    Group{Keyword::start, "step"},      Group{Keyword::post, "action"},
    Group{Keyword::exists, "function"}, Group{Keyword::expect, "declaration"},
};
// The test that reads the table from its source fails when this is not the last one any more.
constexpr Keyword last_keyword = Keyword::no_post;
constexpr Field last_field = Field::code;

// Words that are something else than the group they stand in.
std::optional<std::string_view> own_role(Keyword keyword) {
    if (weekday_index(keyword) || month_index(keyword)) return "date";
    switch (keyword) {
        case Keyword::second_unit:
        case Keyword::minute_unit:
        case Keyword::hour_unit:
        case Keyword::day:
        case Keyword::week:
        case Keyword::month:
        case Keyword::year:
            return "unit";
        case Keyword::workday:
        case Keyword::weekend:
            return "date";
        case Keyword::else_:
        case Keyword::done:
        case Keyword::refused:
        case Keyword::full:
        case Keyword::winner:
        case Keyword::all:
        case Keyword::no_post:
            return "step";
        case Keyword::and_:
        case Keyword::or_:
        case Keyword::not_:
        case Keyword::in:
        case Keyword::in_group:
        case Keyword::exists:
            return "operator";
        case Keyword::yes:
        case Keyword::no:
        case Keyword::today:
        case Keyword::ever:
            return "constant";
        case Keyword::awaiting:
        case Keyword::to_person:
        case Keyword::given_back:
        case Keyword::invited:
        case Keyword::since:
        case Keyword::once_now:
        case Keyword::mention:
        case Keyword::because:
        case Keyword::correction:
        case Keyword::back:
        case Keyword::by:
        case Keyword::group:
        case Keyword::size:
        case Keyword::potential:
        case Keyword::member:
        case Keyword::throughout:
        case Keyword::repeated:
            return "clause";
        default:
            return std::nullopt;
    }
}

std::string_view role_of(Keyword keyword) {
    if (const auto role = own_role(keyword)) return *role;
    std::string_view role;
    for (const Group& group : groups) {
        if (group.first <= keyword) role = group.role;
    }
    return role;
}

template <typename Word>
Json spellings_of(Word word) {
    Json result;
    for (const Dialect dialect : dialects)
        result[std::string(name_of(dialect))] = spelling(word, dialect);
    return result;
}

Json keywords_json() {
    Json result = Json::array();
    for (int i = 0; i <= static_cast<int>(last_keyword); ++i) {
        const auto keyword = static_cast<Keyword>(i);
        result.push_back({{"role", role_of(keyword)}, {"words", spellings_of(keyword)}});
    }
    return result;
}

// With every form of each: `day`, `days`.
Json units_json() {
    Json result = Json::array();
    for (int i = 0; i <= static_cast<int>(Unit::year); ++i) {
        const auto unit = static_cast<Unit>(i);
        Json words;
        for (const Dialect dialect : dialects) {
            Json& forms = words[std::string(name_of(dialect))];
            forms.push_back(unit_spelling(unit, 1, dialect));
            if (unit_spelling(unit, 2, dialect) != unit_spelling(unit, 1, dialect))
                forms.push_back(unit_spelling(unit, 2, dialect));
        }
        result.push_back({{"words", words}});
    }
    return result;
}

Json fields_json() {
    Json result = Json::array();
    for (int i = 0; i <= static_cast<int>(last_field); ++i) {
        const auto field = static_cast<Field>(i);
        result.push_back(
            {{"stands_first", !fields_of(field).empty()}, {"words", spellings_of(field)}});
    }
    return result;
}

Json reserved_json() {
    Json result = Json::array();
    for (int i = 0; i <= static_cast<int>(last_keyword); ++i) {
        const auto keyword = static_cast<Keyword>(i);
        if (is_reserved(spelling(keyword))) result.push_back(spellings_of(keyword));
    }
    return result;
}

Json words_json() {
    Json names = Json::array();
    for (const Dialect dialect : dialects) names.push_back(name_of(dialect));
    return {{"dialects", names},
            {"keywords", keywords_json()},
            {"units", units_json()},
            {"fields", fields_json()},
            {"reserved", reserved_json()}};
}

std::string_view name_of(TokenRole role) {
    switch (role) {
        case TokenRole::keyword:
            return "keyword";
        case TokenRole::field:
            return "field";
        case TokenRole::name:
            return "name";
        case TokenRole::number:
        case TokenRole::count:
            return "number";
        case TokenRole::unit:
            return "unit";
        case TokenRole::duration:
            return "duration";
        case TokenRole::ordinal:
            return "ordinal";
        case TokenRole::dialect:
            return "dialect";
        default:
            return "";
    }
}

// Offsets are bytes of the file.
Json tokens_json(const Source& source) {
    const ParsedDocument parsed = parse(source);
    Json result = Json::array();
    for (std::size_t i = 0; i < parsed.tokens.tokens.size() && i < parsed.layout.uses.size(); ++i) {
        const std::string_view role = name_of(parsed.layout.uses[i].role);
        const SourceSpan span = parsed.tokens.tokens[i].span;
        if (role.empty()) continue;
        result.push_back({{"begin", span.begin}, {"text", source.text(span)}, {"role", role}});
    }
    return result;
}

}  // namespace

int main(int count, char** values) {
    const std::vector<std::string> arguments(values + 1, values + count);
    if (arguments.empty()) {
        fmt::print("{}\n", words_json().dump(1));
        return 0;
    }
    if (arguments.size() != 2 || arguments[0] != "tokens") {
        fmt::print(stderr, "usage: editor_words [tokens FILE]\n");
        return 2;
    }
    std::ifstream file(arguments[1], std::ios::binary);
    if (!file) {
        fmt::print(stderr, "{}: cannot be read\n", arguments[1]);
        return 2;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    fmt::print("{}\n", tokens_json(Source(arguments[1], text)).dump());
    return 0;
}
