#include "runtime/executor/answering_channels.h"

#include <utility>

#include "runtime/scheduler/plan_channels.h"

namespace sop::runtime {

namespace {

class AnsweringChannel : public Channel {
  public:
    explicit AnsweringChannel(Answer answer) : answer_(std::move(answer)) {}

    std::size_t in_flight_max() const override { return answered_at_once; }
    void start(std::vector<Attempt> attempts) override {
        for (const Attempt& attempt : attempts) {
            results_.push_back(answer_(attempt));
            results_.back().delivery = attempt.delivery;
        }
    }
    std::vector<AttemptResult> collect() override { return std::exchange(results_, {}); }
    void abandon() override {}

  private:
    Answer answer_;
    std::vector<AttemptResult> results_{};
};

}  // namespace

AttemptResult take_message(const Attempt& attempt) {
    return {attempt.delivery, AttemptResult::Kind::sent};
}

void add_answering_channels(const lang::Plan& plan, const Answer& answer, Channels& channels) {
    for (const std::string& name : channels_used_by(plan)) {
        if (channels.contains(name)) continue;
        channels.emplace(name, ChannelSetup{std::make_unique<AnsweringChannel>(answer)});
    }
}

}  // namespace sop::runtime
