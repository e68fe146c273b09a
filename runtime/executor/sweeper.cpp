#include "runtime/executor/sweeper.h"

#include <array>

namespace sop::runtime {

namespace {

constexpr std::size_t page_rows = 500;

// What refers to a row goes before it.
constexpr std::array order{Kept::deliveries, Kept::tasks,        Kept::runs,
                           Kept::firings,    Kept::events,       Kept::event_ids,
                           Kept::plans,      Kept::zone_changes, Kept::tier_changes,
                           Kept::past_stays, Kept::day_counts};

}  // namespace

bool Sweeper::is_due(Instant now) {
    if (!has_read_) {
        finished_at_ = store_.swept_at();
        has_read_ = true;
    }
    return sweep_is_due(finished_at_, now);
}

bool Sweeper::sweep(Instant now) {
    if (!policy_) return false;
    if (!progress_) {
        if (!is_due(now)) return false;
        progress_ = Progress{};
    }
    const Kept kept = order[progress_->table];
    const auto transaction = store_.begin();
    std::optional<SweptPage> page;
    if (const auto before = let_go_before(*policy_, kept, now))
        page = store_.sweep(kept, progress_->through, *before, page_rows);
    if (page) {
        progress_->through = page->through;
        progress_->let_go += page->let_go;
    } else if (++progress_->table < order.size()) {
        progress_->through = {};
    } else {
        store_.set_swept_at(now);
        finished_at_ = now;
        reports_.swept(progress_->let_go);
        progress_.reset();
    }
    transaction->commit();
    return true;
}

}  // namespace sop::runtime
