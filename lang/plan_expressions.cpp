// Finds the expressions of a rule by what plan_description.h says of each type, so that a new place
// for one is not forgotten.
#include <type_traits>
#include <variant>

#include "lang/plan.h"
#include "lang/plan_description.h"

namespace sop::lang {

namespace {

class ExpressionFinder {
  public:
    static constexpr bool fills = false;

    explicit ExpressionFinder(const Plan& plan) : plan_(plan) {}

    template <typename T>
    void field(const char*, const T& value) {
        look_at(value);
    }
    template <typename T>
    void extra(const char*, const T& value, const T& = T{}) {
        look_at(value);
    }

    std::vector<const Expression*> take() { return std::move(found_); }

  private:
    template <typename T>
    void look_at(const T& value) {
        constexpr bool has_none =
            std::is_enum_v<T> || std::is_arithmetic_v<T> || std::is_same_v<T, std::string> ||
            std::is_same_v<T, std::chrono::seconds> || std::is_same_v<T, date::local_days> ||
            std::is_same_v<T, calendar::Span> || std::is_same_v<T, calendar::Schedule> ||
            std::is_same_v<T, WorkdayCalendar>;
        if constexpr (!has_none) describe<ExpressionFinder>(*this, value);
    }
    template <typename T>
    void look_at(const std::optional<T>& value) {
        if (value) look_at(*value);
    }
    template <typename T>
    void look_at(const Rare<T>& value) {
        if (value) look_at(*value);
    }
    template <typename T>
    void look_at(const Shared<T>& value) {
        look_at(*value);
    }
    template <typename T>
    void look_at(const std::vector<T>& values) {
        for (const T& value : values) look_at(value);
    }
    template <typename T>
    void look_at(const RareList<T>& values) {
        for (const T& value : values) look_at(value);
    }
    void look_at(const Action& action) {
        std::visit([this](const auto& value) { look_at(value); }, action);
    }
    void look_at(const Trigger& trigger) {
        std::visit([this](const auto& value) { look_at_trigger(value); }, trigger);
    }
    void look_at_trigger(const CalendarTrigger&) {}
    template <typename T>
    void look_at_trigger(const T& trigger) {
        describe<ExpressionFinder>(*this, trigger);
    }
    void look_at(const Expression& expression) { found_.push_back(&expression); }
    void look_at(const TextTemplate& text) {
        for (const auto& part : text.parts) {
            if (const auto* hole = std::get_if<Hole>(&part)) found_.push_back(&*hole->value);
        }
    }
    void look_at(const Deliver& deliver) {
        if (deliver.content < plan_.contents.size()) look_at(plan_.contents[deliver.content]);
        look_at(deliver.to);
    }

    const Plan& plan_;
    std::vector<const Expression*> found_{};
};

}  // namespace

std::vector<const Expression*> expressions_of(const Plan& plan, const Rule& rule) {
    ExpressionFinder finder(plan);
    finder.field("rule", rule);
    return finder.take();
}

}  // namespace sop::lang
