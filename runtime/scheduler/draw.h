// Draws that nobody can bend and anybody can check.
//
// The seed of a run is made from a secret of the store before anybody takes part, and its seal, a
// hash of it, can be posted at once (`{draw.seal}`). Who takes part gets a number: SHA-256 of
// "SEED/DRAW/ENTRY" in hex, where DRAW is the name of the step and ENTRY the id of the event; the
// lowest numbers win. With the seed (`{draw.seed}`, posted afterwards) everybody can count again, and
// see by the seal that it was not chosen late.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/scheduler/facts.h"
#include "runtime/store/games.h"

namespace sop::runtime {

// 32 hex digits. For one run: the name of its rule, the key of its firing, its subject.
std::string draw_seed(std::string_view secret, std::string_view rule, std::string_view firing_key,
                      std::string_view subject);
// 32 hex digits: the beginning of the seed's SHA-256.
std::string draw_seal(std::string_view seed);
// 64 hex digits.
std::string draw_number(std::string_view seed, std::string_view draw, std::string_view event);

// Of the events that a draw asks for those that take part: the first of each member where it says
// `once per member`; without a member, none. Nobody wins twice.
std::vector<StoredDrawEntry> hold_draw(const lang::Draw& draw, std::string_view seed,
                                       std::string_view name, const std::vector<Event>& events);

}  // namespace sop::runtime
