#include "lang/resolve/contents.h"

#include <algorithm>

#include "lang/codes.h"
#include "lang/resolve/expressions.h"
#include "lang/unicode.h"

namespace sop::lang {

namespace {

std::string plain(const std::optional<ast::Text>& text) {
    return ast::plain_text(text);
}

Card resolve_card(const ast::CardText& written, const Scope& scope, const ResolveContext& context) {
    const auto text_of = [&](const std::optional<ast::Text>& text) {
        return text ? resolve_text(*text, scope, context) : TextTemplate{};
    };
    return {text_of(written.title), text_of(written.text), plain(written.picture),
            text_of(written.link), plain(written.page)};
}

Variant resolve_part(const ast::ContentDeclaration::Part& part, const Scope& scope,
                     const ResolveContext& context) {
    Variant variant;
    if (part.variant) variant.name = part.variant->text;
    if (part.weight) variant.weight = part.weight->value;
    if (part.text) variant.text = resolve_text(*part.text, scope, context);
    for (const auto& picture : part.pictures) variant.pictures.push_back(ast::plain_text(picture));
    if (part.card) variant.card = resolve_card(*part.card, scope, context);
    return variant;
}

}  // namespace

Content resolve_content(const ast::ContentDeclaration& declaration, const Scope& scope,
                        const ResolveContext& context) {
    Content content;
    content.name = declaration.name.text;
    const auto& parts = declaration.parts;
    // None of them could be read.
    if (parts.empty()) return content;
    const bool one_text = parts.size() == 1 && !parts.front().variant &&
                          parts.front().pictures.empty() && !parts.front().card;
    if (one_text) {
        if (parts.front().text) content.text = resolve_text(*parts.front().text, scope, context);
        return content;
    }
    // Named variants are compared with one another: each subject gets one by chance.
    content.pick = declaration.pick.value_or(parts.front().variant ? Content::Pick::random
                                                                   : Content::Pick::first);
    for (const auto& part : parts) content.variants.push_back(resolve_part(part, scope, context));
    return content;
}

void check_says_something(const ast::Text& text, const ResolveContext& context) {
    const bool is_nothing = std::all_of(text.parts.begin(), text.parts.end(), [](const auto& part) {
        const auto* plain = std::get_if<std::string>(&part);
        return plain != nullptr && is_blank(*plain);
    });
    if (is_nothing)
        context.report(code::syntax, text.span, "this text says nothing"_say,
                       "write what the message is to say"_say);
}

}  // namespace sop::lang
