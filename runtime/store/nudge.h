// A word from another process that wrote to the store, so that a waiting executor looks without
// ever polling: one datagram to a local socket beside the database file.
#pragma once

#include <filesystem>

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
    // Takes all nudges that are there.
    void drain() noexcept;

  private:
    std::filesystem::path path_;
    int fd_ = -1;
};

// True when an executor listens. None does when none runs; what was written is found at its next
// start.
bool send_nudge(const std::filesystem::path& store) noexcept;

}  // namespace sop::runtime
