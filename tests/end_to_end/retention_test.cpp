// What the real binary lets go, and `sop vacuum`.
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/project.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <chrono>

namespace {

using namespace sop::tests;
using namespace sop::runtime;
using nlohmann::json;

constexpr int old_messages = 3000;

Instant then(int days_ago) {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) -
           date::days{days_ago};
}

// A playbook that has nothing to do, with messages of its own that were sent 100 days ago.
struct OldProject : Project {
    OldProject() : Project(1) {
        folder.write("leap.sop",
                     "sop 1\ntag member\nplaybook p {\n  timezone UTC\n  for groups tagged member\n"
                     "  via log\n  leap: every year on 02-29 at 12:00 { post \"hello\" }\n}\n");
        serve_until_stopped();
        const auto store = open_sqlite_store((folder / "sop.db").string());
        const auto transaction = store->begin();
        const Instant long_ago = then(100);
        const RuleId rule = store->list_rules().at(0).id;
        const FiringId firing = store
                                    ->add_firing({.rule = rule,
                                                  .key = "long ago",
                                                  .plan = 1,
                                                  .start_at = long_ago,
                                                  .end_at = long_ago,
                                                  .expanded = true})
                                    .value();
        for (int i = 0; i < old_messages; ++i) {
            const RunId run = store
                                  ->add_run({.firing = firing,
                                             .rule = rule,
                                             .subject = fmt::format("g{}", i),
                                             .state = RunState::done})
                                  .value();
            store->add_delivery({.run = run,
                                 .channel = "log",
                                 .message = store->intern_message(
                                     {fmt::format("message {} {:200}", i, "of those days"), {}}),
                                 .planned_for = long_ago,
                                 .state = DeliveryState::sent,
                                 .settled_at = long_ago});
        }
        transaction->commit();
    }

    void serve_until_stopped() const {
        Process serve(this->serve());
        REQUIRE(serve.wait_for_line("event=serving"));
        serve.terminate();
        REQUIRE(serve.wait() == 0);
    }
    std::int64_t rows() const {
        const auto store = open_sqlite_store((folder / "sop.db").string(),
                                             {.open = SqliteOptions::Open::read_only});
        return static_cast<std::int64_t>(store->list_deliveries({.limit = every_row}).size());
    }
};

}  // namespace

TEST_CASE("sop serve lets go what is older than sop.toml says, and sop vacuum gives the space back",
          "[retention][vacuum]") {
    const OldProject project;
    project.folder.write("sop.toml", "[retention]\nmessages = \"forever\"\n");
    project.serve_until_stopped();
    CHECK(project.rows() == old_messages);
    const auto before =
        json::parse(project.sop({"vacuum", project.path(), "--format", "json"}).out);

    project.folder.write("sop.toml", "[retention]\nmessages = \"60d\"\n");
    {
        // The sweep of today may have been; that of a clock that was wrong does not count.
        open_sqlite_store((project.folder / "sop.db").string())->set_swept_at(then(-7));
    }
    Process serve(project.serve());
    REQUIRE(serve.wait_for_line("event=serving"));
    REQUIRE(serve.wait_for_line("event=swept"));
    const auto refused = project.sop({"vacuum", project.path()});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err.find("another executor runs on this store") != std::string::npos);
    serve.terminate();
    REQUIRE(serve.wait() == 0);
    CHECK(project.rows() == 1);
    CHECK(project.outcomes()["sent"] == old_messages);

    const auto vacuumed =
        json::parse(project.sop({"vacuum", project.path(), "--format", "json"}).out);
    CHECK(vacuumed["bytes"].get<std::int64_t>() < before["bytes"].get<std::int64_t>() / 3);
    CHECK(vacuumed["bytes"] == std::filesystem::file_size(project.folder / "sop.db"));
    CHECK(project.sop({"vacuum", project.path()}).out.find(" before\n") != std::string::npos);
    // It is the same database as before.
    CHECK(project.status()["fence"].is_null());
    project.serve_until_stopped();
}
