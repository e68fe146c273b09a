#include "tests/support/fault_vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>
#include <vector>

namespace sop::tests {

namespace {

constexpr std::size_t sector = 512;

// ---- memory -------------------------------------------------------------------------------------

std::atomic<std::int64_t> allocations{0};
std::atomic<std::int64_t> allocations_to_failure{0};  // 0: none fails
sqlite3_mem_methods usual_memory{};

bool allocation_fails() {
    ++allocations;
    return allocations_to_failure > 0 && --allocations_to_failure == 0;
}

void* allocate(int size) {
    return allocation_fails() ? nullptr : usual_memory.xMalloc(size);
}

void* reallocate(void* memory, int size) {
    return allocation_fails() ? nullptr : usual_memory.xRealloc(memory, size);
}

[[maybe_unused]] const bool memory_is_wrapped = [] {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual_memory) != SQLITE_OK) return false;
    sqlite3_mem_methods wrapped = usual_memory;
    wrapped.xMalloc = allocate;
    wrapped.xRealloc = reallocate;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &wrapped) == SQLITE_OK;
}();

// ---- files --------------------------------------------------------------------------------------

struct Change {
    std::size_t offset = 0;  // of a truncation: the new size
    std::string data{};
    bool truncates = false;
};

void put(std::string& content, const Change& change) {
    if (change.truncates) {
        content.resize(std::min(content.size(), change.offset));
        return;
    }
    const std::size_t end = change.offset + change.data.size();
    if (content.size() < end) content.resize(end);
    std::copy(change.data.begin(), change.data.end(),
              content.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

struct Handle;

struct SharedMemory {
    std::vector<std::unique_ptr<char[]>> regions{};
};

struct File {
    std::string content{};
    std::string synced{};
    std::vector<Change> unsynced{};
    bool is_entered = false;  // the folder that names it is synced
    std::shared_ptr<SharedMemory> shared = std::make_shared<SharedMemory>();
    std::vector<Handle*> open{};
};

struct Handle {
    FaultDisk::Files* files = nullptr;
    std::shared_ptr<File> file{};
    // Kept until it is closed: a dead connection still looks at it.
    std::shared_ptr<SharedMemory> shared{};
    int life = 0;
    int lock = SQLITE_LOCK_NONE;
    unsigned shared_locks = 0;  // a bit for each of SQLITE_SHM_NLOCK
    unsigned exclusive_locks = 0;
};

struct OpenFile {
    sqlite3_file base;
    Handle* handle;
};

Handle& handle_of(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile*>(file)->handle;
}

}  // namespace

class FaultDisk::Files {
  public:
    Files();
    ~Files() { sqlite3_vfs_unregister(&vfs_); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    // Does `effect`, unless the call is the one that is to fail, or the process is dead. `partly`
    // is what a failing device does of it.
    template <typename Effect, typename Partly>
    int perform(const Handle* handle, DiskCall call, int error, Effect effect, Partly partly);
    template <typename Effect>
    int perform(const Handle* handle, DiskCall call, int error, Effect effect) {
        return perform(handle, call, error, effect, [] {});
    }

    void die();
    void lose_unsynced(const PowerCut& cut);
    void enter_all_removals() { removed_.clear(); }

    std::string name_;
    sqlite3_vfs vfs_{};
    std::map<std::string, std::shared_ptr<File>> files_{};
    // Whose removal a cut of the power undoes.
    std::map<std::string, std::shared_ptr<File>> removed_{};
    std::array<std::int64_t, disk_calls> calls_{};
    std::int64_t allocations_before_ = allocations;
    std::optional<DiskFault> fault_{};
    bool is_full_ = false;
    bool is_dead_ = false;
    int life_ = 0;
};

namespace {

using Files = FaultDisk::Files;

int close(sqlite3_file* file) {
    Handle& handle = handle_of(file);
    std::erase(handle.file->open, &handle);
    delete &handle;
    return SQLITE_OK;
}

int read(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    return handle.files->perform(&handle, DiskCall::read, SQLITE_IOERR_READ, [&] {
        const std::string& content = handle.file->content;
        const auto from = std::min(static_cast<std::size_t>(offset), content.size());
        const auto wanted = static_cast<std::size_t>(amount);
        const std::size_t there = std::min(wanted, content.size() - from);
        std::memcpy(buffer, content.data() + from, there);
        std::memset(static_cast<char*>(buffer) + there, 0, wanted - there);
        return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
    });
}

void change(File& file, Change change) {
    put(file.content, change);
    file.unsynced.push_back(std::move(change));
}

int write(sqlite3_file* file, const void* data, int amount, sqlite3_int64 offset) {
    Handle& handle = handle_of(file);
    Files& files = *handle.files;
    const auto from = static_cast<std::size_t>(offset);
    const std::string bytes(static_cast<const char*>(data), static_cast<std::size_t>(amount));
    return files.perform(
        &handle, DiskCall::write, SQLITE_IOERR_WRITE,
        [&] {
            if (files.is_full_ && from + bytes.size() > handle.file->content.size())
                return SQLITE_FULL;
            change(*handle.file, {from, bytes});
            return SQLITE_OK;
        },
        [&] { change(*handle.file, {from, bytes.substr(0, bytes.size() / 2)}); });
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
    Handle& handle = handle_of(file);
    return handle.files->perform(&handle, DiskCall::truncate, SQLITE_IOERR_TRUNCATE, [&] {
        change(*handle.file, {static_cast<std::size_t>(size), {}, true});
        return SQLITE_OK;
    });
}

int sync(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    return handle.files->perform(&handle, DiskCall::sync, SQLITE_IOERR_FSYNC, [&] {
        File& synced = *handle.file;
        for (const Change& each : synced.unsynced) put(synced.synced, each);
        synced.unsynced.clear();
        // SQLite syncs the folder with the first sync of a new file.
        if (!std::exchange(synced.is_entered, true)) handle.files->enter_all_removals();
        return SQLITE_OK;
    });
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    Handle& handle = handle_of(file);
    return handle.files->perform(&handle, DiskCall::size, SQLITE_IOERR_FSTAT, [&] {
        *size = static_cast<sqlite3_int64>(handle.file->content.size());
        return SQLITE_OK;
    });
}

// ---- locks ----

template <typename Holds>
bool any_other(const Handle& handle, Holds holds) {
    return std::any_of(handle.file->open.begin(), handle.file->open.end(), [&](const Handle* each) {
        return each != &handle && each->life == handle.life && holds(*each);
    });
}

bool other_has(const Handle& handle, int level) {
    return any_other(handle, [&](const Handle& each) { return each.lock >= level; });
}

int lock(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    return handle.files->perform(&handle, DiskCall::lock, SQLITE_IOERR_LOCK, [&] {
        if (handle.lock >= level) return SQLITE_OK;
        const int in_the_way = level == SQLITE_LOCK_SHARED     ? SQLITE_LOCK_PENDING
                               : level == SQLITE_LOCK_RESERVED ? SQLITE_LOCK_RESERVED
                                                               : SQLITE_LOCK_SHARED;
        const bool is_free = !other_has(handle, in_the_way);
        if (is_free) handle.lock = level;
        // Whoever waits for the last readers lets no new ones in.
        if (!is_free && level == SQLITE_LOCK_EXCLUSIVE) handle.lock = SQLITE_LOCK_PENDING;
        return is_free ? SQLITE_OK : SQLITE_BUSY;
    });
}

int unlock(sqlite3_file* file, int level) {
    Handle& handle = handle_of(file);
    handle.lock = std::min(handle.lock, level);
    return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* file, int* result) {
    *result = other_has(handle_of(file), SQLITE_LOCK_RESERVED) ? 1 : 0;
    return SQLITE_OK;
}

int share_map(sqlite3_file* file, int region, int size, int extend, void volatile** mapped) {
    Handle& handle = handle_of(file);
    *mapped = nullptr;
    return handle.files->perform(&handle, DiskCall::share, SQLITE_IOERR_SHMMAP, [&] {
        if (!handle.shared) handle.shared = handle.file->shared;
        auto& regions = handle.shared->regions;
        const auto index = static_cast<std::size_t>(region);
        while (extend != 0 && regions.size() <= index)
            regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
        if (index < regions.size()) *mapped = regions[index].get();
        return SQLITE_OK;
    });
}

int share_lock(sqlite3_file* file, int offset, int count, int flags) {
    Handle& handle = handle_of(file);
    const unsigned mask = ((1U << count) - 1U) << offset;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
        ((flags & SQLITE_SHM_SHARED) != 0 ? handle.shared_locks : handle.exclusive_locks) &= ~mask;
        return SQLITE_OK;
    }
    return handle.files->perform(&handle, DiskCall::lock, SQLITE_IOERR_SHMLOCK, [&] {
        const bool shared = (flags & SQLITE_SHM_SHARED) != 0;
        const bool taken = any_other(handle, [&](const Handle& each) {
            return ((each.exclusive_locks | (shared ? 0U : each.shared_locks)) & mask) != 0;
        });
        if (taken) return SQLITE_BUSY;
        (shared ? handle.shared_locks : handle.exclusive_locks) |= mask;
        return SQLITE_OK;
    });
}

void share_barrier(sqlite3_file*) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

int share_unmap(sqlite3_file* file, int) {
    Handle& handle = handle_of(file);
    handle.shared_locks = 0;
    handle.exclusive_locks = 0;
    handle.shared.reset();
    // The last one out clears it: the next to come finds nothing there and recovers from the log.
    if (handle.file->shared.use_count() == 1) handle.file->shared->regions.clear();
    return SQLITE_OK;
}

int file_control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
    return static_cast<int>(sector);
}

// As SQLite takes every disk to be: a write that is cut off harms no bytes beside it.
int device_characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

constexpr sqlite3_io_methods io_methods{2,
                                        close,
                                        read,
                                        write,
                                        truncate,
                                        sync,
                                        file_size,
                                        lock,
                                        unlock,
                                        check_reserved_lock,
                                        file_control,
                                        sector_size,
                                        device_characteristics,
                                        share_map,
                                        share_lock,
                                        share_barrier,
                                        share_unmap,
                                        nullptr,
                                        nullptr};

// ---- the VFS ----

Files& files_of(sqlite3_vfs* vfs) {
    return *static_cast<Files*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    Files& files = files_of(vfs);
    file->pMethods = nullptr;
    return files.perform(nullptr, DiskCall::open, SQLITE_CANTOPEN, [&] {
        std::shared_ptr<File> found;
        const auto known = name == nullptr ? files.files_.end() : files.files_.find(name);
        if (known != files.files_.end()) {
            found = known->second;
        } else {
            if ((flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
            found = std::make_shared<File>();
            if (name != nullptr) {
                files.files_.emplace(name, found);
                files.removed_.erase(name);
            }
        }
        auto* handle = new Handle{&files, found, {}, files.life_};
        found->open.push_back(handle);
        reinterpret_cast<OpenFile*>(file)->handle = handle;
        file->pMethods = &io_methods;
        if (out_flags != nullptr) *out_flags = flags;
        return SQLITE_OK;
    });
}

int remove(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    Files& files = files_of(vfs);
    return files.perform(nullptr, DiskCall::remove, SQLITE_IOERR_DELETE, [&] {
        const auto found = files.files_.find(name);
        if (found == files.files_.end()) return SQLITE_IOERR_DELETE_NOENT;
        if (found->second->is_entered) files.removed_[name] = found->second;
        files.files_.erase(found);
        if (sync_folder != 0) files.enter_all_removals();
        return SQLITE_OK;
    });
}

int access(sqlite3_vfs* vfs, const char* name, int, int* result) {
    Files& files = files_of(vfs);
    return files.perform(nullptr, DiskCall::lookup, SQLITE_IOERR_ACCESS, [&] {
        *result = files.files_.contains(name) ? 1 : 0;
        return SQLITE_OK;
    });
}

int full_path_name(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {
    std::memset(out, 0, static_cast<std::size_t>(size));
    return size;
}

// Whoever waits for a lock has waited.
int sleep(sqlite3_vfs*, int microseconds) {
    return microseconds;
}

int current_time(sqlite3_vfs*, double* julian_day) {
    *julian_day = 2440587.5;
    return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) {
    return 0;
}

}  // namespace

Files::Files() {
    static std::atomic<int> made{0};
    name_ = "fault-disk-" + std::to_string(++made);
    vfs_.iVersion = 1;
    vfs_.szOsFile = sizeof(OpenFile);
    vfs_.mxPathname = 512;
    vfs_.zName = name_.c_str();
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    vfs_.xDelete = remove;
    vfs_.xAccess = access;
    vfs_.xFullPathname = full_path_name;
    vfs_.xRandomness = randomness;
    vfs_.xSleep = sleep;
    vfs_.xCurrentTime = current_time;
    vfs_.xGetLastError = last_error;
    if (!memory_is_wrapped || sqlite3_vfs_register(&vfs_, 0) != SQLITE_OK)
        throw std::runtime_error("SQLite does not take the disk of the tests");
}

template <typename Effect, typename Partly>
int Files::perform(const Handle* handle, DiskCall call, int error, Effect effect, Partly partly) {
    if (is_dead_ || (handle != nullptr && handle->life != life_)) return error;
    ++calls_[static_cast<std::size_t>(call)];
    if (!fault_ || fault_->call != call || --fault_->number > 0) return effect();
    const DiskFault fault = *std::exchange(fault_, std::nullopt);
    using Kind = DiskFault::Kind;
    switch (fault.kind) {
        case Kind::error:
            partly();
            return error;
        case Kind::full:
            return SQLITE_FULL;
        case Kind::busy:
            return SQLITE_BUSY;
        case Kind::kill_after:
        case Kind::power_cut_after:
            effect();
            break;
        case Kind::kill:
        case Kind::power_cut:
            break;
    }
    if (fault.kind == Kind::power_cut || fault.kind == Kind::power_cut_after)
        lose_unsynced(fault.cut);
    die();
    return error;
}

void Files::die() {
    is_dead_ = true;
    ++life_;
    for (auto& [name, file] : files_) file->shared = std::make_shared<SharedMemory>();
}

void Files::lose_unsynced(const PowerCut& cut) {
    std::mt19937_64 random{cut.seed};
    const auto is_kept = [&] { return cut.kept != PowerCut::Kept::some || random() % 2 == 0; };
    for (auto& [name, file] : removed_) {
        if (cut.kept == PowerCut::Kept::nothing || !is_kept()) files_.emplace(name, file);
    }
    removed_.clear();
    std::erase_if(files_, [&](const auto& entry) {
        return !entry.second->is_entered && (cut.kept == PowerCut::Kept::nothing || !is_kept());
    });
    for (auto& [name, file] : files_) {
        std::vector<Change> changes = std::exchange(file->unsynced, {});
        if (cut.kept == PowerCut::Kept::nothing) changes.clear();
        if (cut.kept == PowerCut::Kept::all_but_torn && !changes.empty()) {
            std::string& last = changes.back().data;
            const std::size_t sectors = (last.size() + sector - 1) / sector;
            last.resize(std::min(last.size(), sectors / 2 * sector));
        }
        for (const Change& each : changes) {
            if (each.truncates) {
                if (is_kept()) put(file->synced, each);
                continue;
            }
            for (std::size_t at = 0; at < each.data.size(); at += sector) {
                if (is_kept()) put(file->synced, {each.offset + at, each.data.substr(at, sector)});
            }
        }
        file->content = file->synced;
        file->is_entered = true;
    }
}

FaultDisk::FaultDisk() : files_(std::make_unique<Files>()) {}

FaultDisk::~FaultDisk() {
    forget_fault();
}

const std::string& FaultDisk::vfs() const {
    return files_->name_;
}

std::int64_t FaultDisk::calls(DiskCall call) const {
    if (call == DiskCall::memory) return allocations - files_->allocations_before_;
    return files_->calls_[static_cast<std::size_t>(call)];
}

void FaultDisk::plan(const DiskFault& fault) {
    forget_fault();
    if (fault.call == DiskCall::memory) {
        if (fault.kind != DiskFault::Kind::error)
            throw std::invalid_argument("memory can only run out");
        allocations_to_failure = fault.number;
    } else {
        files_->fault_ = fault;
    }
}

void FaultDisk::forget_fault() {
    allocations_to_failure = 0;
    files_->fault_.reset();
}

bool FaultDisk::has_fault() const {
    return files_->fault_.has_value() || allocations_to_failure > 0;
}

void FaultDisk::set_full(bool full) {
    files_->is_full_ = full;
}

void FaultDisk::kill() {
    files_->die();
}

void FaultDisk::cut_power(const PowerCut& cut) {
    files_->lose_unsynced(cut);
    files_->die();
}

void FaultDisk::start() {
    files_->is_dead_ = false;
}

bool FaultDisk::is_dead() const {
    return files_->is_dead_;
}

}  // namespace sop::tests
