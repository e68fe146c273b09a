#include "runtime/store/identity.h"

#include "lang/sha256.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace sop::runtime {

namespace {

namespace fs = std::filesystem;

// After a kill, an older copy put over the file itself is only told when it is older than this.
constexpr std::chrono::minutes epoch_length{10};

constexpr std::size_t identifier_bytes = 16;

// These give the same file another inode after a while, or after the next mount. The kernel's
// headers do not name all of them.
constexpr std::array<std::int64_t, 7> unstable_inodes{
    MSDOS_SUPER_MAGIC, FUSE_SUPER_MAGIC,  V9FS_MAGIC, CIFS_SUPER_MAGIC,
    SMB2_SUPER_MAGIC,  EXFAT_SUPER_MAGIC, 0x7366746e /* NTFS */};

std::string sidecar_path(const fs::path& store) {
    return store.string() + ".id";
}

[[noreturn]] void fail(const std::string& path, std::string_view what) {
    throw StoreError(fmt::format("{}: cannot be {}: {}", path, what, std::strerror(errno)));
}

template <typename Value>
bool differ(const std::optional<Value>& one, const std::optional<Value>& other) {
    return one && other && *one != *other;
}

bool differ(const FileIdentity& one, const FileIdentity& other) {
    return differ(one.inode, other.inode) || differ(one.born_at, other.born_at);
}

// ---- around the file ----------------------------------------------------------------------------

class FileDescriptor {
  public:
    explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
    ~FileDescriptor() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    int get() const { return descriptor_; }
    bool is_open() const { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

// By its name: to open and close a database would take the locks from the connection that this
// process has to it.
FileIdentity identify(const std::string& path) {
    struct statx facts{};
    struct statfs system{};
    if (statx(AT_FDCWD, path.c_str(), 0, STATX_INO | STATX_BTIME, &facts) != 0 ||
        statfs(path.c_str(), &system) != 0)
        fail(path, "looked at");
    FileIdentity identity;
    const bool is_stable =
        std::find(unstable_inodes.begin(), unstable_inodes.end(),
                  static_cast<std::int64_t>(system.f_type)) == unstable_inodes.end();
    if (is_stable) identity.inode = static_cast<std::int64_t>(facts.stx_ino);
    if ((facts.stx_mask & STATX_BTIME) != 0)
        identity.born_at = Instant(std::chrono::seconds(facts.stx_btime.tv_sec));
    return identity;
}

// The id itself is to stay on its machine (machine-id(5)).
std::optional<std::string> machine() {
    std::ifstream file("/etc/machine-id");
    std::string id;
    if (!(file >> id) || id == "uninitialized") return std::nullopt;
    id += " sop";
    return lang::hex_text(lang::sha256(id), identifier_bytes);
}

// ---- the sidecar --------------------------------------------------------------------------------

nlohmann::json to_json(const FileIdentity& file) {
    nlohmann::json json = nlohmann::json::object();
    if (file.inode) json["inode"] = *file.inode;
    if (file.born_at) json["born_at"] = file.born_at->time_since_epoch().count();
    return json;
}

std::optional<Sidecar> parse_sidecar(const std::string& text) {
    try {
        const auto json = nlohmann::json::parse(text);
        Sidecar sidecar{.instance = json.at("instance").get<std::string>(),
                        .epoch = json.at("epoch").get<std::int64_t>()};
        const auto& file = json.at("file");
        if (file.contains("inode")) sidecar.file.inode = file["inode"].get<std::int64_t>();
        if (file.contains("born_at"))
            sidecar.file.born_at =
                Instant(std::chrono::milliseconds(file["born_at"].get<std::int64_t>()));
        return sidecar;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

void read_sidecar(const fs::path& store, Surroundings& around) {
    const std::string path = sidecar_path(store);
    std::ifstream stream(path, std::ios::binary);
    if (!stream.is_open() && errno == ENOENT) return;
    if (!stream.is_open()) fail(path, "read");
    around.has_sidecar = true;
    around.sidecar_file = identify(path);
    around.sidecar = parse_sidecar({std::istreambuf_iterator<char>(stream), {}});
}

// Whole or not at all, and on the disk when it returns.
void write_sidecar(const fs::path& store, const std::string& instance, std::int64_t epoch) {
    const std::string path = sidecar_path(store);
    const std::string part = path + ".part";
    if (unlink(part.c_str()) != 0 && errno != ENOENT) fail(part, "removed");
    const FileDescriptor file(open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file.is_open()) fail(part, "made");
    const nlohmann::json json{{"format_version", 1},
                              {"instance", instance},
                              {"epoch", epoch},
                              {"file", to_json(identify(part))}};
    const std::string text = json.dump() + "\n";
    if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        fsync(file.get()) != 0)
        fail(part, "written");
    if (rename(part.c_str(), path.c_str()) != 0) fail(path, "written");
    const FileDescriptor folder(
        open(store.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open() || fsync(folder.get()) != 0) fail(path, "written");
}

// ---- what they say together ---------------------------------------------------------------------

// Of a store without an identity: of a version that had none, or new.
std::optional<Fence> fence_of_unnamed(bool was_served, const Surroundings& around) {
    // One that was never served may lie beside the sidecar of the one before it; and an epoch of 0
    // is that of a first start that was broken off.
    const bool is_first =
        !was_served || !around.has_sidecar || (around.sidecar && around.sidecar->epoch == 0);
    if (is_first) return std::nullopt;
    return Fence{FenceCause::older_store,
                 "the file beside it (.id) is of a later time: an older copy was put in its place"};
}

}  // namespace

std::string_view to_text(FenceCause cause) {
    switch (cause) {
        case FenceCause::backup:
            return "backup";
        case FenceCause::older_store:
            return "older store";
        case FenceCause::sidecar_missing:
            return "sidecar missing";
        case FenceCause::sidecar_damaged:
            return "sidecar damaged";
        case FenceCause::sidecar_of_another:
            return "sidecar of another";
        case FenceCause::sidecar_older:
            return "sidecar older";
        case FenceCause::sidecar_copied:
            return "sidecar copied";
        case FenceCause::other_machine:
            return "other machine";
        case FenceCause::copied_file:
            return "copied file";
    }
    return "";  // not reached: the switch names every cause
}

std::optional<Fence> find_fence(const std::optional<StoredIdentity>& identity, bool was_served,
                                const Surroundings& around) {
    if (!identity) return fence_of_unnamed(was_served, around);
    if (identity->backed_up_at) {
        return Fence{FenceCause::backup, fmt::format("it is a backup, made at {}",
                                                     instant_text(*identity->backed_up_at))};
    }
    if (!around.has_sidecar) {
        return Fence{FenceCause::sidecar_missing,
                     "the file that belongs beside it (.id) is missing, as it is beside a copy"};
    }
    if (!around.sidecar) {
        return Fence{FenceCause::sidecar_damaged, "the file beside it (.id) is damaged"};
    }
    const Sidecar& sidecar = *around.sidecar;
    if (sidecar.instance != identity->instance) {
        return Fence{FenceCause::sidecar_of_another,
                     "the file beside it (.id) belongs to another database"};
    }
    if (differ(identity->machine, around.machine)) {
        return Fence{FenceCause::other_machine, "it was last served on another machine"};
    }
    if (differ(identity->file, around.store)) {
        return Fence{FenceCause::copied_file, "it is a copy of the file that was last served"};
    }
    if (identity->epoch < sidecar.epoch) {
        return Fence{FenceCause::older_store,
                     fmt::format("it is as it was in epoch {}, and epoch {} was served here: an "
                                 "older copy was put in its place",
                                 identity->epoch, sidecar.epoch)};
    }
    // One ahead: what held it was broken off before it wrote the sidecar.
    if (identity->epoch > sidecar.epoch + 1) {
        return Fence{FenceCause::sidecar_older,
                     fmt::format("the file beside it (.id) is as it was in epoch {}, and the "
                                 "database is in epoch {}",
                                 sidecar.epoch, identity->epoch)};
    }
    if (differ(sidecar.file, around.sidecar_file)) {
        return Fence{FenceCause::sidecar_copied, "the file beside it (.id) is a copy"};
    }
    return std::nullopt;
}

std::string random_identifier() {
    std::array<unsigned char, identifier_bytes> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw StoreError(fmt::format("the system gives no random bytes: {}", std::strerror(errno)));
    return fmt::format("{:02x}", fmt::join(bytes, ""));
}

Surroundings look_around(const fs::path& store) {
    Surroundings around;
    around.store = identify(store.string());
    around.machine = machine();
    read_sidecar(store, around);
    return around;
}

std::optional<Fence> find_fence(Store& store, const fs::path& path) {
    return find_fence(store.identity(), store.latest_plan().has_value(), look_around(path));
}

void IdentityKeeper::hold(Instant now) {
    const auto identity = store_.identity();
    if (!identity) {
        take();
    } else {
        // From the sidecar's: where the last hold was broken off between the two, this ends it.
        const auto sidecar = look_around(path_).sidecar;
        begin_epoch(identity->instance, (sidecar ? sidecar->epoch : identity->epoch) + 1);
    }
    held_at_ = now;
}

void IdentityKeeper::renew(Instant now) {
    if (now < held_at_ || now >= held_at_ + epoch_length) hold(now);
}

void IdentityKeeper::take() {
    const std::string instance = random_identifier();
    // First the sidecar: broken off here, the store stays as it was, new or fenced.
    write_sidecar(path_, instance, 0);
    begin_epoch(instance, 1);
}

void IdentityKeeper::begin_epoch(const std::string& instance, std::int64_t epoch) {
    const Surroundings around = look_around(path_);
    store_.set_identity(
        {.instance = instance, .epoch = epoch, .machine = around.machine, .file = around.store});
    write_sidecar(path_, instance, epoch);
}

}  // namespace sop::runtime
