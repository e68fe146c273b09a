// Where what a plan consists of stands in the texts, for findings that need more than the texts:
// the calendar, the directory, what channels take. Handed out beside the plan, and no part of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source.h"

namespace sop::lang {

struct Place {
    const Source* source = nullptr;
    SourceSpan span{};
};

struct StepPlace {
    Place label;                 // the rule's name where a step has none
    std::vector<Place> actions;  // as in Step::actions; what is in their branches is in theirs
};

struct RulePlace {
    Place name;
    std::vector<StepPlace> steps;  // as in Rule::steps; none of a rule that comes from a template
};

// By their names in the plan.
struct PlanPlaces {
    std::map<std::string, RulePlace, std::less<>> rules{};  // "playbook.rule"
    std::map<std::string, Place, std::less<>> channels{};
    std::map<std::string, Place, std::less<>> tags{};
    std::map<std::string, Place, std::less<>> events{};
    std::map<std::string, Place, std::less<>> contents{};
    std::map<std::string, Place, std::less<>> tables{};

    // The most exact that is known. The rule's where the step or action has no place of its own;
    // nothing for a rule that is not there.
    Place of_rule(std::string_view rule) const;
    Place of_step(std::string_view rule, std::size_t step) const;
    Place of_action(std::string_view rule, std::size_t step, std::size_t action) const;
};

}  // namespace sop::lang
