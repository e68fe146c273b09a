#include "lang/format.h"

#include "lang/format/items.h"
#include "lang/format/token_text.h"
#include "lang/unicode.h"

#include <algorithm>

namespace sop::lang {

namespace {

using namespace formatting;

// How much further in an item goes on in its next line.
constexpr std::size_t continuation_indent = 4;
// A label longer than this is not lined up with: the actions would stand too far right.
constexpr std::size_t aligned_label_max = 40;

std::string_view first_line(std::string_view text) {
    return text.substr(0, text.find('\n'));
}

// Breaks that an item has beside the end of its line.
bool can_break(const Item& item) {
    return std::any_of(item.elements.begin(), item.elements.end(), [](const Element& element) {
        return element.block || element.before != Break::none;
    });
}

// A label with one item that may stand behind it.
bool has_one_behind_label(const Group& group) {
    return group.label && group.items.size() == 1 && group.items.front().leading.empty() &&
           group.label->trailing().empty();
}

bool begins_paragraph(const Group& group) {
    return group.first().blank_line_before || !group.first().leading.empty();
}

class Printer {
  public:
    Printer(const Source& source, const ParsedDocument& parsed, Dialect to)
        : parsed_(parsed), words_(source, parsed, to), to_(to) {}

    std::string print(const Block& file) {
        adds_language_ = to_ != Dialect::en && !says_language();
        print_groups(file.groups, 0);
        print_comments(file.before_close, 0);
        return std::move(text_);
    }

  private:
    // ---- lines ----

    static std::string margin(std::size_t depth) { return std::string(depth * indent_width, ' '); }

    void add(std::string_view text) {
        text_ += text;
        const std::size_t line_end = text.rfind('\n');
        if (line_end != std::string_view::npos)
            line_begin_ = text_.size() - (text.size() - line_end - 1);
    }

    void end_line() {
        text_ += '\n';
        line_begin_ = text_.size();
        block_start_ = false;
    }

    void blank_line() {
        if (!block_start_) text_ += '\n';
        line_begin_ = text_.size();
        block_start_ = true;
    }

    std::size_t column() const {
        return display_width(std::string_view(text_).substr(line_begin_));
    }
    bool fits(std::string_view text) const { return column() + display_width(text) <= line_width; }

    // ---- comments ----

    void print_comments(const std::vector<Comment>& comments, std::size_t depth) {
        for (const Comment& comment : comments) {
            if (comment.blank_line_before) blank_line();
            add(margin(depth) + comment.text);
            end_line();
        }
    }

    void print_leading(const Item& item, std::size_t depth) {
        print_comments(item.leading, depth);
        if (item.blank_line_before) blank_line();
    }

    // The first behind what the line has, others below it.
    void end_line_with(const std::vector<Comment>& comments, const std::string& next_margin) {
        if (!comments.empty()) add("  " + comments.front().text);
        end_line();
        for (std::size_t i = 1; i < comments.size(); ++i) {
            add(next_margin + comments[i].text);
            end_line();
        }
    }

    // ---- on one line ----

    bool spaced(const std::vector<Element>& elements, std::size_t i) const {
        return i > 0 && words_.space_between(elements[i - 1].token, elements[i].token);
    }

    // Nothing when it has comments in it, a text over lines or a block that stands over lines.
    std::optional<std::string> flat(const Item& item) const {
        std::string result;
        for (std::size_t i = 0; i < item.elements.size(); ++i) {
            const Element& element = item.elements[i];
            const bool last = i + 1 == item.elements.size();
            if (!element.comments_before.empty()) return std::nullopt;
            if (!last && !element.comments_behind.empty()) return std::nullopt;
            const auto text =
                element.block ? flat(*element.block) : std::optional(words_.text(element.token));
            if (!text || text->find('\n') != std::string::npos) return std::nullopt;
            result += (spaced(item.elements, i) ? " " : "") + *text;
        }
        return result;
    }

    static bool is_empty(const Block& block) {
        return block.groups.empty() && block.after_open.empty() && block.before_close.empty();
    }

    std::optional<std::string> flat(const Block& block) const {
        if (is_empty(block)) return "{ }";
        if (!block.on_one_line || block.groups.size() != 1 || !block.after_open.empty())
            return std::nullopt;
        const Group& group = block.groups.front();
        std::string result = "{ ";
        if (group.label) {
            const auto label = flat(*group.label);
            if (!label || group.items.size() > 1) return std::nullopt;
            result += *label + " ";
        }
        for (const Item& item : group.items) {
            const auto text = flat(item);
            if (!text) return std::nullopt;
            result += *text + " ";
        }
        return result + "}";
    }

    // What a line has, that is more than it can hold only where there is no place to break it.
    std::optional<std::string> one_line(const Item& item, std::size_t column) const {
        if (item.is_list_of_fields()) return std::nullopt;
        auto text = flat(item);
        const bool fits = text && column + display_width(*text) <= line_width;
        return fits || !can_break(item) ? text : std::nullopt;
    }

    // ---- items ----

    // The line holds the margin, and a label, already.
    void print_item(const Item& item, std::size_t depth) {
        if (const auto text = one_line(item, column())) {
            add(*text);
        } else {
            print_elements(item, depth);
        }
        end_line_with(item.trailing(), margin(depth));
    }

