// What expressions ask of the past and the directory, from the store.
#pragma once

#include <string>
#include <vector>

#include "runtime/scheduler/facts.h"
#include "runtime/store/store.h"

namespace sop::runtime {

class StoreRecords : public Records {
  public:
    explicit StoreRecords(Store& store) : store_(store) {}

    std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                 const std::string& type, Instant from, Instant to) override {
        return store_.events_of(kind, subject, type, from, to);
    }
    bool has_tag(SubjectKind kind, const std::string& subject, const std::string& tag) override {
        return store_.is_in_audience({.kind = kind, .tagged = {{tag}}}, subject);
    }

    std::int64_t points_of(const std::string& member) override { return store_.points_of(member); }
    std::optional<std::vector<DayTally>> days_of(const std::string& measure,
                                                 const std::string& subject, date::local_days from,
                                                 date::local_days to) override;
    std::vector<Stay> stays_in(const std::string& group) override {
        return store_.figures().stays_in(group);
    }

    std::optional<Group> find_group(const std::string& id) override {
        return store_.find_group(id);
    }
    std::optional<Member> find_member(const std::string& id) override {
        return store_.find_member(id);
    }
    std::optional<Joined> find_membership(const Membership& membership) override {
        return store_.find_membership(membership);
    }

    std::optional<std::string> next_code(const std::string& pool) override {
        return store_.next_code(pool);
    }

    std::optional<std::string> name_of(SubjectKind kind, const std::string& subject) override {
        return store_.find_name(kind, subject);
    }

    std::int64_t turns_of(const std::string& content, const Target& target) override {
        return store_.turns_of(content, target);
    }

    std::vector<std::string> staff_of(const std::string& group, const std::string& role) override;

  private:
    Store& store_;
};

}  // namespace sop::runtime
