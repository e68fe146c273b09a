// A word from another process that wrote to the store, so that a waiting executor looks without
// ever polling: one datagram to a local socket beside the database file.
#pragma once

#include <filesystem>
#include <vector>

namespace sop::runtime {

// Listens at `<store>.nudge`, replacing what an executor that was killed left there. Hold the
// executor's lock first.
class NudgeListener {
  public:
    // Throws StoreError.
    explicit NudgeListener(const std::filesystem::path& store);
    ~NudgeListener();
    NudgeListener(const NudgeListener&) = delete;
    NudgeListener& operator=(const NudgeListener&) = delete;

    int fd() const { return fd_; }
    // Takes all nudges that are there. Their senders that wait go on waiting.
    void drain() noexcept;
    // To be called when what was written before those nudges has been looked at: their senders wait
    // no longer.
    void answer() noexcept;

  private:
    std::filesystem::path path_;
    int fd_ = -1;
    std::vector<int> waiting_;  // closing one tells its sender
};

// A nudge whose sender waits until the executor has looked. It holds one end of a pipe, the
// listener the other: that is closed when the listener answers, and when its process ends, however
// it ends.
class AwaitedNudge {
  public:
    explicit AwaitedNudge(const std::filesystem::path& store) noexcept;
    ~AwaitedNudge();
    AwaitedNudge(const AwaitedNudge&) = delete;
    AwaitedNudge& operator=(const AwaitedNudge&) = delete;

    // False when no executor listens.
    bool is_sent() const { return is_sent_; }
    // Readable once there is an answer to look for, or never will be; -1 when it was not sent.
    int fd() const { return fd_; }

  private:
    int fd_ = -1;
    bool is_sent_ = false;
};

// True when an executor listens. None does when none runs; what was written is found at its next
// start.
bool send_nudge(const std::filesystem::path& store) noexcept;

}  // namespace sop::runtime
