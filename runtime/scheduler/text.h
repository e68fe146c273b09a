// A message's text: the holes of its template filled in for one subject.
#pragma once

#include <string>

#include "lang/plan.h"
#include "runtime/delivery/channel.h"
#include "runtime/scheduler/facts.h"

namespace sop::runtime {

// Holes read as evaluation.h says; what has no value reads as nothing.
std::string render_text(const lang::TextTemplate& text, const Facts& facts);

// A message on one line of a list: "reply Welcome! (mentions m1)", "[Flash sale] Only tonight
// (picture sale.png)". A text that is posted or sent is that text.
std::string shown_line(const std::string& text, const MessageForm& form);

}  // namespace sop::runtime
