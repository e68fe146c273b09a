#include "runtime/import/encoding.h"
#include "runtime/import/imported_schedule.h"

#include <fmt/format.h>
#include <iconv.h>

#include <cerrno>
#include <memory>
#include <optional>

namespace sop::runtime::importing {

namespace {

struct CloseConversion {
    void operator()(void* conversion) const { iconv_close(conversion); }
};

// Nothing when the bytes are not in that encoding.
std::optional<std::string> converted(std::string bytes, const char* from) {
    const iconv_t opened = iconv_open("UTF-8", from);
    if (opened == reinterpret_cast<iconv_t>(-1))
        throw UnreadableSchedule(
            fmt::format("this system cannot read {}; save the file as UTF-8", from));
    const std::unique_ptr<void, CloseConversion> conversion(opened);
    std::string text(bytes.size() * 4 + 4, '\0');
    char* in = bytes.data();
    std::size_t in_left = bytes.size();
    char* out = text.data();
    std::size_t out_left = text.size();
    if (iconv(conversion.get(), &in, &in_left, &out, &out_left) == static_cast<std::size_t>(-1))
        return std::nullopt;
    text.resize(text.size() - out_left);
    return text;
}

std::string required(const std::string& bytes, const char* from) {
    if (auto text = converted(bytes, from)) return std::move(*text);
    throw UnreadableSchedule(
        fmt::format("the file begins as {} and is not that throughout; save it as UTF-8", from));
}

}  // namespace

DecodedText decoded(const std::string& bytes) {
    if (bytes.starts_with("\xef\xbb\xbf")) return {required(bytes.substr(3), "UTF-8"), "UTF-8"};
    if (bytes.starts_with("\xff\xfe")) return {required(bytes.substr(2), "UTF-16LE"), "UTF-16LE"};
    if (bytes.starts_with("\xfe\xff")) return {required(bytes.substr(2), "UTF-16BE"), "UTF-16BE"};
    if (auto text = converted(bytes, "UTF-8")) return {std::move(*text), "UTF-8"};
    if (auto text = converted(bytes, "GB18030")) return {std::move(*text), "GB18030", true};
    throw UnreadableSchedule(
        "the file is neither UTF-8 nor GBK; save it as `CSV UTF-8` in the spreadsheet");
}

}  // namespace sop::runtime::importing
