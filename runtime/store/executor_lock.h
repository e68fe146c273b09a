// One executor to a database file: a lock on `<store>.lock` that the kernel gives back when its
// process ends, however it ends.
#pragma once

#include <filesystem>

namespace sop::runtime {

class ExecutorLock {
  public:
    // Throws StoreError when another executor holds it (and names its process) or the file cannot
    // be made.
    explicit ExecutorLock(const std::filesystem::path& store);
    ~ExecutorLock();
    ExecutorLock(const ExecutorLock&) = delete;
    ExecutorLock& operator=(const ExecutorLock&) = delete;

  private:
    int fd_ = -1;
};

// Whether an executor runs on the store now.
bool executor_runs(const std::filesystem::path& store);

}  // namespace sop::runtime
