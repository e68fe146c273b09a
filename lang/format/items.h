// The shape of a file for the formatter: items, the blocks in them, what a label owns, and where
// the comments stand. Made from the tokens and what the reader took them for, so that it need not
// know the statements of the language.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/parse.h"
#include "lang/source.h"

namespace sop::lang::formatting {

struct Comment {
    std::string text;
    bool blank_line_before = false;
};

// Where a line may go on in the next one, by how much belongs together behind that place.
enum class Break {
    none,
    comma,   // behind a comma
    clause,  // before a clause of a head
    field,   // before a `name: …` of a list of such; there the next line always begins
};

struct Block;

// A token, a text (by its opening quotes) or a block (by its brace).
struct Element {
    std::size_t token = 0;
    Break before = Break::none;
    std::vector<Comment> comments_before{};  // on lines of their own
    std::vector<Comment> comments_behind{};  // the first of them on the same line
    std::unique_ptr<Block> block{};
};

// What begins on a line of its own. Its clauses are in the order of their ranks.
struct Item {
    std::vector<Comment> leading{};
    bool blank_line_before = false;
    std::vector<Element> elements{};

    const std::vector<Comment>& trailing() const { return elements.back().comments_behind; }
    bool is_list_of_fields() const;
};

// A label and the items it owns; or one item by itself.
struct Group {
    std::optional<Item> label{};
    std::vector<Item> items{};

    const Item& first() const { return label ? *label : items.front(); }
};

struct Block {
    bool on_one_line = false;  // as written
    std::vector<Comment> after_open{};
    std::vector<Group> groups{};
    std::vector<Comment> before_close{};
};

// Of a document read without errors. The file itself is a block without braces.
Block read_items(const Source& source, const ParsedDocument& parsed);

}  // namespace sop::lang::formatting
