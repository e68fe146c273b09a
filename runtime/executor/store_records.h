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

    std::optional<std::string> next_code(const std::string& pool) override {
        return store_.next_code(pool);
    }

  private:
    Store& store_;
};

}  // namespace sop::runtime
