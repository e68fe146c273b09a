// What is done when nobody can tell whether the platform took a message.
#pragma once

namespace sop::runtime {

enum class UnknownPolicy {
    hold,    // recorded as unknown and shown; never sent again by itself: nobody gets it twice
    resend,  // tried again under the same key: nobody goes without, someone may get it twice
};

}  // namespace sop::runtime
