#include "runtime/delivery/channel.h"

namespace sop::runtime {

std::string_view to_text(lang::Verb verb) {
    switch (verb) {
        case lang::Verb::post:
            return "post";
        case lang::Verb::send:
            return "send";
        case lang::Verb::reply:
            return "reply";
        case lang::Verb::announce:
            return "announce";
        case lang::Verb::warn:
            return "warn";
    }
    return "";  // not reached: the switch names every verb
}

}  // namespace sop::runtime
