#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace sop::runtime {

namespace {

using lang::calendar::ZoneDataError;

// Nine times the largest file of tzdata: what is larger is no zone data, and is not read into
// memory.
constexpr std::uintmax_t file_size_max = 1U << 20U;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw ZoneDataError(
        fmt::format("cannot read {}: {}; reinstall the tzdata package", path.string(), why));
}

std::string read_file(const std::filesystem::path& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) {
        fail(path, error.message());
    }
    if (size > file_size_max) {
        fail(path, fmt::format("it has {} bytes, more than any zone data", size));
    }
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string bytes(size, '\0');
    if (!file || !file.read(bytes.data(), static_cast<std::streamsize>(size))) {
        fail(path, errno != 0 ? std::generic_category().message(errno)
                              : "it is shorter than the system says");
    }
    return bytes;
}

// Names come from tzdata.zi, which is data too: none may lead out of the folder.
bool stays_inside(const std::filesystem::path& name) {
    return name.is_relative() && !name.empty() &&
           std::find(name.begin(), name.end(), "..") == name.end();
}

std::optional<std::string> read_zone(const std::filesystem::path& folder, std::string_view name) {
    const std::filesystem::path path = folder / name;
    std::error_code error;
    if (!stays_inside(name) || !std::filesystem::is_regular_file(path, error)) {
        return std::nullopt;
    }
    return read_file(path);
}

}  // namespace

lang::calendar::ZoneSource zoneinfo_folder(const std::filesystem::path& folder) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        throw ZoneDataError(
            fmt::format("there is no folder {} to read time zones from; install the tzdata "
                        "package, or name the folder with --zoneinfo",
                        folder.string()));
    }
    if (!std::filesystem::exists(folder / "tzdata.zi", error)) {
        throw ZoneDataError(
            fmt::format("{} holds no tzdata.zi, the list of time zones; reinstall the tzdata "
                        "package, or name the folder of another with --zoneinfo",
                        folder.string()));
    }
    return {.read = [folder](std::string_view name) { return read_zone(folder, name); },
            .tzdata_zi = read_file(folder / "tzdata.zi"),
            .origin = folder.string()};
}

}  // namespace sop::runtime
