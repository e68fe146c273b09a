// What rules of a world do besides messages, tags, waits and branches: points, lists, draws, codes,
// tasks, events of their own, and what goes by them.
#pragma once

#include <string>
#include <vector>

#include "lang/plan.h"
#include "tests/sim/dice.h"

namespace sop::sim {

// The pool of codes that rules give from, and how many are in it.
inline constexpr const char* pool_name = "coupons";
inline constexpr int codes_max = 12;
// Events that outsiders send besides those of the scenario: an order is returned.
inline constexpr const char* ordered_event = "ordered";
inline constexpr const char* ordered_items = "items";
inline constexpr const char* returned_event = "returned";
inline constexpr const char* returned_order = "of";
// Sent by rules alone, in each playbook to the rule of that name too.
inline constexpr const char* noted_event = "noted";
inline constexpr const char* leaf_rule = "leaf";
// Levels of the tier, the highest first.
inline const std::vector<std::string> level_tags{"gold", "silver"};

class Enrichment {
  public:
    explicit Enrichment(Dice& dice) : dice_(dice) {}

    // Events, tags, roles, pools, a tier, and when points expire.
    void declare(lang::Plan& plan);
    void enrich(lang::Rule& rule);
    // The rule that others of its playbook start, made from any other.
    void make_leaf(lang::Rule& rule);

  private:
    void change_trigger(lang::Rule& rule);
    void add_games(lang::Rule& rule);
    void add_actions(const lang::Rule& rule, std::vector<lang::Step>& steps, bool leads_on);
    lang::Action make_action(const lang::Rule& rule, bool leads_on);
    lang::Collect make_collect(const lang::Rule& rule);
    lang::Draw make_draw(const lang::Rule& rule);
    // A message, or nothing.
    std::vector<lang::Step> make_branch(const lang::Rule& rule);

    Dice& dice_;
};

}  // namespace sop::sim
