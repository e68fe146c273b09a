// How a message leaves the system. A channel makes attempts and says what became of each; it
// decides nothing: when to try, whether to try again and what to record is the executor's. Some
// channels can also be asked, at any later time, whether an attempt was taken.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/plan.h"
#include "runtime/clock/clock.h"
#include "runtime/delivery/command.h"

namespace sop::runtime {

using DeliveryId = std::int64_t;

// A card as it is shown; what it does not have is empty.
struct MessageCard {
    std::string title{};
    std::string text{};
    std::string picture{};
    std::string link{};
    std::string page{};  // of a mini-program; `link` is then its app

    bool operator==(const MessageCard&) const = default;
};

// As the language has it.
std::string_view to_text(lang::Verb verb);

// How a message is said, besides its text. Pictures are paths or addresses as the playbook has
// them.
struct MessageForm {
    lang::Verb verb = lang::Verb::post;
    bool mentions_all = false;
    std::vector<std::string> mentions{};  // ids of members
    std::string reply_to{};               // id of the message it answers; empty for none
    std::vector<std::string> pictures{};
    std::optional<MessageCard> card{};

    bool operator==(const MessageForm&) const = default;
};

// One try at one delivery. `key` is ASCII, the same for every try of a delivery and never used for
// another.
struct Attempt {
    DeliveryId delivery = 0;
    std::string key;
    std::string playbook;
    std::string rule;
    std::string step;
    lang::SubjectKind target_kind = lang::SubjectKind::group;
    std::string target;  // id of the group or member
    std::string target_name;
    std::string text;
    MessageForm form{};
    Instant planned_for{};
    int number = 1;                    // 1 for the first try
    std::optional<Command> command{};  // of one that is no message
};

struct AttemptResult {
    enum class Kind {
        sent,     // the platform took it
        retry,    // certainly not taken; worth another try
        failed,   // certainly not taken; another try would fail too
        unknown,  // written, and no answer came: it may have been taken
    };
    DeliveryId delivery = 0;
    Kind kind = Kind::unknown;
    std::string reason{};  // one line for the record; empty when sent
    std::optional<std::chrono::milliseconds> retry_after{};  // what the platform asked for
};

// What a platform says, asked whether it took a delivery: any of the attempts under its key.
struct AskResult {
    enum class Kind {
        taken,
        not_taken,  // certainly, and it will not be unless there is another attempt
        not_known,  // it could not be asked, or cannot tell now: to be asked again
    };
    DeliveryId delivery = 0;
    Kind kind = Kind::not_known;
    std::string reason{};  // one line for the record; empty when taken
    std::optional<std::chrono::milliseconds> retry_after{};  // what the platform asked for
};

class Channel {
  public:
    virtual ~Channel() = default;
    // How many attempts may be under way at once; after a kill no more than this are in doubt.
    virtual std::size_t in_flight_max() const = 0;
    // Starts attempts and returns without waiting for the network. The caller keeps within
    // in_flight_max.
    virtual void start(std::vector<Attempt> attempts) = 0;
    // Results since the last call; each attempt has exactly one. Never waits: the channel notifies
    // the Wakeup it was made with when there is something to collect.
    virtual std::vector<AttemptResult> collect() = 0;
    // Gives up what is still under way: each such attempt has its result (unknown, or retry when
    // nothing was written) in the next `collect`, and each question (not_known) in the next
    // `collect_answers`.
    virtual void abandon() = 0;

    // How many questions may be under way at once, besides the attempts, so that a platform that
    // cannot answer holds up no message. 0 for a channel that cannot be asked: then the next two
    // are never called.
    virtual std::size_t questions_max() const { return 0; }
    // Begins to ask whether deliveries were taken and returns without waiting for the network. Each
    // is described as its last attempt was. The caller keeps within questions_max, and asks about a
    // delivery neither twice at once nor while an attempt at it is under way.
    virtual void ask(const std::vector<Attempt>& /*last_attempts*/) {}
    // Answers since the last call; each question has exactly one. As `collect`, it never waits, and
    // the Wakeup is notified.
    virtual std::vector<AskResult> collect_answers() { return {}; }
};

}  // namespace sop::runtime