    void print_elements(const Item& item, std::size_t depth) {
        const std::size_t further = item.is_list_of_fields() ? 0 : continuation_indent;
        const std::string next_margin = margin(depth) + std::string(further, ' ');
        for (std::size_t i = 0; i < item.elements.size(); ++i) {
            const Element& element = item.elements[i];
            if (i > 0 && begins_line(item.elements, i)) {
                end_line_with(item.elements[i - 1].comments_behind, next_margin);
                for (const Comment& comment : element.comments_before) {
                    add(next_margin + comment.text);
                    end_line();
                }
                add(next_margin);
            } else if (spaced(item.elements, i)) {
                add(" ");
            }
            if (element.block) {
                print_block(*element.block, depth);
            } else {
                add(words_.text(element.token, depth * indent_width));
            }
        }
    }

    bool begins_line(const std::vector<Element>& elements, std::size_t i) const {
        if (!elements[i - 1].comments_behind.empty() || !elements[i].comments_before.empty())
            return true;
        if (elements[i].before == Break::none) return false;
        if (elements[i].before == Break::field) return true;
        return column() + 1 + width_to_next_break(elements, i) > line_width;
    }

    // Of what stands from there to a break that is no deeper, or behind the brace of a block.
    std::size_t width_to_next_break(const std::vector<Element>& elements, std::size_t i) const {
        const Break level = elements[i].before;
        std::size_t width = 0;
        for (std::size_t at = i; at < elements.size(); ++at) {
            if (at > i && elements[at].before >= level) return width;
            if (at > i && spaced(elements, at)) ++width;
            if (elements[at].block) return width + 1;
            const std::string text = words_.text(elements[at].token);
            width += display_width(first_line(text));
            if (first_line(text).size() < text.size()) return width;
        }
        return width;
    }

    void print_block(const Block& block, std::size_t depth) {
        if (is_empty(block)) {
            add("{ }");
            return;
        }
        add("{");
        end_line_with(block.after_open, margin(depth + 1));
        block_start_ = true;
        print_groups(block.groups, depth + 1);
        print_comments(block.before_close, depth + 1);
        add(margin(depth) + "}");
    }

    // ---- labels ----

    // What stands behind neighbouring labels is lined up when it has one line.
    bool is_lined_up(const Group& group, std::size_t depth) const {
        if (!has_one_behind_label(group)) return false;
        const auto label = flat(*group.label);
        if (!label) return false;
        const std::size_t column = depth * indent_width + display_width(*label) + 1;
        return one_line(group.items.front(), column).has_value();
    }

    std::size_t label_width(const Group& group) const {
        return display_width(flat(*group.label).value_or(""));
    }

    std::size_t width_of_labels(const std::vector<Group>& groups, const std::vector<bool>& lined_up,
                                std::size_t first) const {
        std::size_t width = 0;
        for (std::size_t i = first; i < groups.size() && lined_up[i]; ++i) {
            if (i > first && begins_paragraph(groups[i])) break;
            const std::size_t label = label_width(groups[i]);
            if (label <= aligned_label_max) width = std::max(width, label);
        }
        return width;
    }

    void print_groups(const std::vector<Group>& groups, std::size_t depth) {
        std::vector<bool> lined_up;
        for (const Group& group : groups) lined_up.push_back(is_lined_up(group, depth));
        std::size_t width = 0;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const bool goes_on = i > 0 && lined_up[i - 1] && !begins_paragraph(groups[i]);
            if (!lined_up[i]) {
                width = 0;
            } else if (!goes_on) {
                width = width_of_labels(groups, lined_up, i);
            }
            print_group(groups[i], depth, width);
            if (adds_language_ && begins_with(groups[i], Keyword::sop)) print_language();
        }
    }

    void print_group(const Group& group, std::size_t depth, std::size_t labels_width) {
        print_leading(group.first(), depth);
        add(margin(depth));
        if (!group.label) {
            print_item(group.items.front(), depth);
        } else if (const auto label = flat(*group.label); label && has_one_behind_label(group)) {
            print_behind_label(*label, group.items.front(), depth, labels_width);
        } else {
            print_item(*group.label, depth);
            print_owned(group.items, depth + 1);
        }
    }

    void print_behind_label(const std::string& label, const Item& item, std::size_t depth,
                            std::size_t labels_width) {
        add(label + " ");
        const std::size_t gap = std::max(labels_width, display_width(label)) - display_width(label);
        if (one_line(item, column() + gap)) add(std::string(gap, ' '));
        print_item(item, depth);
    }

    void print_owned(const std::vector<Item>& items, std::size_t depth) {
        block_start_ = true;
        for (const Item& item : items) {
            print_leading(item, depth);
            add(margin(depth));
            print_item(item, depth);
        }
    }

    // ---- the dialect ----

    bool begins_with(const Group& group, Keyword keyword) const {
        const TokenUse& use = parsed_.layout.uses[group.first().elements.front().token];
        return use.role == TokenRole::keyword && use.keyword == keyword;
    }

    bool says_language() const {
        return std::any_of(parsed_.layout.uses.begin(), parsed_.layout.uses.end(),
                           [](const TokenUse& use) { return use.role == TokenRole::dialect; });
    }

    void print_language() {
        add(std::string(spelling(Keyword::language, to_)) + " " + std::string(name_of(to_)));
        end_line();
        adds_language_ = false;
    }

    const ParsedDocument& parsed_;
    TokenText words_;
    Dialect to_;
    bool adds_language_ = false;
    std::string text_{};
    std::size_t line_begin_ = 0;
    bool block_start_ = true;  // nothing, or a blank line, stands before the next line
};

}  // namespace

std::string format(const Source& source, const ParsedDocument& parsed, Dialect to) {
    return Printer(source, parsed, to).print(read_items(source, parsed));
}

}  // namespace sop::lang
