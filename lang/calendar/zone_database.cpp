#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>

#include "lang/calendar/zone.h"

namespace sop::lang::calendar {

namespace {

std::string_view next_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

std::string_view next_word(std::string_view& line) {
    constexpr std::string_view blanks = " \t";
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

}  // namespace

struct ZoneDatabase::State {
    explicit State(ZoneSource zone_source) : source(std::move(zone_source)) {
        std::string_view rest = source.tzdata_zi;
        while (!rest.empty()) {
            read_line(next_line(rest));
        }
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        if (names.empty()) {
            throw ZoneDataError(
                fmt::format("the tzdata.zi of {} lists no time zone; reinstall the tzdata package",
                            source.origin));
        }
    }

    void read_line(std::string_view line) {
        const std::string_view kind = next_word(line);
        const std::string_view first = next_word(line);
        const std::string_view second = next_word(line);
        if (kind == "#" && first == "version" && !second.empty()) {
            release = second;
        } else if (kind == "Z" && !first.empty()) {
            names.emplace_back(first);
        } else if (kind == "L" && !second.empty()) {
            names.emplace_back(second);
            links.insert_or_assign(std::string(second), std::string(first));
        }
    }

    bool lists(std::string_view name) const {
        return std::binary_search(names.begin(), names.end(), name);
    }

    std::string_view canonical(std::string_view name) const {
        // A link may lead to a link. In a sound list that ends; counting steps ends it in a
        // circular one too.
        for (std::size_t steps = 0; steps < links.size(); ++steps) {
            const auto link = links.find(name);
            if (link == links.end()) {
                break;
            }
            name = link->second;
        }
        return name;
    }

    struct Loaded {
        std::shared_ptr<const Zone> zone;
        std::string data;
    };

    // Nothing for a name that is not listed. What is returned stays where it is.
    const Loaded* load(std::string_view name);

    ZoneSource source;
    std::string release = "unknown";
    std::vector<std::string> names;
    std::map<std::string, std::string, std::less<>> links;
    std::mutex mutex;  // guards `loaded`; all else is fixed after construction
    std::map<std::string, Loaded, std::less<>> loaded;
};

const ZoneDatabase::State::Loaded* ZoneDatabase::State::load(std::string_view name) {
    if (!lists(name)) {
        return nullptr;
    }
    const std::lock_guard lock(mutex);
    if (const auto known = loaded.find(name); known != loaded.end()) {
        return &known->second;
    }
    // Systems may list the old links and not install their files, so the file read is that of the
    // zone itself.
    const std::string_view file = canonical(name);
    std::optional<std::string> bytes = source.read(file);
    if (!bytes) {
        throw ZoneDataError(fmt::format(
            "time zone {} is listed but its file {} is missing from {}; reinstall the tzdata "
            "package",
            name, file, source.origin));
    }
    auto zone = Zone::parse(std::string(name), *bytes);
    return &loaded.emplace(name, Loaded{std::move(zone), std::move(*bytes)}).first->second;
}

ZoneDatabase::ZoneDatabase(ZoneSource source)
    : state_(std::make_unique<State>(std::move(source))) {}

ZoneDatabase::~ZoneDatabase() = default;

std::shared_ptr<const Zone> ZoneDatabase::find(std::string_view name) const {
    const State::Loaded* loaded = state_->load(name);
    return loaded == nullptr ? nullptr : loaded->zone;
}

std::string ZoneDatabase::data_of(std::string_view name) const {
    const State::Loaded* loaded = state_->load(name);
    return loaded == nullptr ? std::string{} : loaded->data;
}

const std::vector<std::string>& ZoneDatabase::names() const {
    return state_->names;
}

std::string ZoneDatabase::canonical(std::string_view name) const {
    return std::string(state_->canonical(name));
}

const std::string& ZoneDatabase::release() const {
    return state_->release;
}

}  // namespace sop::lang::calendar
