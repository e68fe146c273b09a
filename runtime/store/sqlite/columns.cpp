#include "runtime/store/sqlite/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "lang/sha256.h"

namespace sop::runtime::sqlite {

namespace {

// The value among `values` whose text stands in the column.
template <typename Value>
Value value_from(const std::string& column, std::initializer_list<Value> values) {
    for (const Value value : values) {
        if (to_text(value) == column) {
            return value;
        }
    }
    throw StoreError(fmt::format(
        "the store holds \"{}\" where this sop expects a state it knows; it was changed by hand or "
        "by another version",
        column));
}

// The texts of `["a","b"]`, as SQLite writes it; nothing where one of them has an escape. Each
// group and member that is read has such columns, and parsing JSON is most of that.
std::optional<std::vector<std::string>> plain_texts_from(const std::string& column) {
    std::vector<std::string> texts;
    if (column == "[]") return texts;
    if (!column.starts_with("[\"") || !column.ends_with("\"]") ||
        column.find('\\') != std::string::npos)
        return std::nullopt;
    for (std::size_t begin = 2;;) {
        const std::size_t end = column.find('"', begin);
        texts.push_back(column.substr(begin, end - begin));
        if (end + 2 == column.size()) return texts;
        if (column.compare(end, 3, "\",\"") != 0) return std::nullopt;
        begin = end + 3;
    }
}

// `{"name":"value"}` in the same way; each event that is read has such a column.
std::optional<std::map<std::string, std::string>> plain_fields_from(std::string_view column) {
    std::map<std::string, std::string> fields;
    if (column == "{}") return fields;
    if (!column.starts_with('{') || column.find('\\') != std::string_view::npos)
        return std::nullopt;
    const auto take_text = [&column]() -> std::optional<std::string> {
        column.remove_prefix(1);
        if (!column.starts_with('"')) return std::nullopt;
        const std::size_t end = column.find('"', 1);
        if (end == std::string_view::npos) return std::nullopt;
        std::string text(column.substr(1, end - 1));
        column.remove_prefix(end + 1);
        return text;
    };
    for (;;) {
        auto name = take_text();
        if (!name || !column.starts_with(':')) return std::nullopt;
        auto value = take_text();
        if (!value) return std::nullopt;
        fields.emplace(*std::move(name), *std::move(value));
        if (column == "}") return fields;
        if (!column.starts_with(',')) return std::nullopt;
    }
}

}  // namespace

std::int64_t to_column(Instant instant) {
    return instant.time_since_epoch().count();
}

std::optional<std::int64_t> to_column(const std::optional<Instant>& instant) {
    return instant ? std::optional(to_column(*instant)) : std::nullopt;
}

Instant instant_from(std::int64_t column) {
    return Instant(std::chrono::milliseconds(column));
}

std::optional<Instant> instant_from(const std::optional<std::int64_t>& column) {
    return column ? std::optional(instant_from(*column)) : std::nullopt;
}

std::int64_t to_column(date::local_days day) {
    return day.time_since_epoch().count();
}

date::local_days day_from(std::int64_t column) {
    return date::local_days{date::days{column}};
}

bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    const std::string_view behind = text.substr(std::min(point + 1, text.size()));
    return !whole.empty() && (point == text.size() || !behind.empty()) &&
           std::all_of(whole.begin(), whole.end(), is_digit) &&
           std::all_of(behind.begin(), behind.end(), is_digit);
}

std::int64_t to_column(std::size_t number) {
    return static_cast<std::int64_t>(number);
}

std::size_t size_from(std::int64_t column) {
    return static_cast<std::size_t>(column);
}

std::string_view to_text(RunState state) {
    switch (state) {
        case RunState::running:
            return "running";
        case RunState::held:
            return "held";
        case RunState::waiting:
            return "waiting";
        case RunState::queued:
            return "queued";
        case RunState::arrived:
            return "arrived";
        case RunState::done:
            return "done";
        case RunState::skipped:
            return "skipped";
    }
    return "";  // not reached: the switch names every state
}

