// A rule's steps as a run walks them: those of a branch stand in the action that holds them, and
// are left for what comes after it.
//
// Steps are counted depth first, from 0: a step, then the steps of its branches in the order in
// which they are written, then the step after it. A rule without branches is counted as its `steps`
// are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"

namespace sop::runtime {

// Where a run goes on: with this action of this step. At the end of its actions the step is done.
struct Position {
    std::size_t step = 0;
    std::size_t action = 0;

    auto operator<=>(const Position&) const = default;
};

// Steps in a row: the rule's own, or those of one branch.
using Block = std::vector<lang::Step>;

struct StepPlace {
    const lang::Step* step = nullptr;
    std::optional<Position> inside{};   // the action in whose branch it stands
    const Block* block = nullptr;       // the steps it is one of
    std::optional<std::size_t> next{};  // the one after it in its block
};

// Throws std::out_of_range for a step the rule does not have.
StepPlace place_of(const lang::Rule& rule, std::size_t step);
const lang::Step& step_at(const lang::Rule& rule, std::size_t step);
bool has_step(const lang::Rule& rule, std::size_t step);
std::size_t count_steps(const lang::Rule& rule);

// The first step of a block of the action there; nothing when the block is empty.
std::optional<std::size_t> first_of(const lang::Rule& rule, Position action, const Block& block);

// Names a step for ever, as its label does: "start", and in a branch "start / yes / next day at
// 09:00". A step of a branch without a label is its branch: "start / yes". Equal names in one place
// are told apart by their number, "start / yes (2)".
std::string step_path(const lang::Rule& rule, std::size_t step);

// The step that a run at this place comes to next whatever becomes of it; nothing at the end, and
// where a wait is to end first.
std::optional<std::size_t> following_step(const lang::Rule& rule, Position position);

// Whether it is done together with the step above it, as a branch without a label is.
bool is_at_once(const lang::Step& step);

// Whether the branches of an action are walked by runs of their own beside the run that does it, as
// those of a collection and a draw are.
bool is_run_of_its_own(const lang::Rule& rule, Position holder);
// The collection or draw in whose branch a step stands.
std::optional<Position> game_around(const lang::Rule& rule, std::size_t step);

// Whether a run stands there at the very moment of an event of its subject: the one that started
// it, or that answered its wait.
bool is_answer(const lang::Rule& rule, Position position);

// The wait right after a message of the step, whose time begins with the outcome of that message.
const lang::Wait* wait_after(const lang::Rule& rule, Position message);

}  // namespace sop::runtime
