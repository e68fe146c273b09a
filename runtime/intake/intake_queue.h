// The inbox for several who bring events at once: one thread, with a store of its own, takes all
// that waits in one transaction.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/clock/clock.h"
#include "runtime/intake/intake.h"

namespace sop::runtime {

struct IntakeQueueOptions {
    std::string source{};
    IntakeRules rules{};
    // Lines of one transaction: as long as it goes on, nobody else writes to the store.
    std::size_t lines_max = 500;
};

class IntakeQueue {
  public:
    // `committed` is called on the thread of the queue, after each transaction.
    IntakeQueue(std::unique_ptr<Store> store, const Clock& clock, IntakeQueueOptions options,
                std::function<void()> committed);
    // Nobody may be waiting any more.
    ~IntakeQueue();
    IntakeQueue(const IntakeQueue&) = delete;
    IntakeQueue& operator=(const IntakeQueue&) = delete;

    // Returns when all of them are on the disk. Throws IntakeError and StoreError; some of them may
    // have been kept then. From any thread.
    std::vector<Taken> take(std::vector<IncomingLine> lines);

  private:
    struct Request {
        std::vector<IncomingLine> lines{};
        std::size_t given = 0;  // to a transaction
        std::vector<Taken> taken{};
        std::exception_ptr error{};

        bool is_done() const { return error != nullptr || taken.size() == lines.size(); }
    };
    struct Share {
        Request* request;
        std::size_t count;
    };

    void work();
    std::vector<Share> next_batch(std::vector<IncomingLine>& lines);
    void hand_back(const std::vector<Share>& shares, std::vector<Taken> taken,
                   const std::exception_ptr& error);

    std::unique_ptr<Store> store_;
    const Clock& clock_;
    IntakeQueueOptions options_;
    std::function<void()> committed_;
    Intake intake_;

    std::mutex mutex_;  // guards all down to is_over_, and the requests
    std::condition_variable changed_;
    std::deque<Request*> waiting_;
    bool is_over_ = false;

    std::thread thread_;
};

}  // namespace sop::runtime
