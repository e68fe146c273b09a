#include "runtime/scheduler/composition.h"

#include <utility>

#include "lang/unicode.h"
#include "runtime/scheduler/text.h"

namespace sop::runtime {

namespace {

std::int64_t turns_before(const lang::Content& content, const Target& target, const Facts& facts) {
    const bool rotates = content.pick == lang::Content::Pick::rotate && !content.variants.empty();
    return rotates && facts.records != nullptr ? facts.records->turns_of(content.name, target) : 0;
}

MessageCard card_of(const lang::Card& card, const Facts& facts) {
    return {.title = render_text(card.title, facts),
            .text = render_text(card.text, facts),
            .picture = card.picture,
            .link = render_text(card.link, facts),
            .page = card.page};
}

}  // namespace

bool says_nothing(const MessageContent& content) {
    return lang::is_blank(content.text) && content.form.pictures.empty() && !content.form.card;
}

Composition compose(const lang::Deliver& deliver, const Address& address,
                    const MessageIdentity& message, const Facts& facts) {
    const lang::Content& content = facts.plan.contents.at(deliver.content);
    PickedVariant picked =
        pick_variant(content, message, turns_before(content, message.target, facts));
    Composition composed;
    composed.variant = std::move(picked.name);
    if (content.pick == lang::Content::Pick::rotate && picked.variant != nullptr)
        composed.rotated = content.name;
    const lang::TextTemplate& text = picked.variant ? picked.variant->text : content.text;
    composed.content.text = render_text(text, facts);
    MessageForm& form = composed.content.form;
    form.verb = deliver.verb;
    form.mentions_all = deliver.mention_all && message.target.kind == SubjectKind::group;
    form.mentions = address.mentions;
    form.reply_to = address.reply_to;
    if (picked.variant == nullptr) return composed;
    form.pictures = picked.variant->pictures;
    if (picked.variant->card) form.card = card_of(*picked.variant->card, facts);
    return composed;
}

}  // namespace sop::runtime
