#include "lang/format.h"

#include "lang/schedule_text.h"
#include "lang/step_times.h"
#include "lang/unicode.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang {

namespace {

constexpr std::size_t indent_width = 2;
// A label longer than this is not lined up with: the actions would stand too far right.
constexpr std::size_t aligned_label_max = 40;

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

template <typename T, typename Write>
std::vector<std::string> map_texts(const std::vector<T>& values, Write write) {
    std::vector<std::string> texts;
    for (const auto& value : values) texts.push_back(write(value));
    return texts;
}

// ---- texts
// ----------------------------------------------------------------------------------------------------------

std::string hole_text(const ast::Hole& hole) {
    return "{" + join(map_texts(hole.path, [](const ast::Name& name) { return name.text; }), ".") +
           "}";
}

// What stands between the quotes.
std::string inner_text(const ast::Text& text) {
    std::string result;
    for (const auto& part : text.parts) {
        if (const auto* hole = std::get_if<ast::Hole>(&part)) {
            result += hole_text(*hole);
            continue;
        }
        for (const char character : std::get<std::string>(part)) {
            result += character;
            if (character == '{') result += '{';
        }
    }
    return result;
}

std::string quoted_text(const ast::Text& text, std::size_t indent) {
    const std::string inner = inner_text(text);
    const auto has = [&](std::string_view part) { return inner.find(part) != std::string::npos; };
    if (has("\n")) {
        const std::string margin(indent + indent_width, ' ');
        std::string result = "\"\"\"\n";
        std::size_t from = 0;
        while (from <= inner.size()) {
            const std::size_t to = std::min(inner.find('\n', from), inner.size());
            if (to > from) result += margin + inner.substr(from, to - from);
            result += '\n';
            from = to + 1;
        }
        return result + margin + "\"\"\"";
    }
    if (!has("\"")) return "\"" + inner + "\"";
    if (!has("\xE3\x80\x8D")) return "\xE3\x80\x8C" + inner + "\xE3\x80\x8D";
    if (!has("\xE2\x80\x9D")) return "\xE2\x80\x9C" + inner + "\xE2\x80\x9D";
    return "\"\"\"" + inner + "\"\"\"";
}

// ---- heads
// ----------------------------------------------------------------------------------------------------------

std::string trigger_text(const ast::Rule& rule) {
    if (const auto* event = std::get_if<ast::EventHead>(&rule.trigger)) {
        return "on " + event->event.text +
               (event->argument ? "(" + event->argument->text + ")" : "");
    }
    return schedule_text(std::get<ast::CalendarHead>(rule.trigger).schedule);
}

std::string clause_text(const ast::Clause& clause) {
    if (const auto* timezone = std::get_if<ast::TimezoneClause>(&clause))
        return "timezone " + timezone->zone.text;
    const auto name_text = [](const ast::Name& name) { return name.text; };
    if (const auto* via = std::get_if<ast::ViaClause>(&clause)) {
        return "via " + join(map_texts(via->channels, name_text), " else ");
    }
    if (const auto* calendar = std::get_if<ast::CalendarClause>(&clause)) {
        return "calendar " + calendar->calendar.text +
               (calendar->unknown_as_weekdays ? " unknown weekdays" : "");
    }
    if (const auto* gap = std::get_if<ast::GapClause>(&clause))
        return "gap " + std::string(gap_text(gap->policy));
    if (const auto* overlap = std::get_if<ast::OverlapClause>(&clause))
        return "overlap " + std::string(overlap_text(overlap->policy));
    const auto& audience = std::get<ast::AudienceClause>(clause);
    std::string text = audience.kind == SubjectKind::group ? "for groups" : "for members";
    for (const auto& any_of : audience.tagged)
        text += " tagged " + join(map_texts(any_of, name_text), ", ");
    return text;
}

// ---- the printer
// ----------------------------------------------------------------------------------------------------

class Printer {
  public:
    std::string print(const Document& document) {
        for (const auto& item : document.items) {
            std::visit([&](const auto& node) { print_item(node); }, item);
        }
        print_comments(document.end_comments);
        return std::move(text_);
    }

