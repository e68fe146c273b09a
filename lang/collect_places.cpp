#include "lang/collect_places.h"

#include <optional>
#include <variant>

namespace sop::lang {

namespace {

class Collector {
  public:
    explicit Collector(PlanPlaces& places) : places_(places) {}

    void add(const ProjectFile& file) {
        file_ = &file;
        for (const auto& item : file.document().items)
            std::visit([&](const auto& node) { take(node); }, item);
    }

    // Rules of the plan that the texts do not have are those of templates.
    void add_instances(const Plan& plan) {
        for (const auto& playbook : plan.playbooks) {
            for (const auto& rule : playbook.rules) {
                const std::string path = playbook.name + "." + rule.name;
                if (places_.rules.contains(path)) continue;
                if (const auto instance = instance_of(path)) places_.rules[path].name = *instance;
            }
        }
    }

  private:
    Place place(SourceSpan span) const { return {file_->source, span}; }

    void take(const ast::Playbook& playbook) {
        if (!file_->given) return;
        for (const auto& item : playbook.items) {
            if (const auto* rule = std::get_if<ast::Rule>(&item)) {
                places_.rules[playbook.name.text + "." + rule->name.text] = place_of(*rule);
            } else if (const auto* instance = std::get_if<ast::Instance>(&item)) {
                instances_[playbook.name.text + "." + instance->name.text] =
                    place(instance->name.span);
            }
        }
    }

    // The outer one where an instance comes from a template too.
    std::optional<Place> instance_of(const std::string& path) const {
        for (std::size_t dot = path.find('.'); dot != std::string::npos;
             dot = path.find('.', dot + 1)) {
            const auto found = instances_.find(path.substr(0, dot));
            if (found != instances_.end()) return found->second;
        }
        return std::nullopt;
    }

    RulePlace place_of(const ast::Rule& rule) const {
        RulePlace result{place(rule.name.span), {}};
        for (const auto& step : rule.steps) {
            if (step.actions.empty()) continue;
            StepPlace& added = result.steps.emplace_back(
                StepPlace{step.label ? place(step.label->span) : result.name, {}});
            for (const auto& action : step.actions) added.actions.push_back(place(action.span));
        }
        return result;
    }

    void take(const ast::ChannelDeclaration& declaration) {
        places_.channels.emplace(declaration.name.text, place(declaration.name.span));
    }
    void take(const ast::TagDeclaration& declaration) {
        for (const auto& tag : declaration.tags)
            places_.tags.emplace(tag.name.text, place(tag.name.span));
    }
    void take(const ast::EventDeclaration& declaration) {
        places_.events.emplace(declaration.name.text, place(declaration.name.span));
    }
    void take(const ast::ContentDeclaration& declaration) {
        places_.contents.emplace(declaration.name.text, place(declaration.name.span));
    }
    void take(const ast::TableDeclaration& declaration) {
        places_.tables.emplace(declaration.name.text, place(declaration.name.span));
    }
    template <typename Node>
    void take(const Node&) {}

    PlanPlaces& places_;
    const ProjectFile* file_ = nullptr;
    std::map<std::string, Place> instances_{};
};

}  // namespace

PlanPlaces collect_places(const Plan& plan, const std::deque<ProjectFile>& files) {
    PlanPlaces places;
    Collector collector(places);
    for (const ProjectFile& file : files) collector.add(file);
    collector.add_instances(plan);
    return places;
}

}  // namespace sop::lang
