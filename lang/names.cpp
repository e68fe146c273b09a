#include "lang/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <type_traits>
#include <variant>

#include "lang/codes.h"
#include "lang/likeness.h"
#include "lang/report.h"
#include "lang/unicode.h"

namespace sop::lang {

namespace {

// Names that have to differ from one another: those of all events, of the fields of one event.
using Group = std::vector<const ast::Name*>;

// ---- what a document declares ----

class GroupCollector {
  public:
    std::vector<Group> collect(const Document& document) {
        for (const auto& item : document.items) {
            std::visit([&](const auto& node) { take(kinds_[item.index()], node); }, item);
        }
        groups_.insert(groups_.end(), kinds_.begin(), kinds_.end());
        return std::move(groups_);
    }

  private:
    // Most declarations have a name or a list of names.
    template <typename Node>
    void take(Group& kind, const Node& node) {
        if constexpr (requires { node.names; }) {
            for (const ast::Name& name : node.names) kind.push_back(&name);
        } else if constexpr (requires { node.name; }) {
            if constexpr (std::is_same_v<decltype(node.name), ast::Name>)
                kind.push_back(&node.name);
        }
        take_inside(node);
    }
    void take(Group& kind, const ast::TagDeclaration& declaration) {
        for (const auto& tag : declaration.tags) kind.push_back(&tag.name);
    }

    template <typename Node>
    void take_inside(const Node&) {}
    void take_inside(const ast::EventDeclaration& event) { take_parts(event.fields); }
    void take_inside(const ast::TableDeclaration& table) { take_parts(table.columns); }
    void take_inside(const ast::TemplateDeclaration& declaration) {
        take_parts(declaration.parameters);
        take_inside(declaration.rules);
    }
    void take_inside(const ast::CalendarDeclaration& calendar) {
        Group days;
        for (const auto& item : calendar.items) {
            if (const auto* named = std::get_if<ast::NamedDays>(&item))
                days.push_back(&named->name);
        }
        groups_.push_back(std::move(days));
    }
    void take_inside(const ast::Playbook& playbook) {
        Group rules;
        for (const auto& item : playbook.items) {
            std::visit(
                [&](const auto& node) {
                    if constexpr (requires { node.name; }) rules.push_back(&node.name);
                },
                item);
        }
        groups_.push_back(std::move(rules));
    }

    template <typename Parts>
    void take_parts(const Parts& parts) {
        Group names;
        for (const auto& part : parts) names.push_back(&part.name);
        groups_.push_back(std::move(names));
    }

    std::array<Group, std::variant_size_v<ast::Item>> kinds_{};
    std::vector<Group> groups_{};
};

// ---- what is wrong with them ----

// Nothing but ASCII and Chinese characters: such names are not looked at any closer, as nearly all
// are of this kind, and what looks alike among them (`l` and `1`) every reader knows to look out
// for.
bool is_plain(const ast::Name& name) {
    for (std::size_t at = 0; at < name.text.size();) {
        const CodePoint current = code_point_at(name.text, at);
        if (current.value >= 0x80 && !is_han(current.value)) return false;
        at += current.length;
    }
    return true;
}

class NameCheck {
  public:
    NameCheck(const Source& source, std::vector<Diagnostic>& diagnostics)
        : source_(source), diagnostics_(diagnostics) {}

    void check(const Group& group) {
        if (std::all_of(group.begin(), group.end(),
                        [](const ast::Name* name) { return is_plain(*name); }))
            return;
        const std::set<const ast::Name*> alike = check_look_alikes(group);
        for (const ast::Name* name : group) {
            if (is_plain(*name)) continue;
            if (!alike.contains(name)) check_scripts(*name);
            check_composed(*name);
        }
    }

  private:
    // Gives back the names it reported, each with the one it looks like.
    std::set<const ast::Name*> check_look_alikes(const Group& group) {
        std::set<const ast::Name*> alike;
        std::map<std::string, const ast::Name*> firsts;
        for (const ast::Name* name : group) {
            const auto [at, added] = firsts.emplace(skeleton(name->text), name);
            const ast::Name& first = *at->second;
            if (added || first.text == name->text || (is_plain(first) && is_plain(*name))) continue;
            alike.insert({&first, name});
            auto& diagnostic =
                add_warning(diagnostics_, code::names_look_alike, name->span,
                            "two names look alike: `{}` and `{}`"_say(first.text, name->text),
                            "not the same letters"_say);
            diagnostic.related.push_back({first.span, "looks the same"_say});
            note_difference(diagnostic, first.text, name->text);
        }
        return alike;
    }

    // Of letters that cannot be told apart by sight the numbers are said.
    static void note_difference(Diagnostic& diagnostic, std::string_view first,
                                std::string_view second) {
        for (std::size_t at = 0; at < std::min(first.size(), second.size());) {
            const CodePoint one = code_point_at(first, at);
            const CodePoint other = code_point_at(second, at);
            if (one.value != other.value) {
                diagnostic.notes.push_back("`{}` is {} in the first name and {} in the second"_say(
                    second.substr(at, other.length), number_of(one), number_of(other)));
                return;
            }
            at += one.length;
        }
    }

    static std::string number_of(CodePoint letter) {
        return fmt::format("U+{:04X}", static_cast<unsigned>(letter.value));
    }

    void check_scripts(const ast::Name& name) {
        std::map<Script, std::string> firsts;  // of each alphabet its first letter in the name
        for (std::size_t at = 0; at < name.text.size();) {
            const CodePoint current = code_point_at(name.text, at);
            const Script script = script_of(current.value);
            if (script != Script::other)
                firsts.emplace(script, name.text.substr(at, current.length));
            at += current.length;
        }
        if (firsts.size() < 2) return;
        const auto& [script, letter] = *firsts.rbegin();
        add_warning(diagnostics_, code::name_mixes_scripts, name.span,
                    "the name `{}` mixes letters of two alphabets"_say(name.text),
                    "`{}` is a {} letter"_say(
                        letter, script == Script::greek ? "Greek"_say : "Cyrillic"_say));
    }

    void check_composed(const ast::Name& name) {
        if (source_.text(name.span) == name.text) return;
        auto& diagnostic =
            add_error(diagnostics_, code::name_not_composed, name.span,
                      "the letters of `{}` are written in parts"_say(name.text),
                      "accepted; `sop fmt` writes them in the composed form (NFC)"_say);
        diagnostic.severity = Severity::note;
        diagnostic.fix = Fix{name.span, name.text, "write them composed"_say};
    }

    const Source& source_;
    std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

void check_names(const Source& source, const Document& document,
                 std::vector<Diagnostic>& diagnostics) {
    NameCheck names(source, diagnostics);
    for (const Group& group : GroupCollector().collect(document)) names.check(group);
}

}  // namespace sop::lang
