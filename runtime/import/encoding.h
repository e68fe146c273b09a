// Text of a spreadsheet in UTF-8, whatever it was saved in.
#pragma once

#include <string>

namespace sop::runtime::importing {

struct DecodedText {
    std::string text;      // UTF-8, without a byte order mark
    std::string encoding;  // "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030"
    bool assumed = false;  // nothing in the file says so
};

// By the byte order mark; without one UTF-8 where all of it is, else GB18030, which GBK and GB2312
// are a part of. Throws UnreadableSchedule for bytes that are none of them.
DecodedText decoded(const std::string& bytes);

}  // namespace sop::runtime::importing
