// Values as the columns of the database have them, and back. Private to sqlite/.
//
// What a column does not hold by any version of sop is a StoreError. Instants are milliseconds
// since 1970 in UTC, days are counted from the same.
#pragma once

#include <date/date.h>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime::sqlite {

// ---- times and numbers

std::int64_t to_column(Instant instant);
std::optional<std::int64_t> to_column(const std::optional<Instant>& instant);
Instant instant_from(std::int64_t column);
std::optional<Instant> instant_from(const std::optional<std::int64_t>& column);

std::int64_t to_column(date::local_days day);
date::local_days day_from(std::int64_t column);

std::int64_t to_column(std::size_t number);
std::size_t size_from(std::int64_t column);
std::optional<int> count_from(std::optional<std::int64_t> column);
// Digits with a sign before and a point among them, where there are such.
bool is_number(std::string_view text);

// ---- closed lists

std::string_view to_text(RunState state);
std::string_view to_text(SubjectKind kind);
std::int64_t to_column(lang::Priority priority);

RunState run_state_from(const std::string& column);
PauseMode pause_mode_from(const std::string& column);
VersionRequestKind request_kind_from(const std::string& column);
VersionOutcome version_outcome_from(const std::string& column);
IntakeOutcome intake_outcome_from(const std::string& column);
SubjectKind subject_kind_from(const std::string& column);
DeliveryState delivery_state_from(const std::string& column);
std::optional<DeliveryState> delivery_state_from(const std::optional<std::string>& column);
TaskState task_state_from(const std::string& column);
lang::Priority priority_from(std::int64_t column);

// ---- JSON

// Texts come from outside and may be anything; JSON takes only UTF-8.
std::string to_column(const nlohmann::json& json);

// A list of texts, or of pairs of them, or texts by their names.
template <typename Value>
Value json_from(const std::string& column);
std::vector<std::string> sorted_texts_from(const std::string& column);
std::map<std::string, std::string> fields_from(const std::string& column);

// ---- hashes

// Half of a SHA-256: enough that two texts never meet, in half the index.
std::string message_hash(const std::string& text, const std::string& form);
// By which a member that was erased is known again.
std::string member_hash(const std::string& id);
// Of ten million ids, one new one in two million million is taken for another.
std::int64_t event_hash(const std::string& id);

}  // namespace sop::runtime::sqlite
