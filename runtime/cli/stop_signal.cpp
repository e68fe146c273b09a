#include "runtime/cli/stop_signal.h"

#include <atomic>
#include <csignal>

namespace sop::runtime::cli {

namespace {

std::atomic<bool> signalled{false};
std::atomic<Wakeup*> woken{nullptr};

void handle(int) {
    signalled = true;
    if (Wakeup* wakeup = woken.load()) wakeup->notify();
}

}  // namespace

StopSignal::StopSignal(Wakeup& wakeup) {
    woken = &wakeup;
    struct sigaction action{};
    action.sa_handler = handle;
    sigaction(SIGTERM, &action, nullptr);
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() {
    woken = nullptr;
}

bool StopSignal::asked() const {
    return signalled;
}

}  // namespace sop::runtime::cli
