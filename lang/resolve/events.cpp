#include "lang/resolve/events.h"

#include "lang/codes.h"
#include "lang/resolve/expressions.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

// `opened(article_1)`: the value that the event's first field is to have.
void resolve_argument(const ast::EventPattern& written, const ast::EventDeclaration& event,
                      const Scope& scope, const ResolveContext& context, EventPattern& pattern) {
    const ast::Expression& argument = *written.argument;
    const auto type = event.fields.empty() || !event.fields.front().type
                          ? std::nullopt
                          : declared_type(*event.fields.front().type, context.symbols);
    const bool is_name = argument.kind == ast::Expression::Kind::path && argument.names.size() == 1;
    if (type && type->value == ValueType::content && is_name) {
        const ast::Name& name = argument.names.front();
        pattern.argument = name.text;
        if (!context.symbols.contents.contains(name.text)) {
            context.report_unknown(code::unknown_content, name, "there is no content `{}`"_say,
                                   names_of(context.symbols.contents),
                                   "content {} {{ text \"…\" }}"_say);
        }
        return;
    }
    const bool asks_for_name = is_name && (!type || type->value != ValueType::content);
    if (event.fields.empty() || asks_for_name) {
        if (!event.fields.empty() && !event.fields.front().type) return;
        context
            .report(
                code::wrong_event_argument, argument.span,
                "`{}` cannot be asked for `{}`"_say(
                    written.event.text, is_name ? argument.names.front().text : argument.literal),
                event.fields.empty() ? "the event has no fields"_say
                                     : "the event's first field is no content"_say)
            .related.push_back({event.name.span, "declared here"_say});
        return;
    }
    if (!type) return;
    if (const auto value = resolve_value(argument, *type, scope, context))
        pattern.argument = value->text;
}

void resolve_message(const ast::EventPattern& written, const ResolveContext& context,
                     EventPattern& pattern) {
    if (written.words) {
        pattern.message = MessageCondition{MessageCondition::Kind::matching, written.words->text};
        if (!context.symbols.words.contains(written.words->text)) {
            context.report_unknown(code::unknown_words, *written.words,
                                   "there is no word list `{}`"_say,
                                   names_of(context.symbols.words), "words {} = \"…\""_say);
        }
    } else if (written.text) {
        pattern.message = MessageCondition{written.condition, ast::plain_text(written.text)};
        for (const auto& part : written.text->parts) {
            if (const auto* hole = std::get_if<ast::Hole>(&part))
                context.report(code::wrong_type, hole->span,
                               "what a message is compared with has no holes"_say);
        }
    }
}

}  // namespace

std::string event_name(const ast::EventPattern& written) {
    return written.event.text;
}

bool is_known_event(const ast::EventPattern& written, const Symbols& symbols) {
    return written.kind != ast::EventPattern::Kind::declared ||
           symbols.events.contains(written.event.text);
}

EventPattern resolve_event(const ast::EventPattern& written, const Scope& scope,
                           const ResolveContext& context) {
    EventPattern pattern;
    pattern.event = event_name(written);
    if (!is_known_event(written, context.symbols)) {
        context.report_unknown(code::unknown_event, written.event, "there is no event `{}`"_say,
                               names_of(context.symbols.events), "event {} {{ }}"_say);
        return pattern;
    }
    if (written.tag) {
        check_tag(*written.tag, context);
        pattern.tag = written.tag->text;
    }
    resolve_message(written, context, pattern);
    if (written.argument) {
        resolve_argument(written, *context.symbols.events.at(written.event.text), scope, context,
                         pattern);
    }
    if (written.where) {
        const Scope inside = scope.filtering(event_fields(pattern.event, context.symbols));
        pattern.where = resolve_condition(*written.where, inside, context);
    }
    return pattern;
}

}  // namespace sop::lang
