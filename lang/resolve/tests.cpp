#include "lang/resolve/tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lang/codes.h"
#include "lang/resolve/expressions.h"
#include "lang/resolve/rules.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

bool is_builtin(const std::string& event) {
    return event == "message" || event == "join" || event == "leave";
}

std::vector<std::string> texts_of(const std::vector<ast::Name>& names) {
    std::vector<std::string> texts;
    for (const auto& name : names) texts.push_back(name.text);
    return texts;
}

std::optional<date::local_seconds> moment_of(const std::optional<ast::LocalMoment>& moment) {
    return moment ? std::optional(moment->value) : std::nullopt;
}

class TestResolver {
  public:
    TestResolver(const ast::TestDeclaration& test, const ResolveContext& context)
        : test_(test), context_(context) {}

    TestCase resolve() {
        result_.title = ast::plain_text(test_.title);
        result_.file = context_.file.source->name();
        result_.line = line_of(test_.span);
        resolve_start();
        for (const auto& group : test_.groups) resolve(group);
        for (const auto& member : test_.members) resolve(member);
        for (const auto& pool : test_.pools) resolve(pool);
        for (const auto& event : test_.events) resolve(event);
        std::stable_sort(result_.events.begin(), result_.events.end(),
                         [](const auto& a, const auto& b) { return a.at < b.at; });
        for (const auto& expectation : test_.expectations) resolve(expectation);
        if (test_.expectations.empty() && !test_.broken) {
            context_
                .report(code::test_expects_nothing, test_.title.span,
                        "this test expects nothing, so it cannot fail"_say, "no `expect` in it"_say)
                .severity = Severity::warning;
        }
        return std::move(result_);
    }

  private:
    using Names = std::map<std::string, SourceSpan>;

    std::size_t line_of(SourceSpan span) const {
        return context_.file.source->line_column(span.begin).line;
    }

    void resolve_start() {
        if (test_.start) {
            find_zone(test_.start->zone, true, context_);
            result_.timezone = test_.start->zone.text;
            result_.start = test_.start->moment.value;
        } else if (!test_.broken) {
            context_
                .report(code::test_without_start, test_.title.span,
                        "this test does not say when it starts"_say, "`start` is missing"_say)
                .notes.push_back("add `start 2026-11-25 00:00 Asia/Shanghai`"_say);
        }
    }

    void resolve(const ast::TestDeclaration::Group& group) {
        declare(groups_, group.name, "the test has two groups `{}`"_say);
        for (const auto& tag : group.tags) check_tag(tag, context_);
        result_.groups.push_back({group.name.text, texts_of(group.tags)});
    }

    void resolve(const ast::TestDeclaration::Member& member) {
        declare(members_, member.name, "the test has two members `{}`"_say);
        for (const auto& tag : member.tags) check_tag(tag, context_);
        for (const auto& group : member.groups) require_group(group);
        result_.members.push_back(
            {member.name.text, texts_of(member.tags), texts_of(member.groups)});
    }

    void resolve(const ast::TestDeclaration::Pool& pool) {
        check_pool(pool.name, context_);
        TestCase::Pool result{pool.name.text, {}};
        for (const auto& code : pool.codes) result.codes.push_back(ast::plain_text(code));
        result_.pools.push_back(std::move(result));
    }

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

    // ---- events ----

    void resolve(const ast::TestDeclaration::Event& event) {
        require_after_start(event.at);
        const std::string& type = event.event.text;
        if (!is_builtin(type) && !context_.symbols.events.contains(type)) {
            context_.report_unknown(code::unknown_event, event.event, "there is no event `{}`"_say,
                                    names_of(context_.symbols.events), "event {} {{ }}"_say);
            return;
        }
        TestCase::Event result{fmt::format("event-{:04}", result_.events.size() + 1), type};
        result.at = event.at.value;
        result.line = line_of(event.span);
        const Fields fields = event_fields(type, context_.symbols);
        for (const auto& given : event.fields) resolve_field(given, fields, result);
        require_fields(event);
        declare(events_, {result.id, event.event.span}, "the test has two events `{}`"_say);
        result_.events.push_back(std::move(result));
    }