std::string_view to_text(SubjectKind kind) {
    switch (kind) {
        case SubjectKind::group:
            return "group";
        case SubjectKind::member:
            return "member";
        case SubjectKind::playbook:
            return "playbook";
    }
    return "";  // not reached: the switch names every kind
}

RunState run_state_from(const std::string& column) {
    using enum RunState;
    return value_from(column, {running, held, waiting, queued, arrived, done, skipped});
}

PauseMode pause_mode_from(const std::string& column) {
    return value_from(column, {PauseMode::hold, PauseMode::skip});
}

VersionRequestKind request_kind_from(const std::string& column) {
    using enum VersionRequestKind;
    return value_from(column, {deploy, rollback, migrate});
}

VersionOutcome version_outcome_from(const std::string& column) {
    using enum VersionOutcome;
    return value_from(column, {changed, unchanged, refused});
}

IntakeOutcome intake_outcome_from(const std::string& column) {
    using enum IntakeOutcome;
    return value_from(column, {accepted, duplicate, rejected});
}

SubjectKind subject_kind_from(const std::string& column) {
    using enum SubjectKind;
    return value_from(column, {group, member, playbook});
}

DeliveryState delivery_state_from(const std::string& column) {
    using enum DeliveryState;
    return value_from(column, {pending, attempting, sent, confirmed, skipped, exited, cancelled,
                               refused, failed, unknown});
}

std::optional<DeliveryState> delivery_state_from(const std::optional<std::string>& column) {
    return column ? std::optional(delivery_state_from(*column)) : std::nullopt;
}

std::optional<int> count_from(std::optional<std::int64_t> column) {
    return column ? std::optional(static_cast<int>(*column)) : std::nullopt;
}

std::int64_t to_column(lang::Priority priority) {
    return static_cast<std::int64_t>(priority);
}

TaskState task_state_from(const std::string& column) {
    using enum TaskState;
    return value_from(column, {open, done, rejected, late, cancelled});
}

lang::Priority priority_from(std::int64_t column) {
    for (const auto priority :
         {lang::Priority::high, lang::Priority::normal, lang::Priority::low}) {
        if (to_column(priority) == column) return priority;
    }
    throw StoreError(fmt::format(
        "the store holds {} for a priority; it was changed by hand or by another version", column));
}

std::string to_column(const nlohmann::json& json) {
    try {
        return json.dump();
    } catch (const nlohmann::json::type_error&) {
        throw StoreError("a text for the store is not valid UTF-8");
    }
}

template <typename Value>
Value json_from(const std::string& column) {
    try {
        return nlohmann::json::parse(column).get<Value>();
    } catch (const nlohmann::json::exception& error) {
        throw StoreError(
            fmt::format("the store holds JSON that cannot be read ({}); it was changed by hand or "
                        "is damaged",
                        error.what()));
    }
}

template std::vector<std::string> json_from(const std::string& column);
template std::vector<std::pair<std::string, std::string>> json_from(const std::string& column);
template std::map<std::string, std::string> json_from(const std::string& column);

std::vector<std::string> sorted_texts_from(const std::string& column) {
    auto plain = plain_texts_from(column);
    auto texts = plain ? *std::move(plain) : json_from<std::vector<std::string>>(column);
    std::sort(texts.begin(), texts.end());
    return texts;
}

std::map<std::string, std::string> fields_from(const std::string& column) {
    auto plain = plain_fields_from(column);
    return plain ? *std::move(plain) : json_from<std::map<std::string, std::string>>(column);
}

std::string message_hash(const std::string& text, const std::string& form) {
    const lang::Digest digest = lang::sha256(form.empty() ? text : text + '\0' + form);
    return std::string(digest.begin(), digest.begin() + 16);
}

std::string member_hash(const std::string& id) {
    return message_hash(id, {});
}

std::int64_t event_hash(const std::string& id) {
    const lang::Digest digest = lang::sha256(id);
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < sizeof hash; ++i) hash = hash << 8 | digest[i];
    return static_cast<std::int64_t>(hash);
}

}  // namespace sop::runtime::sqlite
