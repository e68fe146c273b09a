#include "lang/format/items.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sop::lang::formatting {

namespace {

void move_to(std::vector<Comment>& to, std::vector<Comment>& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
    from.clear();
}

// The comments of a file and its blank lines, by the tokens they stand beside. Line ends are no
// neighbours: a comment behind `;` stands beside the token before it.
class Surroundings {
  public:
    Surroundings(const Source& source, const TokenList& list)
        : source_(source),
          before_(list.tokens.size()),
          behind_(list.tokens.size()),
          blank_line_before_(list.tokens.size()) {
        auto comment = list.comments.begin();
        std::optional<std::size_t> left;
        for (std::size_t token = 0; token < list.tokens.size(); ++token) {
            if (list.tokens[token].kind == TokenKind::line_end) continue;
            const std::size_t begin = list.tokens[token].span.begin;
            for (; comment != list.comments.end() && comment->span.begin < begin; ++comment)
                place(comment->span, left, token);
            blank_line_before_[token] = line_ends(begin) > 1;
            end_ = list.tokens[token].span.end;
            left = token;
        }
    }

    std::vector<Comment>& before(std::size_t token) { return before_[token]; }
    std::vector<Comment>& behind(std::size_t token) { return behind_[token]; }
    bool blank_line_before(std::size_t token) const { return blank_line_before_[token]; }

  private:
    // Between what was seen last and `begin`.
    std::ptrdiff_t line_ends(std::size_t begin) const {
        const std::string_view between = source_.text({end_, begin});
        return std::count(between.begin(), between.end(), '\n');
    }

    void place(SourceSpan span, std::optional<std::size_t> left, std::size_t right) {
        std::string_view written = source_.text(span);
        written = written.substr(0, written.find_last_not_of(" \t") + 1);
        const bool on_line = left && behind_[*left].empty() && line_ends(span.begin) == 0;
        auto& place = on_line ? behind_[*left] : before_[right];
        place.push_back({std::string(written), line_ends(span.begin) > 1});
        end_ = span.end;
    }

    const Source& source_;
    std::vector<std::vector<Comment>> before_;
    std::vector<std::vector<Comment>> behind_;
    std::vector<bool> blank_line_before_;
    std::size_t end_ = 0;
};

// For each token the clause it belongs to.
struct ClausePlace {
    std::size_t clause = 0;  // a number of its own in the file; 0 is none
    int rank = 0;
};

std::vector<ClausePlace> clause_places(const ParsedDocument& parsed) {
    std::vector<ClausePlace> places(parsed.tokens.tokens.size());
    std::size_t number = 0;
    for (const auto& head : parsed.layout.heads) {
        for (const Layout::Clause& clause : head) {
            ++number;
            for (std::size_t token = clause.begin; token < clause.end; ++token)
                places[token] = {number, clause.rank};
        }
    }
    return places;
}

class ItemReader {
  public:
    ItemReader(const Source& source, const ParsedDocument& parsed)
        : source_(source),
          parsed_(parsed),
          tokens_(parsed.tokens.tokens),
          surroundings_(source, parsed.tokens),
          clauses_(clause_places(parsed)),
          is_literal_time_(tokens_.size()) {
        for (const std::size_t token : parsed.layout.literal_times) is_literal_time_[token] = true;
    }

    Block read() {
        Block file;
        file.groups = read_groups();
        file.before_close = comments_before(at_);
        return file;
    }

  private:
    // ---- what stands where ----

    TokenKind kind(std::size_t token) const { return tokens_[token].kind; }
    const TokenUse& use(std::size_t token) const { return parsed_.layout.uses[token]; }
    bool is(std::size_t token, Keyword keyword) const {
        return use(token).role == TokenRole::keyword && use(token).keyword == keyword;
    }
    bool at_block_end() const {
        return kind(at_) == TokenKind::close_brace || kind(at_) == TokenKind::end_of_file;
    }
    std::size_t behind_line_ends(std::size_t token) const {
        while (kind(token) == TokenKind::line_end) ++token;
        return token;
    }

    // What stands before a line end leaves something open.
    bool leaves_open(std::size_t token) const {
        switch (kind(token)) {
            case TokenKind::comma:
            case TokenKind::plus:
            case TokenKind::minus:
            case TokenKind::equal:
                return true;
            case TokenKind::operator_sign:
                return use(token).role != TokenRole::sign;
            case TokenKind::colon:
                return use(token).role != TokenRole::label_colon;
            default:
                return is(token, Keyword::and_) || is(token, Keyword::or_) ||
                       is(token, Keyword::not_);
        }
    }

