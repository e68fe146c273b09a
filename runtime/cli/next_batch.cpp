#include "runtime/cli/next_batch.h"

#include "lang/calendar/schedule.h"
#include "lang/codes.h"
#include "lang/sentence.h"
#include "lang/suggestion.h"
#include "runtime/cli/exit_code.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <unordered_map>

namespace sop::runtime::cli {

namespace {

using lang::calendar::Occurrence;
using nlohmann::json;
namespace code = lang::code;
using lang::Message;
using namespace lang::literals;

constexpr int count_max = 10000;
constexpr std::size_t line_bytes_max = 64 * 1024;

struct QuestionError {
    std::string code;
    Message message;
};

[[noreturn]] void fail(std::string code, Message message) {
    throw QuestionError{std::move(code), std::move(message)};
}

// Questions often repeat a schedule or a zone, so that both are kept, as many as fit.
class Answerer {
  public:
    explicit Answerer(const lang::calendar::ZoneDatabase& zones) : zones_(zones) {}

    std::vector<date::sys_seconds> answer(const json& question) {
        const auto& zone = find_zone(text_of(question, "zone"));
        const lang::calendar::Schedule& schedule = find_schedule(text_of(question, "schedule"));
        auto after = instant_of(question);
        const int count = count_of(question);
        std::vector<date::sys_seconds> instants;
        instants.reserve(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            const auto next = lang::calendar::next_occurrence(schedule, zone, after);
            if (!next) break;
            refuse_unsettled(schedule, zone, *next);
            instants.push_back(next->instant);
            after = next->instant;
        }
        return instants;
    }

  private:
    static const std::string& text_of(const json& question, const char* key) {
        const auto found = question.find(key);
        if (found == question.end() || !found->is_string())
            fail(code::malformed_question, "`{}` is missing or no text"_say(std::string_view(key)));
        return found->get_ref<const std::string&>();
    }

    static date::sys_seconds instant_of(const json& question) {
        const std::string& text = text_of(question, "after");
        const auto written = parse_written_time(text);
        if (!written || !written->offset) {
            fail(code::malformed_question,
                 "`after` is no instant in UTC: write `2026-11-19T12:00:00Z`, not `{}`"_say(text));
        }
        return date::sys_seconds{
            date::floor<std::chrono::seconds>(written->local).time_since_epoch() -
            *written->offset};
    }

    static int count_of(const json& question) {
        const auto found = question.find("count");
        if (found == question.end()) return 1;
        if (!found->is_number_integer() || *found < 1 || *found > count_max)
            fail(code::malformed_question, "`count` is no number from 1 to {}"_say(count_max));
        return found->get<int>();
    }

    const lang::calendar::Zone& find_zone(const std::string& name) {
        const auto known = known_zones_.find(name);
        if (known != known_zones_.end()) return *known->second;
        std::shared_ptr<const lang::calendar::Zone> zone;
        try {
            zone = zones_.find(name);
        } catch (const lang::calendar::ZoneDataError& error) {
            fail(code::unknown_timezone, std::string(error.what()));
        }
        if (!zone) {
            const auto near = lang::closest(name, zones_.names());
            fail(code::unknown_timezone,
                 near ? "there is no time zone `{}`; did you mean `{}`?"_say(name, *near)
                      : "there is no time zone `{}`"_say(name));
        }
        return *known_zones_.emplace(name, std::move(zone)).first->second;
    }

    const lang::calendar::Schedule& find_schedule(const std::string& sentence) {
        constexpr std::size_t kept_max = 4096;
        const auto known = schedules_.find(sentence);
        if (known != schedules_.end()) return known->second;
        const lang::Source source("schedule", sentence);
        auto parsed = lang::parse_schedule(source);
        if (!parsed.value) {
            for (const auto& diagnostic : parsed.diagnostics) {
                if (diagnostic.severity == lang::Severity::error)
                    fail(diagnostic.code, message_of(diagnostic));
            }
            fail(code::malformed_question, "the schedule cannot be read"_say);
        }
        if (schedules_.size() == kept_max) schedules_.clear();
        return schedules_.emplace(sentence, std::move(*parsed.value)).first->second;
    }

