#include "runtime/cli/reload_signal.h"

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

ReloadSignal::ReloadSignal(Wakeup& wakeup) {
    woken = &wakeup;
    struct sigaction action{};
    action.sa_handler = handle;
    sigaction(SIGHUP, &action, nullptr);
}

ReloadSignal::~ReloadSignal() {
    woken = nullptr;
}

bool ReloadSignal::take() {
    return signalled.exchange(false);
}

}  // namespace sop::runtime::cli