    // What stands behind a line end cannot begin an item.
    bool goes_on(std::size_t token) const {
        const bool begins_clause =
            clauses_[token].clause != 0 && clauses_[token].clause != clauses_[token - 1].clause;
        return begins_clause || kind(token) == TokenKind::open_brace ||
               kind(token) == TokenKind::comma || is(token, Keyword::else_) ||
               is(token, Keyword::and_) || is(token, Keyword::or_);
    }

    // Of a line end. A head, a list and an expression may go on behind it.
    bool ends_item(const Item& item) const {
        return !item.elements.empty() && !leaves_open(last_token(item)) &&
               !goes_on(behind_line_ends(at_));
    }

    std::size_t last_token(const Item& item) const {
        const std::size_t token = item.elements.back().token;
        return tokens_[token].match == no_match || tokens_[token].match < token
                   ? token
                   : tokens_[token].match;
    }

    // Names that a colon follows: a rule may begin so right behind the brace of another.
    bool at_name_and_colon() const {
        std::size_t token = at_;
        while (use(token).role == TokenRole::name) ++token;
        if (token == at_) return false;
        if (kind(token) == TokenKind::string_open) token = tokens_[token].match + 1;
        return kind(token) == TokenKind::colon && use(token).role != TokenRole::label_colon;
    }

    // Tokens that say nothing: an `at` before a time (which the printer writes where the dialect
    // has it), a comma behind the last of a list, all parts of a dialect's name but the first.
    bool is_dropped(std::size_t token) const {
        if (is(token, Keyword::at)) return is_literal_time_[token + 1];
        if (kind(token) == TokenKind::comma)
            return kind(behind_line_ends(token + 1)) == TokenKind::close_brace;
        return use(token).role == TokenRole::dialect && use(token - 1).role == TokenRole::dialect;
    }

    // ---- reading ----

    std::vector<Group> read_groups() {
        std::vector<Group> groups;
        while (true) {
            at_ = behind_line_ends(at_);
            if (at_block_end()) return groups;
            add_item(groups, read_item());
        }
    }

    // An item belongs to the label before it, and what stands behind a label to that one.
    void add_item(std::vector<Group>& groups, Item item) const {
        const auto colon =
            std::find_if(item.elements.begin(), item.elements.end(), [&](const Element& element) {
                return use(element.token).role == TokenRole::label_colon;
            });
        if (colon == item.elements.end()) {
            if (groups.empty() || !groups.back().label) groups.emplace_back();
            groups.back().items.push_back(std::move(item));
            return;
        }
        Item owned;
        std::move(colon + 1, item.elements.end(), std::back_inserter(owned.elements));
        item.elements.erase(colon + 1, item.elements.end());
        Group& group = groups.emplace_back();
        group.label = std::move(item);
        if (!owned.elements.empty()) group.items.push_back(std::move(owned));
    }

    std::vector<Comment> comments_before(std::size_t token) {
        std::vector<Comment> comments = std::exchange(pending_, {});
        move_to(comments, surroundings_.before(token));
        return comments;
    }

    Item read_item() {
        Item item;
        item.leading = comments_before(at_);
        item.blank_line_before = surroundings_.blank_line_before(at_);
        while (!at_block_end()) {
            if (kind(at_) == TokenKind::line_end) {
                if (ends_item(item)) break;
                ++at_;
                continue;
            }
            add_element(item);
            if (item.elements.back().block && at_name_and_colon()) break;
        }
        order_clauses(item.elements);
        move_comments_into_blocks(item.elements);
        mark_breaks(item);
        return item;
    }

    void add_element(Item& item) {
        if (is_dropped(at_)) {
            auto& left = item.elements.empty() ? pending_ : item.elements.back().comments_behind;
            move_to(pending_, surroundings_.before(at_));
            move_to(left, surroundings_.behind(at_));
            ++at_;
            return;
        }
        if (kind(at_) == TokenKind::open_brace) {
            add_block(item);
            return;
        }
        const bool text = kind(at_) == TokenKind::string_open;
        const std::size_t last = text ? tokens_[at_].match : at_;
        Element element{at_};
        element.comments_before = comments_before(at_);
        move_to(element.comments_behind, surroundings_.behind(last));
        item.elements.push_back(std::move(element));
        at_ = last + 1;
    }

