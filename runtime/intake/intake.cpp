#include "runtime/intake/intake.h"

#include "lang/unicode.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace sop::runtime {

namespace {

constexpr std::size_t excerpt_bytes_max = 200;
constexpr std::string_view not_text = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view left_out = "…";

bool is_control(char character) {
    return static_cast<unsigned char>(character) < 0x20 || character == 0x7F;
}

}  // namespace

std::string excerpt_of(std::string_view text) {
    std::string result;
    std::size_t at = 0;
    while (at < text.size() && result.size() < excerpt_bytes_max) {
        if (is_control(text[at])) {
            result += ' ';
            ++at;
            continue;
        }
        // A few bytes are a character, whole or broken.
        const std::string_view ahead = text.substr(at, 4);
        if (lang::find_invalid_utf8(ahead) == std::size_t{0}) {
            result += not_text;
            ++at;
            continue;
        }
        const std::size_t length = lang::code_point_at(ahead, 0).length;
        result += ahead.substr(0, length);
        at += length;
    }
    if (at < text.size()) result += left_out;
    return result;
}

bool Intake::is_plan_known() {
    const auto latest = store_.latest_plan();
    return latest && latest->version == version_;
}

void Intake::learn_plan() {
    const auto latest = store_.latest_plan();
    if (!latest)
        throw IntakeError(
            "no playbook was ever served from it, so nothing says what events there are; `sop "
            "serve` or `sop deploy` brings one into force");
    schema_.emplace(lang::plan_from_json(latest->json));
    version_ = latest->version;
}

void Intake::require_time(const Event& event) const {
    if (event.at > event.received_at + rules_.future_max)
        throw EventError(
            Rejection::future,
            fmt::format("`at` is {}, and it came at {}, more than future_max in sop.toml before; "
                        "see to the clock of its sender",
                        instant_text(event.at), instant_text(event.received_at)));
    if (rules_.past_max && event.at < event.received_at - *rules_.past_max)
        throw EventError(
            Rejection::past,
            fmt::format("`at` is {}, and it came at {}, more than past_max in sop.toml after",
                        instant_text(event.at), instant_text(event.received_at)));
}

Intake::Looked Intake::look(const IncomingLine& line, Instant received_at) const {
    try {
        if (line.is_too_long)
            throw EventError(Rejection::too_long,
                             fmt::format("it has more than {} bytes; see to line_max in sop.toml",
                                         rules_.line_max));
        Looked looked{schema_->read(line.text, received_at)};
        require_time(looked.event);
        if (looked.event.id.empty()) looked.event.id = make_event_id(received_at);
        return looked;
    } catch (const EventError& error) {
        return {{}, error};
    }
}

Taken Intake::keep(Looked& looked, std::int64_t line) {
    Taken taken{.id = looked.event.id, .line = line};
    if (!looked.error && !store_.add_event(looked.event)) {
        taken.outcome = IntakeOutcome::duplicate;
        const auto first = store_.find_event(looked.event.id);
        if (first && !has_same_content(*first, looked.event))
            looked.error.emplace(
                Rejection::different_content,
                fmt::format("there is an event `{}` of {} that says otherwise, and it stands",
                            first->id, instant_text(first->at)));
    }
    if (!looked.error) return taken;
    taken.outcome = IntakeOutcome::rejected;
    taken.reason = looked.error->reason();
    taken.message = looked.error->what();
    return taken;
}

void Intake::record(const std::vector<Taken>& taken, const std::vector<IncomingLine>& lines,
                    const std::string& source, Instant received_at) {
    std::map<std::pair<IntakeOutcome, std::string>, std::int64_t> counts;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        const Taken& each = taken[i];
        const std::string reason = each.reason ? std::string(to_text(*each.reason)) : "";
        ++counts[{each.outcome, reason}];
        if (!each.reason) continue;
        store_.add_rejected_event({.received_at = received_at,
                                   .source = source,
                                   .line = each.line,
                                   .reason = reason,
                                   .message = each.message,
                                   .excerpt = excerpt_of(lines[i].text)});
    }
    for (const auto& [what, count] : counts)
        store_.count_intake({.outcome = what.first, .reason = what.second, .count = count});
}

std::vector<Taken> Intake::take(const std::vector<IncomingLine>& lines, const std::string& source,
                                Instant received_at, WhenWrong when_wrong) {
    if (!schema_) learn_plan();
    // They are looked at before the store is locked, and once more when another plan has come into
    // force meanwhile.
    for (;;) {
        std::vector<Looked> looked;
        looked.reserve(lines.size());
        for (const IncomingLine& line : lines) looked.push_back(look(line, received_at));
        const auto transaction = store_.begin();
        if (!is_plan_known()) {
            learn_plan();
            continue;
        }
        std::vector<Taken> taken;
        taken.reserve(lines.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            taken.push_back(keep(looked[i], lines[i].number));
            const bool is_wrong = taken.back().outcome == IntakeOutcome::rejected;
            if (is_wrong && when_wrong == WhenWrong::stop) break;
        }
        record(taken, lines, source, received_at);
        transaction->commit();
        return taken;
    }
}

Taken Intake::take(const Event& written, const std::string& source) {
    const auto transaction = store_.begin();
    if (!is_plan_known()) learn_plan();
    Looked looked;
    try {
        looked.event = schema_->check(written);
        require_time(looked.event);
    } catch (const EventError& error) {
        looked = {written, error};
    }
    Taken taken = keep(looked, 0);
    record({taken}, {{.text = written.type}}, source, written.received_at);
    transaction->commit();
    return taken;
}

}  // namespace sop::runtime
