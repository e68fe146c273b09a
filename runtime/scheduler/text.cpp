#include "runtime/scheduler/text.h"

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

std::string render_text(const lang::TextTemplate& text, const Facts& facts) {
    std::string rendered;
    for (const auto& part : text.parts) {
        if (const auto* plain = std::get_if<std::string>(&part)) {
            rendered += *plain;
        } else {
            rendered += value_text(std::get<lang::Hole>(part).value, facts).value_or("");
        }
    }
    return rendered;
}

}  // namespace sop::runtime