    void add_block(Item& item) {
        const std::size_t open = at_++;
        const std::size_t close = tokens_[open].match;
        auto block = std::make_unique<Block>();
        const std::string_view inside =
            source_.text({tokens_[open].span.end, tokens_[close].span.begin});
        block->on_one_line = inside.find('\n') == std::string_view::npos;
        block->after_open = comments_before(open);
        move_to(block->after_open, surroundings_.behind(open));
        block->groups = read_groups();
        block->before_close = comments_before(close);
        Element element{open};
        move_to(element.comments_behind, surroundings_.behind(close));
        element.block = std::move(block);
        item.elements.push_back(std::move(element));
        at_ = close + 1;
    }

    // ---- order and breaks ----

    std::size_t clause_of(const Element& element) const { return clauses_[element.token].clause; }

    void order_clauses(std::vector<Element>& elements) const {
        const auto in_clause = [&](const Element& element) { return clause_of(element) != 0; };
        auto begin = std::find_if(elements.begin(), elements.end(), in_clause);
        while (begin != elements.end()) {
            const auto end = std::find_if_not(begin, elements.end(), in_clause);
            std::stable_sort(begin, end, [&](const Element& left, const Element& right) {
                return clause_order(left) < clause_order(right);
            });
            begin = std::find_if(end, elements.end(), in_clause);
        }
    }

    // Clauses of one rank stay in the order they were written in.
    std::pair<int, std::size_t> clause_order(const Element& element) const {
        const ClausePlace& place = clauses_[element.token];
        return {place.rank, place.clause};
    }

    // A brace stands on the line of its head; a comment between them stands behind it.
    static void move_comments_into_blocks(std::vector<Element>& elements) {
        for (std::size_t i = 1; i < elements.size(); ++i) {
            if (!elements[i].block) continue;
            auto& after_open = elements[i].block->after_open;
            move_to(elements[i - 1].comments_behind, after_open);
            after_open.swap(elements[i - 1].comments_behind);
        }
    }

    void mark_breaks(Item& item) const {
        for (std::size_t i = 1; i < item.elements.size(); ++i) {
            Element& element = item.elements[i];
            const Element& left = item.elements[i - 1];
            const bool new_clause =
                clause_of(element) != 0 && clause_of(element) != clause_of(left);
            if (new_clause) {
                element.before = Break::clause;
            } else if (kind(left.token) == TokenKind::comma) {
                element.before = Break::comma;
            }
        }
        mark_fields(item.elements);
    }

    // `what: content, which: number = 1`: each of such a list has a line when the list has several.
    void mark_fields(std::vector<Element>& elements) const {
        std::vector<std::size_t> begins{0};
        std::size_t depth = 0;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            if (kind(elements[i].token) == TokenKind::open_parenthesis) ++depth;
            if (kind(elements[i].token) == TokenKind::close_parenthesis) --depth;
            if (kind(elements[i].token) == TokenKind::comma && depth == 0) begins.push_back(i + 1);
        }
        const bool all = std::all_of(begins.begin(), begins.end(), [&](std::size_t begin) {
            return begins_with_name_and_colon(elements, begin);
        });
        if (!all) return;
        for (const std::size_t begin : begins) {
            if (begin > 0) elements[begin].before = Break::field;
        }
    }

    bool begins_with_name_and_colon(const std::vector<Element>& elements, std::size_t at) const {
        const std::size_t begin = at;
        while (at < elements.size() && use(elements[at].token).role == TokenRole::name) ++at;
        return at > begin && at < elements.size() && kind(elements[at].token) == TokenKind::colon &&
               use(elements[at].token).role != TokenRole::label_colon;
    }

    const Source& source_;
    const ParsedDocument& parsed_;
    const std::vector<Token>& tokens_;
    Surroundings surroundings_;
    std::vector<ClausePlace> clauses_;
    std::vector<bool> is_literal_time_;
    std::vector<Comment> pending_{};  // before a token that was dropped
    std::size_t at_ = 0;
};

}  // namespace

bool Item::is_list_of_fields() const {
    return std::any_of(elements.begin(), elements.end(),
                       [](const Element& element) { return element.before == Break::field; });
}

Block read_items(const Source& source, const ParsedDocument& parsed) {
    return ItemReader(source, parsed).read();
}

}  // namespace sop::lang::formatting