  private:
    // ---- lines ----

    void line(const std::string& content) {
        if (!content.empty()) text_.append(depth_ * indent_width, ' ').append(content);
        text_ += '\n';
        block_start_ = false;
    }

    void blank_line() {
        if (!block_start_) text_ += '\n';
        block_start_ = true;
    }

    std::size_t width_left(std::string_view content) const {
        const std::size_t used = depth_ * indent_width + display_width(content);
        return used > line_width ? 0 : line_width - used;
    }
    bool fits(std::string_view content) const {
        return content.find('\n') == std::string_view::npos && width_left(content) > 0;
    }

    void print_comments(const std::vector<ast::Comment>& comments) {
        for (const auto& comment : comments) {
            if (comment.blank_line_before) blank_line();
            line(comment.text);
        }
    }

    void print_leading(const ast::Trivia& trivia) {
        print_comments(trivia.leading);
        if (trivia.blank_line_before) blank_line();
    }

    static std::string with_trailing(std::string content, const ast::Trivia& trivia) {
        if (trivia.trailing) content += "  " + trivia.trailing->text;
        return content;
    }

    static bool has_comments(const ast::BlockTrivia& block) {
        return block.after_open || !block.before_close.empty();
    }

    template <typename PrintItems>
    void print_block(const std::string& head, const ast::BlockTrivia& block,
                     const ast::Trivia& trivia, PrintItems print_items) {
        line(head + " {" + (block.after_open ? "  " + block.after_open->text : ""));
        ++depth_;
        block_start_ = true;
        print_items();
        print_comments(block.before_close);
        --depth_;
        line(with_trailing("}", trivia));
    }

    // ---- declarations ----

    void print_item(const ast::Edition& edition) {
        print_leading(edition.trivia);
        line(with_trailing(fmt::format("sop {}", edition.number), edition.trivia));
    }

    void print_item(const ast::LanguageStatement& statement) {
        print_leading(statement.trivia);
        line(
            with_trailing("language " + std::string(name_of(statement.dialect)), statement.trivia));
    }

    void print_item(const ast::Import& import) {
        print_leading(import.trivia);
        line(with_trailing("import " + import.name, import.trivia));
    }

    static std::string calendar_item_text(const ast::CalendarDeclaration::Item& item) {
        if (const auto* weekend = std::get_if<ast::CalendarDeclaration::Weekend>(&item))
            return "weekend " + weekdays_text(weekend->weekdays);
        if (const auto* years = std::get_if<ast::CalendarDeclaration::Years>(&item)) {
            return years->first == years->last
                       ? fmt::format("years {}", years->first)
                       : fmt::format("years {}..{}", years->first, years->last);
        }
        if (const auto* workdays = std::get_if<ast::CalendarDeclaration::Workdays>(&item))
            return "workday on " + dates_text(workdays->dates);
        if (const auto* timezone = std::get_if<ast::CalendarDeclaration::Timezone>(&item))
            return "timezone " + timezone->zone.text;
        const auto& named = std::get<ast::NamedDays>(item);
        return (named.holiday ? "holiday " : "day ") + named.name.text + title_text(named.title) +
               " " + days_text(named.days);
    }

    // A list too long for its line goes on in the next ones.
    void print_wrapped(std::string content, const ast::Trivia& trivia) {
        while (!fits(content)) {
            const std::size_t comma = content.rfind(", ", line_width - depth_ * indent_width - 2);
            if (comma == std::string::npos) break;
            line(content.substr(0, comma + 1));
            content = "  " + content.substr(comma + 2);
        }
        line(with_trailing(content, trivia));
    }

    void print_item(const ast::CalendarDeclaration& calendar) {
        print_leading(calendar.trivia);
        const std::string head = "calendar " + calendar.name.text + title_text(calendar.title);
        print_block(head, calendar.block, calendar.trivia, [&] {
            for (const auto& item : calendar.items) {
                const auto& trivia = std::visit(
                    [](const auto& node) -> const ast::Trivia& { return node.trivia; }, item);
                print_leading(trivia);
                print_wrapped(calendar_item_text(item), trivia);
            }
        });
    }

