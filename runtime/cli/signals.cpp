#include "runtime/cli/signals.h"

#include <atomic>
#include <csignal>

namespace sop::runtime::cli {

namespace {

// What a handler may touch.
struct Remembered {
    std::atomic<bool> came{false};
    std::atomic<Wakeup*> woken{nullptr};

    void remember() {
        came = true;
        if (Wakeup* wakeup = woken.load()) wakeup->notify();
    }
};
Remembered stop;
Remembered reload;

void handle_by(void (*handler)(int), int number, int flags) {
    struct sigaction action{};
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigaction(number, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal(Wakeup& wakeup) {
    stop.woken = &wakeup;
    const auto handler = [](int) { stop.remember(); };
    handle_by(handler, SIGTERM, 0);
    handle_by(handler, SIGINT, static_cast<int>(SA_RESETHAND));
    std::signal(SIGPIPE, SIG_IGN);
}

StopSignal::~StopSignal() {
    stop.woken = nullptr;
}

bool StopSignal::asked() const {
    return stop.came;
}

ReloadSignal::ReloadSignal(Wakeup& wakeup) {
    reload.woken = &wakeup;
    handle_by([](int) { reload.remember(); }, SIGHUP, 0);
}

ReloadSignal::~ReloadSignal() {
    reload.woken = nullptr;
}

bool ReloadSignal::take() {
    return reload.came.exchange(false);
}

}  // namespace sop::runtime::cli
