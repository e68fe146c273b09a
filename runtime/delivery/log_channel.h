// Writes each message as one line of JSON to a file or standard output: for trying out, for tests,
// and as a record.
#pragma once

#include <memory>
#include <string>

#include "runtime/delivery/channel.h"

namespace sop::runtime {

struct LogChannelOptions {
    std::string path;  // "-" is standard output; a file is made if missing and appended to
    std::size_t in_flight_max = 256;
};

// Throws DeliveryError when the file cannot be opened for appending, or ends in half a line that is
// not a message (half a message, left by a process that was killed, is cut off). A line is
// the JSON of message.h and is whole or absent; a failed write is `failed`, and what was half
// written is cut off again.
std::unique_ptr<Channel> make_log_channel(LogChannelOptions options, Wakeup& wakeup);

}  // namespace sop::runtime
