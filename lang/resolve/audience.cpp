#include "lang/resolve/audience.h"

#include <algorithm>

#include "lang/codes.h"
#include "lang/resolve/expressions.h"

namespace sop::lang {

SubjectKind subject_kind(const ast::AudienceText& written, const Symbols& symbols) {
    if (!written.named) return written.kind;
    const auto found = symbols.audiences.find(written.named->text);
    return found == symbols.audiences.end() ? written.kind : found->second->audience.kind;
}

bool is_of_groups(const ast::AudienceText& written, const Symbols& symbols) {
    if (!written.named) return written.of_groups;
    const auto found = symbols.audiences.find(written.named->text);
    return found != symbols.audiences.end() && found->second->audience.of_groups;
}

Audience resolve_audience(const ast::AudienceText& written, const ResolveContext& context) {
    if (written.named) {
        const auto found = context.symbols.audiences.find(written.named->text);
        if (found != context.symbols.audiences.end() && !found->second->audience.named)
            return resolve_audience(found->second->audience, context);
        context.report_unknown(code::unknown_audience, *written.named,
                               "there is no audience `{}`"_say, names_of(context.symbols.audiences),
                               "audience {} = members tagged …"_say);
        return {};
    }
    Audience audience;
    audience.kind = written.kind;
    audience.of_groups = written.of_groups;
    for (const auto& id : written.ids) audience.ids.push_back(ast::plain_text(id));
    for (const auto& any_of : written.tagged) {
        auto& tags = audience.tagged.emplace_back();
        for (const auto& tag : any_of) {
            check_tag(tag, context);
            tags.push_back(tag.text);
        }
        std::sort(tags.begin(), tags.end());
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    }
    if (written.where) {
        Scope scope;
        scope.symbols = &context.symbols;
        scope.group = written.kind == SubjectKind::group || written.of_groups;
        scope.member = written.kind == SubjectKind::member;
        const Scope inside = scope.filtering(subject_fields(written.kind));
        audience.where = resolve_condition(*written.where, inside, context);
    }
    return audience;
}

}  // namespace sop::lang
