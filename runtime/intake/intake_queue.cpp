#include "runtime/intake/intake_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sop::runtime {

IntakeQueue::IntakeQueue(std::unique_ptr<Store> store, const Clock& clock,
                         IntakeQueueOptions options, std::function<void()> committed)
    : store_(std::move(store)),
      clock_(clock),
      options_(std::move(options)),
      committed_(std::move(committed)),
      intake_(*store_, options_.rules),
      thread_([this] { work(); }) {}

IntakeQueue::~IntakeQueue() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

std::vector<Taken> IntakeQueue::take(std::vector<IncomingLine> lines) {
    Request request{.lines = std::move(lines)};
    if (request.is_done()) return {};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&request);
    changed_.notify_all();
    changed_.wait(lock, [&] { return request.is_done(); });
    if (request.error) std::rethrow_exception(request.error);
    return std::move(request.taken);
}

// With the lock held: what of the requests goes into the next transaction.
std::vector<IntakeQueue::Share> IntakeQueue::next_batch(std::vector<IncomingLine>& lines) {
    std::vector<Share> shares;
    while (!waiting_.empty() && lines.size() < options_.lines_max) {
        Request& request = *waiting_.front();
        const std::size_t count =
            std::min(request.lines.size() - request.given, options_.lines_max - lines.size());
        const auto first = request.lines.begin() + static_cast<std::ptrdiff_t>(request.given);
        std::move(first, first + static_cast<std::ptrdiff_t>(count), std::back_inserter(lines));
        request.given += count;
        shares.push_back({&request, count});
        if (request.given == request.lines.size()) waiting_.pop_front();
    }
    return shares;
}

// With the lock held.
void IntakeQueue::hand_back(const std::vector<Share>& shares, std::vector<Taken> taken,
                            const std::exception_ptr& error) {
    auto next = taken.begin();
    for (const auto& [request, count] : shares) {
        request->error = error;
        if (error) {
            std::erase(waiting_, request);
            continue;
        }
        const auto end = next + static_cast<std::ptrdiff_t>(count);
        std::move(next, end, std::back_inserter(request->taken));
        next = end;
    }
}

void IntakeQueue::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::vector<IncomingLine> lines;
        const auto shares = next_batch(lines);
        lock.unlock();
        std::vector<Taken> taken;
        std::exception_ptr error;
        try {
            taken = intake_.take(lines, options_.source, clock_.now());
            committed_();
        } catch (const std::exception&) {
            // The edge of one batch: those who brought it are told.
            error = std::current_exception();
        }
        lock.lock();
        hand_back(shares, std::move(taken), error);
        changed_.notify_all();
    }
}

}  // namespace sop::runtime
