// A message's text: the holes of its template filled in for one subject.
#pragma once

#include <string>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"

namespace sop::runtime {

// Holes read as evaluation.h says; what has no value reads as nothing.
std::string render_text(const lang::TextTemplate& text, const Facts& facts);

}  // namespace sop::runtime