    static Message message_of(const lang::Diagnostic& diagnostic) {
        if (diagnostic.label.empty()) return diagnostic.message;
        return "{}: {}"_say(diagnostic.message, diagnostic.label);
    }

    // What the compiler refuses or warns of in a playbook is no answer here.
    static void refuse_unsettled(const lang::calendar::Schedule& schedule,
                                 const lang::calendar::Zone& zone, const Occurrence& next) {
        using Reading = Occurrence::Reading;
        const auto when = [&] { return date::format("%F %T", next.nominal); };
        if (next.no_calendar_data) {
            fail(code::calendar_year_unknown,
                 "the calendar has no data for {}: add `unknown weekdays` to it to "
                 "count its weeks as ordinary"_say(date::format("%F", next.nominal)));
        }
        // The policies are about times that are named, not about the steps of an interval.
        if (!std::holds_alternative<lang::calendar::TimesOfDay>(schedule.times)) return;
        const auto policy = schedule.policy();
        if (policy.gap == lang::calendar::GapPolicy::reject && next.reading == Reading::moved)
            fail(code::gap_rejected, "{} does not exist in {}"_say(when(), zone.name()));
        const bool repeated = next.reading == Reading::first || next.reading == Reading::second;
        if (policy.overlap == lang::calendar::OverlapPolicy::reject && repeated)
            fail(code::overlap_rejected, "{} comes twice in {}"_say(when(), zone.name()));
    }

    const lang::calendar::ZoneDatabase& zones_;
    std::unordered_map<std::string, std::shared_ptr<const lang::calendar::Zone>> known_zones_{};
    std::unordered_map<std::string, lang::calendar::Schedule> schedules_{};
};

std::string id_text(const json& question) {
    const auto found = question.is_object() ? question.find("id") : question.end();
    return question.is_object() && found != question.end()
               ? found->dump(-1, ' ', false, json::error_handler_t::replace)
               : "null";
}

std::string error_text(const std::string& id, const QuestionError& error, lang::Language language) {
    const json content{{"code", error.code}, {"message", error.message.text(language)}};
    return fmt::format("{{\"id\":{},\"error\":{}}}\n", id,
                       content.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string answer_text(Answerer& answerer, const std::string& line, lang::Language language) {
    if (line.size() > line_bytes_max) {
        return error_text(
            "null",
            {code::malformed_question, "the line is longer than {} bytes"_say(line_bytes_max)},
            language);
    }
    const json question = json::parse(line, nullptr, false);
    const std::string id = id_text(question);
    try {
        if (!question.is_object()) fail(code::malformed_question, "the line is no JSON object"_say);
        std::string text = fmt::format("{{\"id\":{},\"next\":[", id);
        bool first = true;
        for (const date::sys_seconds instant : answerer.answer(question)) {
            text += first ? "\"" : ",\"";
            text += instant_text(instant);
            text += '"';
            first = false;
        }
        return text + "]}\n";
    } catch (const QuestionError& error) {
        return error_text(id, error, language);
    }
}

}  // namespace

void answer_questions(std::istream& in, std::FILE* out, const lang::calendar::ZoneDatabase& zones,
                      lang::Language language) {
    Answerer answerer(zones);
    std::string line;
    while (std::getline(in, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        const std::string text = answer_text(answerer, line, language);
        if (std::fwrite(text.data(), 1, text.size(), out) != text.size())
            throw CommandError("standard output cannot be written; is the disk full?");
        // Whoever asks one question at a time waits for its answer.
        if (in.rdbuf()->in_avail() <= 0) std::fflush(out);
    }
}

}  // namespace sop::runtime::cli
