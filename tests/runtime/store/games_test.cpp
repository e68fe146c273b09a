// What stores promise of lists, draws and codes.
#include "runtime/store/games.h"

#include <catch2/catch.hpp>

#include "tests/support/stores.h"

namespace sop::runtime {
namespace {

using tests::FileStore;
using tests::MemoryStore;

Instant at(int minute) {
    return Instant(std::chrono::minutes(minute));
}

Collection a_collection(int opened = 10, int closed = 20) {
    return {.of = {7, 1, 2}, .subject = "g1", .opened_at = at(opened), .closes_at = at(closed)};
}

}  // namespace

TEMPLATE_TEST_CASE("a collection is open in its window, for its subject", "[store][games]",
                   MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    Collection collection = a_collection();
    collection.id = store.add_collection(collection).value();
    CHECK(store.add_collection(a_collection()) == std::nullopt);
    CHECK(store.find_collection({7, 1, 2}) == collection);
    CHECK(store.find_collection({7, 1, 3}) == std::nullopt);
    const auto open_at = [&](int minute, const char* subject = "g1",
                             SubjectKind kind = SubjectKind::group) {
        return store.collections_at(kind, subject, at(minute)).size();
    };
    CHECK(open_at(9) == 0);
    CHECK(open_at(10) == 1);
    CHECK(open_at(19) == 1);
    CHECK(open_at(20) == 0);
    CHECK(open_at(10, "g2") == 0);
    CHECK(open_at(10, "g1", SubjectKind::member) == 0);
    store.close_collections_of(8, at(12));
    CHECK(open_at(13) == 1);
    store.close_collections_of(7, at(12));
    CHECK(open_at(13) == 0);
    store.set_full(collection.id);
    CHECK(store.find_collection({7, 1, 2})->is_full);
}

TEMPLATE_TEST_CASE("the collection that a run opened last is found", "[store][games]", MemoryStore,
                   FileStore) {
    TestType held;
    Store& store = *held;
    Collection collection = a_collection();
    CHECK(store.last_collection_of(7) == std::nullopt);
    for (const ActionOfRun of :
         {ActionOfRun{7, 3, 0}, ActionOfRun{8, 9, 0}, ActionOfRun{7, 1, 2}}) {
        collection.of = of;
        CHECK(store.add_collection(collection));
    }
    CHECK(store.last_collection_of(7)->of == ActionOfRun{7, 1, 2});
    CHECK(store.last_collection_of(8)->of == ActionOfRun{8, 9, 0});
}

TEMPLATE_TEST_CASE("what is collected counts once, until it is given back", "[store][games]",
                   MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    const CollectionId id = store.add_collection(a_collection()).value();
    const CollectedEntry second{"o2", "m1", 2, at(12)};
    const CollectedEntry first{"o9", "m2", 3, at(11)};
    CHECK(store.add_collected(id, second));
    CHECK(store.add_collected(id, first));
    CHECK_FALSE(store.add_collected(id, second));
    CHECK(store.collected(id) == std::vector<CollectedEntry>{first, second});
    CHECK(store.find_collection({7, 1, 2})->taken == 5);
    CHECK(store.collected_of(id, "m1") == 2);
    CHECK(store.collected_of(id, "m3") == 0);
    CHECK(store.give_back(id, first));
    CHECK_FALSE(store.give_back(id, first));
    CHECK(store.collected(id) == std::vector<CollectedEntry>{second});
    CHECK(store.find_collection({7, 1, 2})->taken == 2);
    CHECK(store.collected_of(id, "m2") == 0);
}

TEMPLATE_TEST_CASE("a draw is held once, with all who took part", "[store][games]", MemoryStore,
                   FileStore) {
    TestType held;
    Store& store = *held;
    StoredDraw draw{.of = {7, 1, 2}, .seed = "ab", .name = "end", .drawn_at = at(20)};
    const std::vector<StoredDrawEntry> entries{{"e1", "m1", {}}, {"e2", "m2", 1}};
    draw.id = store.add_draw(draw, entries).value();
    CHECK(store.add_draw(draw, {}) == std::nullopt);
    CHECK(store.find_draw(ActionOfRun{7, 1, 2}) == draw);
    CHECK(store.find_draw(draw.id) == draw);
    CHECK(store.find_draw(draw.id + 1) == std::nullopt);
    CHECK(store.draw_entries(draw.id) == entries);
    StoredDraw later = draw;
    later.of.run = 8;
    later.id = store.add_draw(later, {}).value();
    CHECK(store.list_draws(1000, 10) == std::vector<StoredDraw>{later, draw});
    CHECK(store.list_draws(later.id, 10) == std::vector<StoredDraw>{draw});
    CHECK(store.draw_secret().empty());
    store.set_draw_secret("first");
    store.set_draw_secret("second");
    CHECK(store.draw_secret() == "first");
}

TEMPLATE_TEST_CASE("a code is given once, in the order in which it came", "[store][games]",
                   MemoryStore, FileStore) {
    TestType held;
    Store& store = *held;
    CHECK(store.next_code("gifts") == std::nullopt);
    CHECK(store.add_code("gifts", "Z"));
    CHECK(store.add_code("gifts", "A"));
    CHECK(store.add_code("others", "A"));
    CHECK_FALSE(store.add_code("gifts", "Z"));
    CHECK(store.next_code("gifts") == "Z");
    store.give_code("gifts", "Z", {7, 1, 2}, "m1", at(12));
    CHECK_THROWS_AS(store.give_code("gifts", "Z", {7, 1, 3}, "m1", at(12)), StoreError);
    CHECK(store.next_code("gifts") == "A");
    store.give_code("gifts", "A", {7, 1, 3}, "m1", at(12));
    CHECK(store.next_code("gifts") == std::nullopt);
    CHECK(store.last_code_of(7) == "A");
    CHECK(store.last_code_of(8) == std::nullopt);
    CHECK(store.count_pool("gifts") == PoolCounts{"gifts", 2, 2});
    CHECK(store.count_pool("none") == PoolCounts{"none", 0, 0});
    CHECK(store.list_pools() == std::vector<PoolCounts>{{"gifts", 2, 2}, {"others", 1, 0}});
    const auto codes = store.list_codes("gifts", 0, 10);
    REQUIRE(codes.size() == 2);
    CHECK(codes[0] == PoolCode{codes[0].id, "Z", "m1", at(12)});
    CHECK(store.list_codes("gifts", codes[0].id, 10).size() == 1);
}

}  // namespace sop::runtime