    void resolve_field(const ast::Argument& given, const Fields& fields, TestCase::Event& event) {
        const std::string& name = given.name.text;
        const auto field = fields.find(name);
        if (field == fields.end()) {
            auto& diagnostic =
                context_.report(code::unknown_field, given.name.span,
                                "the event `{}` has no field `{}`"_say(event.type, name));
            suggest(diagnostic, name, names_of(fields));
            return;
        }
        const auto value = value_of(given, field->second);
        if (!value) return;
        if (name == "group") {
            event.group = value;
        } else if (name == "member") {
            event.member = value;
        } else if (name == "id") {
            event.id = *value;
        } else {
            event.fields[name] = *value;
        }
    }

    // As a canonical text; nothing when it is none, which is reported.
    std::optional<std::string> value_of(const ast::Argument& given, const Type& type) {
        const bool subject = given.name.text == "group" || given.name.text == "member";
        // One that is nowhere else comes into being with its event.
        if (subject && given.value.kind == ast::Expression::Kind::path &&
            given.value.names.size() == 1)
            return given.value.names.front().text;
        Scope outside;
        outside.symbols = &context_.symbols;
        const auto value = resolve_value(given.value, type, outside, context_);
        if (!value) return std::nullopt;
        if (value->kind != Expression::Kind::literal) {
            context_.report(code::wrong_type, given.value.span,
                            "what happens in a test is written out"_say,
                            "{}, as it is"_say(type_text(type)));
            return std::nullopt;
        }
        return value->text;
    }

    // A field that is neither given, optional nor has a default.
    void require_fields(const ast::TestDeclaration::Event& event) {
        const auto declared = context_.symbols.events.find(event.event.text);
        if (declared == context_.symbols.events.end()) return;
        const Source* source = declared->second.at.source();
        const Source* elsewhere = source == context_.file.source ? nullptr : source;
        for (const auto& field : declared->second->fields) {
            const bool is_given = std::any_of(
                event.fields.begin(), event.fields.end(),
                [&](const ast::Argument& given) { return given.name.text == field.name.text; });
            if (is_given || field.optional || field.default_value) continue;
            context_
                .report(
                    code::event_field_missing, event.event.span,
                    "the event `{}` needs the field `{}`"_say(event.event.text, field.name.text))
                .related.push_back({field.name.span, "declared here"_say, elsewhere});
        }
    }

    // ---- expectations ----

    void resolve(const ast::TestDeclaration::Expectation& expectation) {
        TestCase::Expectation result{
            expectation.to_member ? SubjectKind::member : SubjectKind::group,
            expectation.subject.text};
        if (expectation.nothing) result.count = 0;
        if (expectation.count) result.count = expectation.count->value;
        result.at = moment_of(expectation.at);
        result.from = moment_of(expectation.from);
        result.until = moment_of(expectation.until);
        result.containing = ast::plain_text(expectation.containing);
        result.line = line_of(expectation.span);
        check(expectation);
        result_.expectations.push_back(std::move(result));
    }

    void check(const ast::TestDeclaration::Expectation& expectation) {
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
        check_containing(expectation.containing);
    }

    // A hole would be looked for as nothing.
    void check_containing(const std::optional<ast::Text>& containing) {
        if (!containing) return;
        for (const auto& part : containing->parts) {
            if (!std::holds_alternative<ast::Hole>(part)) continue;
            context_.report(code::wrong_type, containing->span,
                            "what happens in a test is written out"_say,
                            "a text without holes"_say);
            return;
        }
    }

    void require_after_start(const ast::LocalMoment& moment) {
        if (!test_.start || moment.value >= test_.start->moment.value) return;
        context_.report(code::bounds_contradict, moment.span, "this is before the test starts"_say)
            .related.push_back({test_.start->moment.span, "it starts here"_say});
    }

    const ast::TestDeclaration& test_;
    const ResolveContext& context_;
    TestCase result_{};
    Names groups_{};
    Names members_{};
    Names events_{};
};

}  // namespace

TestCase resolve_test(const ast::TestDeclaration& test, const ResolveContext& context) {
    return TestResolver(test, context).resolve();
}

}  // namespace sop::lang
