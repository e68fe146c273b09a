#include "lang/resolve/tests.h"

#include <map>

#include "lang/codes.h"
#include "lang/resolve/expressions.h"
#include "lang/resolve/rules.h"

namespace sop::lang {

namespace {

class TestChecker {
  public:
    TestChecker(const ast::TestDeclaration& test, const ResolveContext& context)
        : test_(test), context_(context) {}

    void check() {
        if (test_.start) {
            find_zone(test_.start->zone, true, context_);
        } else if (!test_.broken) {
            context_
                .report(code::test_without_start, test_.title.span,
                        "this test does not say when it starts"_say, "`start` is missing"_say)
                .notes.push_back("add `start 2026-11-25 00:00 Asia/Shanghai`"_say);
        }
        for (const auto& group : test_.groups) {
            declare(groups_, group.name, "the test has two groups `{}`"_say);
            for (const auto& tag : group.tags) check_tag(tag, context_);
        }
        for (const auto& member : test_.members) {
            declare(members_, member.name, "the test has two members `{}`"_say);
            for (const auto& tag : member.tags) check_tag(tag, context_);
            for (const auto& group : member.groups) require_group(group);
        }
        for (const auto& event : test_.events) check_event(event);
        for (const auto& expectation : test_.expectations) check_expectation(expectation);
        if (test_.expectations.empty() && !test_.broken) {
            context_
                .report(code::test_expects_nothing, test_.title.span,
                        "this test expects nothing, so it cannot fail"_say, "no `expect` in it"_say)
                .severity = Severity::warning;
        }
    }

  private:
    using Names = std::map<std::string, SourceSpan>;

    void declare(Names& names, const ast::Name& name, Pattern twice) {
        const auto [first, added] = names.emplace(name.text, name.span);
        if (added) return;
        context_.report(code::declared_twice, name.span, twice(name.text))
            .related.push_back({first->second, "first here"_say});
    }

    void require(const Names& names, const ast::Name& name, Pattern message, Pattern declaration) {
        if (names.contains(name.text) || test_.broken) return;
        context_.report_unknown(code::unknown_in_test, name, message, names_of(names), declaration);
    }
    void require_group(const ast::Name& name) {
        require(groups_, name, "the test has no group `{}`"_say, "group {}"_say);
    }
    void require_member(const ast::Name& name) {
        require(members_, name, "the test has no member `{}`"_say, "member {}"_say);
    }

    void check_event(const ast::TestDeclaration::Event& event) {
        require_after_start(event.at);
        const bool builtin = event.event.text == "message" || event.event.text == "join" ||
                             event.event.text == "leave";
        if (!builtin && !context_.symbols.events.contains(event.event.text)) {
            context_.report_unknown(code::unknown_event, event.event, "there is no event `{}`"_say,
                                    names_of(context_.symbols.events), "event {} {{ }}"_say);
            return;
        }
        const Fields fields = event_fields(event.event.text, context_.symbols);
        for (const auto& given : event.fields) check_field(given, event.event.text, fields);
    }

    void check_field(const ast::Argument& given, const std::string& event, const Fields& fields) {
        const bool subject = given.name.text == "group" || given.name.text == "member";
        if (subject && given.value.kind == ast::Expression::Kind::path) {
            // One that is nowhere else comes into being with its event.
            return;
        }
        const auto field = fields.find(given.name.text);
        if (field == fields.end()) {
            auto& diagnostic =
                context_.report(code::unknown_field, given.name.span,
                                "the event `{}` has no field `{}`"_say(event, given.name.text));
            suggest(diagnostic, given.name.text, names_of(fields));
            return;
        }
        Scope outside;
        outside.symbols = &context_.symbols;
        resolve_value(given.value, field->second, outside, context_);
    }

    void check_expectation(const ast::TestDeclaration::Expectation& expectation) {
        if (expectation.to_member) {
            require_member(expectation.subject);
        } else {
            require_group(expectation.subject);
        }
        for (const auto* moment : {&expectation.at, &expectation.from, &expectation.until}) {
            if (*moment) require_after_start(**moment);
        }
        if (expectation.from && expectation.until &&
            expectation.until->value <= expectation.from->value) {
            context_
                .report(code::bounds_contradict, expectation.until->span,
                        "it ends before it begins"_say)
                .related.push_back({expectation.from->span, "it begins here"_say});
        }
    }

    void require_after_start(const ast::LocalMoment& moment) {
        if (!test_.start || moment.value >= test_.start->moment.value) return;
        context_.report(code::bounds_contradict, moment.span, "this is before the test starts"_say)
            .related.push_back({test_.start->moment.span, "it starts here"_say});
    }

    const ast::TestDeclaration& test_;
    const ResolveContext& context_;
    Names groups_{};
    Names members_{};
};

}  // namespace

void check_test(const ast::TestDeclaration& test, const ResolveContext& context) {
    TestChecker(test, context).check();
}

}  // namespace sop::lang