    void print_item(const ast::ChannelDeclaration& channel) {
        print_leading(channel.trivia);
        const std::string head = "channel " + channel.name.text;
        const std::string kind = channel.kind ? "kind " + channel.kind->text : "";
        if (!has_comments(channel.block)) {
            line(with_trailing(head + " { " + kind + (kind.empty() ? "}" : " }"), channel.trivia));
            return;
        }
        print_block(head, channel.block, channel.trivia, [&] { line(kind); });
    }

    void print_item(const ast::TagDeclaration& declaration) {
        print_leading(declaration.trivia);
        std::string current = "tag ";
        for (std::size_t i = 0; i < declaration.tags.size(); ++i) {
            const auto& tag = declaration.tags[i];
            const bool last = i + 1 == declaration.tags.size();
            const std::string part = tag.name.text +
                                     (tag.title ? " " + quoted_text(*tag.title, 0) : "") +
                                     (last ? "" : ",");
            if (i > 0 && !fits(current + part)) {
                line(current.substr(0, current.find_last_not_of(' ') + 1));
                current = "    ";
            }
            current += part + (last ? "" : " ");
        }
        line(with_trailing(current, declaration.trivia));
    }

    static std::string field_text(const ast::EventDeclaration::Field& field) {
        std::string text = field.name.text + ": " + field.type->text;
        if (field.optional) text += " optional";
        if (!field.default_value) return text;
        const std::string& value = field.default_value->text;
        return text + " = " +
               (field.default_value->quoted ? quoted_text(ast::Text{{value}, false, {}}, 0)
                                            : value);
    }

    void print_item(const ast::EventDeclaration& event) {
        print_leading(event.trivia);
        const auto fields = map_texts(event.fields, field_text);
        const std::string head = "event " + event.name.text + " {";
        const std::string one_line =
            fields.empty() ? head + " }" : head + " " + join(fields, ", ") + " }";
        if (fits(one_line)) {
            line(with_trailing(one_line, event.trivia));
            return;
        }
        line(head);
        ++depth_;
        for (std::size_t i = 0; i < fields.size(); ++i)
            line(fields[i] + (i + 1 < fields.size() ? "," : ""));
        --depth_;
        line(with_trailing("}", event.trivia));
    }

    void print_item(const ast::ContentDeclaration& content) {
        print_leading(content.trivia);
        const std::string head = "content " + content.name.text;
        const std::string one_line = head + " { text " + quoted_text(*content.text, 0) + " }";
        if (!has_comments(content.block) && fits(one_line)) {
            line(with_trailing(one_line, content.trivia));
            return;
        }
        print_block(head, content.block, content.trivia,
                    [&] { line("text " + quoted_text(*content.text, depth_ * indent_width)); });
    }

    // ---- playbooks ----

    static std::string title_text(const std::optional<ast::Text>& title) {
        return title ? " " + quoted_text(*title, 0) : "";
    }

    void print_item(const ast::Playbook& playbook) {
        print_leading(playbook.trivia);
        const std::string head = "playbook " + playbook.name.text + title_text(playbook.title);
        print_block(head, playbook.block, playbook.trivia, [&] {
            for (const auto& item : playbook.items) {
                if (const auto* setting = std::get_if<ast::Setting>(&item)) {
                    print_leading(setting->trivia);
                    line(with_trailing(clause_text(setting->clause), setting->trivia));
                } else {
                    print_rule(std::get<ast::Rule>(item));
                }
            }
        });
    }

