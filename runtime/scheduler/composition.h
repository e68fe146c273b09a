// What a message of a step says to one target: the form of its content, the text with its holes
// filled in, pictures and card, whom it mentions and what it answers.
#pragma once

#include <string>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"
#include "runtime/scheduler/target.h"
#include "runtime/scheduler/variant.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct Composition {
    MessageContent content{};
    std::string variant{};  // as Delivery has it
    std::string rotated{};  // the content that takes its forms in turn, and has taken one; or empty
};
// Neither a text nor a picture nor a card.
bool says_nothing(const MessageContent& content);

Composition compose(const lang::Deliver& deliver, const Address& address,
                    const MessageIdentity& message, const Facts& facts);

}  // namespace sop::runtime
