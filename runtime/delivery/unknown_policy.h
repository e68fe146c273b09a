// What is done when nobody can tell whether the platform took a message.
#pragma once

namespace sop::runtime {

enum class UnknownPolicy {
    hold,    // recorded as unknown and shown; never sent again by itself: nobody gets it twice
    resend,  // tried again under the same key: nobody goes without, someone may get it twice
    // The platform is asked whether it took it, and only what it did not take is tried again. For
    // channels that can be asked.
    reconcile,
};

}  // namespace sop::runtime