    void print_rule(const ast::Rule& rule) {
        print_leading(rule.trivia);
        std::string head = rule.name.text + title_text(rule.title) + ": " + trigger_text(rule);
        std::vector<std::string> clauses;
        for (std::size_t kind = 0; kind < std::variant_size_v<ast::Clause>; ++kind) {
            for (const auto& clause : rule.clauses) {
                if (clause.index() == kind) clauses.push_back(clause_text(clause));
            }
        }
        const std::string one_line_head = clauses.empty() ? head : head + " " + join(clauses, " ");
        if (const auto action = only_action(rule)) {
            const std::string one_line = one_line_head + " { " + *action + " }";
            if (fits(one_line)) {
                line(with_trailing(one_line, rule.trivia));
                return;
            }
        }
        if (fits(one_line_head + " {")) {
            head = one_line_head;
        } else if (!clauses.empty()) {
            line(head);
            head = "    " + join(clauses, " ");
        }
        print_block(head, rule.block, rule.trivia, [&] { print_steps(rule.steps); });
    }

    // The text of a rule's one action, when the rule is just that.
    static std::optional<std::string> only_action(const ast::Rule& rule) {
        if (has_comments(rule.block) || rule.steps.size() != 1) return std::nullopt;
        const auto& step = rule.steps.front();
        if (step.label || step.actions.size() != 1) return std::nullopt;
        const ast::Trivia& trivia = trivia_of(step.actions.front());
        if (!trivia.leading.empty() || trivia.trailing) return std::nullopt;
        return action_text(step.actions.front(), 0);
    }

    static const ast::Trivia& trivia_of(const ast::Action& action) {
        return std::visit([](const auto& node) -> const ast::Trivia& { return node.trivia; },
                          action);
    }

    static std::string action_text(const ast::Action& action, std::size_t indent) {
        if (const auto* change = std::get_if<ast::TagAction>(&action)) {
            return (change->add ? "tag " : "untag ") + change->tag.text;
        }
        const auto& deliver = std::get<ast::DeliverAction>(action);
        const std::string verb = deliver.to_members ? "send " : "post ";
        if (const auto* name = std::get_if<ast::Name>(&deliver.message)) return verb + name->text;
        return verb + quoted_text(std::get<ast::Text>(deliver.message), indent);
    }

    // A step whose one action stands behind its label; neighbours of this shape are lined up.
    static bool is_one_line(const ast::Step& step) {
        return step.label && step.actions.size() == 1 &&
               trivia_of(step.actions.front()).leading.empty() && !step.trivia.trailing;
    }

    static bool begins_group(const ast::Step& step) {
        return step.trivia.blank_line_before || !step.trivia.leading.empty();
    }

    static std::size_t aligned_width(const std::vector<ast::Step>& steps, std::size_t first) {
        std::size_t width = 0;
        for (std::size_t i = first; i < steps.size(); ++i) {
            if (!is_one_line(steps[i]) || (i > first && begins_group(steps[i]))) break;
            const std::size_t label = display_width(label_text(*steps[i].label)) + 1;
            if (label <= aligned_label_max) width = std::max(width, label);
        }
        return width;
    }

    void print_steps(const std::vector<ast::Step>& steps) {
        std::size_t width = 0;
        bool in_group = false;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const ast::Step& step = steps[i];
            if (!is_one_line(step)) {
                in_group = false;
                print_step(step);
                continue;
            }
            if (!in_group || begins_group(step)) width = aligned_width(steps, i);
            in_group = true;
            print_leading(step.trivia);
            std::string label = label_text(*step.label) + ":";
            label.append(std::max(width, display_width(label)) - display_width(label) + 1, ' ');
            print_action(step.actions.front(), label);
        }
    }

    void print_step(const ast::Step& step) {
        print_leading(step.trivia);
        if (step.label) {
            line(with_trailing(label_text(*step.label) + ":", step.trivia));
            ++depth_;
        }
        for (const auto& action : step.actions) {
            print_leading(trivia_of(action));
            print_action(action, "");
        }
        if (step.label) --depth_;
    }

    void print_action(const ast::Action& action, const std::string& label) {
        line(with_trailing(label + action_text(action, depth_ * indent_width), trivia_of(action)));
    }

    std::string text_{};
    std::size_t depth_ = 0;
    bool block_start_ = true;  // nothing, or a blank line, stands before the next line
};

}  // namespace

std::string format(const Document& document) {
    return Printer().print(document);
}

}  // namespace sop::lang
