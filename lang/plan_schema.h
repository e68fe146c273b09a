// The JSON schema of plans, for who reads or writes them with other tools: JSON Schema 2020-12 of
// the format this version writes, strict, with a definition for each type.
#pragma once

#include <string>

namespace sop::lang {

// Pretty-printed, with a newline at the end; lang/plan.schema.json is this text.
std::string plan_schema();

}  // namespace sop::lang
