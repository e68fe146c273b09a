#include "runtime/store/identity.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace sop::runtime {
namespace {

namespace fs = std::filesystem;

const Instant noon{std::chrono::hours(12)};

Instant born(int second) {
    return Instant(std::chrono::seconds(second));
}

// A store that was held here in epoch 7, as it is found at the next start.
struct Case {
    std::optional<StoredIdentity> identity{
        StoredIdentity{.instance = "a1", .epoch = 7, .machine = "m1", .file = {10, born(1)}}};
    bool was_served = true;
    Surroundings around{.store = {10, born(1)},
                        .machine = "m1",
                        .has_sidecar = true,
                        .sidecar = Sidecar{.instance = "a1", .epoch = 7, .file = {20, born(2)}},
                        .sidecar_file = {20, born(2)}};
};

std::string verdict(const Case& found) {
    const auto fence = find_fence(found.identity, found.was_served, found.around);
    if (!fence) return "";
    CHECK_FALSE(fence->why.empty());
    return std::string(to_text(fence->cause));
}

// ---- what is told from what ---------------------------------------------------------------------

TEST_CASE("a copy is told from the database it was made of", "[identity]") {
    struct Row {
        const char* what;
        std::function<void(Case&)> change;
        const char* cause;  // empty: no fence
    };
    const auto drop_row = [](Case& each) { each.identity.reset(); };
    const auto drop_sidecar = [](Case& each) {
        each.around.has_sidecar = false;
        each.around.sidecar.reset();
    };
    const Row rows[] = {
        {"as it was left", [](Case&) {}, ""},
        {"a backup", [](Case& each) { each.identity->backed_up_at = noon; }, "backup"},
        {"a backup of a store that never had an identity",
         [&](Case& each) {
             each.identity = StoredIdentity{.backed_up_at = noon};
             drop_sidecar(each);
         },
         "backup"},
        {"the file alone was copied", drop_sidecar, "sidecar missing"},
        {"the sidecar is torn", [](Case& each) { each.around.sidecar.reset(); }, "sidecar damaged"},
        {"in the place of another database",
         [](Case& each) { each.around.sidecar->instance = "b2"; }, "sidecar of another"},
        {"the disk is in another machine", [](Case& each) { each.around.machine = "m2"; },
         "other machine"},
        {"both files were copied",
         [](Case& each) {
             each.around.store = {11, born(5)};
             each.around.sidecar_file = {21, born(5)};
         },
         "copied file"},
        {"removed and copied back: the inode was free again",
         [](Case& each) { each.around.store.born_at = born(5); }, "copied file"},
        {"another file system, which happens to give the same time",
         [](Case& each) { each.around.store.inode = 11; }, "copied file"},
        {"an older copy over the file itself", [](Case& each) { each.identity->epoch = 6; },
         "older store"},
        {"an older sidecar over the sidecar itself",
         [](Case& each) { each.around.sidecar->epoch = 5; }, "sidecar older"},
        {"older copies over both", [](Case& each) { each.around.sidecar_file.inode = 22; },
         "sidecar copied"},
        {"stopped between the row and the sidecar", [](Case& each) { each.identity->epoch = 8; },
         ""},

        // What cannot be told is no reason.
        {"a container without a machine id", [](Case& each) { each.around.machine.reset(); }, ""},
        {"a machine id where there was none", [](Case& each) { each.identity->machine.reset(); },
         ""},
        {"a file system without stable inodes", [](Case& each) { each.around.store.inode.reset(); },
         ""},
        {"a file system without times of birth",
         [](Case& each) { each.identity->file.born_at.reset(); }, ""},
        {"neither for the sidecar", [](Case& each) { each.around.sidecar_file = {}; }, ""},

        // Without a row.
        {"a store of a version without identities",
         [&](Case& each) {
             drop_row(each);
             drop_sidecar(each);
         },
         ""},
        {"a new store where another one was",
         [&](Case& each) {
             drop_row(each);
             each.was_served = false;
         },
         ""},
        {"its first start was broken off",
         [&](Case& each) {
             drop_row(each);
             each.around.sidecar->epoch = 0;
         },
         ""},
        {"a copy of a version without identities, where a later one was served", drop_row,
         "older store"},
        {"such a copy beside a torn sidecar",
         [&](Case& each) {
             drop_row(each);
             each.around.sidecar.reset();
         },
         "older store"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        Case found;
        row.change(found);
        CHECK(verdict(found) == row.cause);
    }
}

// ---- on real files ------------------------------------------------------------------------------

struct Place {
    tests::TemporaryFolder folder;
    fs::path path = folder / "sop.db";
    std::unique_ptr<Store> store = open_sqlite_store(path.string());

    std::string verdict() {
        const auto fence = find_fence(*store, path);
        return fence ? std::string(to_text(fence->cause)) : "";
    }
    void hold(Instant now = noon) { IdentityKeeper(*store, path).hold(now); }
    void reopen() {
        store.reset();
        store = open_sqlite_store(path.string());
    }
};

TEST_CASE("a store keeps its identity through restarts, and its epoch grows", "[identity]") {
    Place place;
    CHECK_FALSE(place.store->identity());
    place.hold();
    const auto first = place.store->identity().value();
    CHECK(first.instance.size() == 32);
    CHECK(first.epoch == 1);
    for (int start = 2; start <= 4; ++start) {
        place.reopen();
        REQUIRE(place.verdict().empty());
        place.hold();
        CHECK(place.store->identity()->instance == first.instance);
        CHECK(place.store->identity()->epoch == start);
    }
}

TEST_CASE("a store of a version without identities is adopted", "[identity]") {
    Place place;
    place.store->add_plan(noon, "hash", "{}");
    CHECK(place.verdict().empty());
    place.hold();
    CHECK(place.verdict().empty());
    fs::remove(place.path.string() + ".id");
    CHECK(place.verdict() == "sidecar missing");
}

TEST_CASE("an executor at work renews its hold every few minutes", "[identity]") {
    Place place;
    IdentityKeeper keeper(*place.store, place.path);
    keeper.hold(noon);
    const auto epoch = [&] { return place.store->identity()->epoch; };
    keeper.renew(noon + std::chrono::minutes(9));
    CHECK(epoch() == 1);
    keeper.renew(noon + std::chrono::minutes(10));
    CHECK(epoch() == 2);
    keeper.renew(noon + std::chrono::minutes(11));
    CHECK(epoch() == 2);
    // The clock was set back.
    keeper.renew(noon);
    CHECK(epoch() == 3);
    CHECK(place.verdict().empty());
}

TEST_CASE("a store that takes a new identity is no longer what it was copied from", "[identity]") {
    Place original;
    original.hold();
    Place copy;
    copy.store.reset();
    original.store.reset();
    fs::copy_file(original.path, copy.path, fs::copy_options::overwrite_existing);
    fs::copy_file(original.path.string() + ".id", copy.path.string() + ".id");
    original.reopen();
    copy.reopen();
    CHECK(copy.verdict() == "copied file");
    IdentityKeeper(*copy.store, copy.path).take();
    CHECK(copy.verdict().empty());
    CHECK(copy.store->identity()->instance != original.store->identity()->instance);
    CHECK(original.verdict().empty());
}

TEST_CASE("a backup says when it was made, and the store it was made of does not", "[identity]") {
    Place original;
    const bool has_identity = GENERATE(true, false);
    if (has_identity) original.hold();
    const std::string target = (original.folder / "copy.db").string();
    back_up(original.path.string(), target, noon);
    CHECK(open_sqlite_store(target)->identity()->backed_up_at == noon);
    CHECK(original.store->identity().has_value() == has_identity);
    CHECK(original.verdict().empty());
}

// ---- crashes ------------------------------------------------------------------------------------

struct Crash {};

// Dies at the row, before or after it is written.
class CrashingStore : public IdentityStore {
  public:
    CrashingStore(Store& store, bool is_written) : store_(store), is_written_(is_written) {}
    std::optional<StoredIdentity> identity() override { return store_.identity(); }
    void set_identity(const StoredIdentity& identity) override {
        if (is_written_) store_.set_identity(identity);
        throw Crash{};
    }

  private:
    Store& store_;
    bool is_written_;
};

TEST_CASE("a start that crashes at any point, any number of times, fences nothing",
          "[identity][crash]") {
    Place place;
    const bool is_served = GENERATE(false, true);
    if (is_served) place.store->add_plan(noon, "hash", "{}");
    const bool is_held = GENERATE(false, true);
    if (is_held) place.hold();
    using Crashes = std::vector<bool>;
    const auto crashes =
        GENERATE(values<Crashes>({Crashes{false}, Crashes{true}, Crashes{true, true, true},
                                  Crashes{false, true, false, true, true}}));
    for (const bool is_written : crashes) {
        CrashingStore crashing(*place.store, is_written);
        CHECK_THROWS_AS(IdentityKeeper(crashing, place.path).hold(noon), Crash);
        // Torn while it was written.
        place.folder.write("sop.db.id.part", "{\"inst");
        place.reopen();
        CHECK(place.verdict().empty());
    }
    place.hold();
    CHECK(place.verdict().empty());
    place.reopen();
    CHECK(place.verdict().empty());
}

TEST_CASE("taking a new identity that crashes leaves the fence, or lifts it", "[identity][crash]") {
    Place place;
    place.hold();
    place.store->set_identity({.instance = "copy", .epoch = 3, .machine = {}, .file = {}});
    REQUIRE(place.verdict() == "sidecar of another");
    CrashingStore before_row(*place.store, false);
    CHECK_THROWS_AS(IdentityKeeper(before_row, place.path).take(), Crash);
    CHECK(place.verdict() == "sidecar of another");
    CrashingStore after_row(*place.store, true);
    CHECK_THROWS_AS(IdentityKeeper(after_row, place.path).take(), Crash);
    CHECK(place.verdict().empty());
}

TEST_CASE("a sidecar that cannot be written is named", "[identity]") {
    Place place;
    const fs::path part = place.path.string() + ".id.part";
    fs::create_directory(part);
    CHECK_THROWS_WITH(place.hold(), Catch::StartsWith(part.string() + ": cannot be removed: "));
}

}  // namespace
}  // namespace sop::runtime
