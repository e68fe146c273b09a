#include "runtime/directory/import.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace sop::runtime {
namespace {

using Texts = std::vector<std::string>;

// A store with what is imported into it.
struct World {
    tests::TemporaryFolder folder;
    std::unique_ptr<Store> store = open_memory_store();

    ImportReport import_groups(const std::string& csv) {
        return import_directory_file(SubjectKind::group, folder.write("groups.csv", csv), *store);
    }
    ImportReport import_members(const std::string& csv) {
        return import_directory_file(SubjectKind::member, folder.write("members.csv", csv), *store);
    }
};

// "LINE: MESSAGE" of each problem.
Texts problems_of(const ImportReport& report) {
    Texts texts;
    for (const ImportProblem& problem : report.problems) {
        texts.push_back(std::to_string(problem.line) + ": " + problem.message);
    }
    return texts;
}

// ---- what is imported ---------------------------------------------------------------------------

TEST_CASE("groups and members are imported as their rows say", "[directory][import]") {
    World world;
    const ImportReport groups = world.import_groups(
        "id,name,owner,tags\n"
        "g1,一群,Li,member;vip\n"
        "g2,\"Two, \"\"quoted\"\"\",,member\n"
        "g3,,,\n");
    CHECK(problems_of(groups).empty());
    CHECK(groups.rows == 3);
    CHECK(groups.added == 3);
    CHECK(world.store->find_group("g1") ==
          Group{.id = "g1", .name = "一群", .owner = "Li", .tags = {"member", "vip"}});
    CHECK(world.store->find_group("g2")->name == "Two, \"quoted\"");
    CHECK(world.store->find_group("g3") == Group{.id = "g3"});

    const ImportReport members = world.import_members(
        "tags,groups,id,name\n"
        "reader,g2;g1,m1,王\n");
    CHECK(problems_of(members).empty());
    CHECK(members.added == 1);
    CHECK(world.store->find_member("m1") ==
          Member{.id = "m1", .name = "王", .groups = {"g1", "g2"}, .tags = {"reader"}});
}

TEST_CASE("a second import counts what is new, changed and the same", "[directory][import]") {
    World world;
    world.import_groups("id,name,tags\ng1,One,a\ng2,Two,b\ng3,Three,c\ng4,Four,d e\n");
    const ImportReport report = world.import_groups(
        "id,name,tags\ng1,One,a\ng2,Other,b\ng3,Three,\ng4,Four,e;d\ng5,Five,\n");
    CHECK(report.rows == 5);
    CHECK(report.added == 1);
    CHECK(report.changed == 2);
    CHECK(report.unchanged == 2);
    CHECK(world.store->find_group("g3")->tags.empty());
    CHECK(world.store->count_directory().groups == 5);
}

TEST_CASE("what the file has no column for stays as it was", "[directory][import]") {
    World world;
    world.import_groups("id,name,owner,tags\ng1,One,Li,a\n");
    CHECK(world.import_groups("id,name\ng1,Uno\n").changed == 1);
    CHECK(world.store->find_group("g1") ==
          Group{.id = "g1", .name = "Uno", .owner = "Li", .tags = {"a"}});
    CHECK(world.import_groups("id\ng1\n").unchanged == 1);
}

TEST_CASE("files as spreadsheets and people write them are read", "[directory][import]") {
    struct Row {
        const char* what;
        std::string csv;
    };
    const auto row = GENERATE(values<Row>({
        {"plain", "id,name,owner,tags\ng1,One,Li,a;b\n"},
        {"no end to the last line", "id,name,owner,tags\ng1,One,Li,a;b"},
        {"byte order mark", "\xEF\xBB\xBFid,name,owner,tags\ng1,One,Li,a;b\n"},
        {"CR LF", "id,name,owner,tags\r\ng1,One,Li,a;b\r\n"},
        {"CR", "id,name,owner,tags\rg1,One,Li,a;b\r"},
        {"blank lines and empty rows", "\n\nid,name,owner,tags\n  \n,,,\ng1,One,Li,a;b\n,,,\n\n"},
        {"everything quoted",
         "\"id\",\"name\",\"owner\",\"tags\"\n\"g1\",\"One\",\"Li\",\"a;b\"\n"},
        {"spaces around values", "id, name, owner, tags\n g1 , One , Li , a ; b \n"},
        {"capitals", "ID,Name,OWNER,Tags\ng1,One,Li,a;b\n"},
        {"Chinese columns", "编号,名称,群主,标签\ng1,One,Li,a;b\n"},
        {"mixed columns in another order", "标签,id,群主,name\na;b,g1,Li,One\n"},
        {"tags by bar", "id,name,owner,tags\ng1,One,Li,a|b\n"},
        {"tags by space", "id,name,owner,tags\ng1,One,Li,b a\n"},
        {"tags by comma", "id,name,owner,tags\ng1,One,Li,\"a, b\"\n"},
        {"tags by full-width signs", "id,name,owner,tags\ng1,One,Li,a；b、a，b\u3000a｜b\n"},
        {"tags with separators to spare", "id,name,owner,tags\ng1,One,Li,;;a; ;b;a;\n"},
    }));
    INFO(row.what);
    World world;
    const ImportReport report = world.import_groups(row.csv);
    CHECK(problems_of(report).empty());
    CHECK(report.added == 1);
    CHECK(world.store->count_directory().groups == 1);
    CHECK(world.store->find_group("g1") ==
          Group{.id = "g1", .name = "One", .owner = "Li", .tags = {"a", "b"}});
}

TEST_CASE("Chinese columns name a member's groups", "[directory][import]") {
    World world;
    world.import_groups("id\ng1\n");
    CHECK(world.import_members("编号,名称,群,标签\nm1,王,g1,新客\n").added == 1);
    CHECK(world.store->find_member("m1") ==
          Member{.id = "m1", .name = "王", .groups = {"g1"}, .tags = {"新客"}});
}

TEST_CASE("a name may go over several lines, and later lines keep their numbers",
          "[directory][import]") {
    World world;
    CHECK(problems_of(world.import_groups("id,name\ng1,\"a\n\nb\"\n,late\n")) ==
          Texts{"5: the id is empty"});
    CHECK(world.import_groups("id,name\ng1,\"a\n\nb\"\n").added == 1);
    CHECK(world.store->find_group("g1")->name == "a\n\nb");
}

TEST_CASE("a tag typed in two ways is one tag", "[directory][import]") {
    World world;
    world.import_groups("id,tags\ng1,cafe\u0301 caf\u00e9\n");
    CHECK(world.store->find_group("g1")->tags == Texts{"caf\u00e9"});
}

TEST_CASE("an id is taken byte by byte", "[directory][import]") {
    World world;
    world.import_groups("id\ncafe\u0301\n");
    CHECK(world.import_members("id,groups\nm1,cafe\u0301\n").added == 1);
    CHECK(world.import_members("id,groups\nm1,caf\u00e9\n").problems.size() == 1);
}

TEST_CASE("a header alone imports nothing and is no mistake", "[directory][import]") {
    World world;
    const ImportReport report = world.import_groups("id,name\n");
    CHECK(problems_of(report).empty());
    CHECK(report.rows == 0);
}

TEST_CASE("a file without records marks nobody as missing", "[directory][import]") {
    World world;
    world.import_members("id\nm1\n");
    const ImportSettings settings{.marks_missing = true};
    for (const char* name : {"m.csv", "m.ndjson"}) {
        const std::string text = std::string(name).ends_with("csv") ? "id,name\n" : "\n";
        const auto report = import_directory_file(
            SubjectKind::member, world.folder.write(name, text), *world.store, settings);
        CHECK(problems_of(report) ==
              Texts{"0: the file has no records, so that all there are would be marked; write "
                    "those that stay, or leave out --missing mark"});
        CHECK_FALSE(world.store->find_member("m1")->gone_at);
    }
}

TEST_CASE("an id is as long as events may name it, a value as long as a text",
          "[directory][import]") {
    World world;
    const auto rows = [](std::size_t id, std::size_t name) {
        return "id,name\n" + std::string(id, 'x') + "," + std::string(name, 'n') + "\n";
    };
    CHECK(problems_of(world.import_groups(rows(200, 65'536))).empty());
    CHECK(problems_of(world.import_groups(rows(201, 1))) ==
          Texts{"2: the id has 201 bytes; at most 200 are allowed"});
    CHECK(problems_of(world.import_groups(rows(1, 65'537))) ==
          Texts{"2: `name` has 65537 bytes; at most 65536 are allowed, so look for a quote that "
                "stands in the wrong place"});
}

TEST_CASE("all fields of groups and members are imported", "[directory][import]") {
    World world;
    CHECK(problems_of(world.import_groups(
                          "id,zone,status,created,staff.admin,staff.koc,attribute.city,size\n"
                          "g1,Asia/Tokyo,dissolved,2026-01-05T08:00:00+08:00,m1;m2,,Hangzhou,99\n"))
              .empty());
    const Group group = world.store->find_group("g1").value();
    CHECK(group.zone == "Asia/Tokyo");
    CHECK(group.dissolved_at == Instant{});
    CHECK(group.created_at == Instant(std::chrono::hours(24 * 20458)));
    CHECK(group.staff == std::map<std::string, Texts>{{"admin", {"m1", "m2"}}});
    CHECK(group.attributes == Attributes{{"city", "Hangzhou"}});
    CHECK(group.size == 0);
    CHECK(problems_of(world.import_members("id,groups,zone,invited_by,joined,opted_out,属性.城市\n"
                                           "m1,g1,Asia/Tokyo,m2,1970-01-02,yes,杭州\n"))
              .empty());
    const Member member = world.store->find_member("m1").value();
    CHECK(member.invited_by == "m2");
    CHECK(member.opted_out_at == Instant{});
    CHECK(member.joined_at == Instant(std::chrono::hours(24)));
    CHECK(member.attributes == Attributes{{"城市", "杭州"}});
    // What is known of its joins stays, and says nothing of other groups.
    world.import_groups("id\ng2\n");
    CHECK(world.import_members("id,groups,opted_out\nm1,g1;g2,no\n").changed == 1);
    CHECK(world.store->find_membership({"m1", "g2"}) == Joined{});
    CHECK_FALSE(world.store->find_member("m1")->opted_out_at);
    CHECK(world.import_members("id,joined\nm1,1970-01-09\n").unchanged == 1);
}

TEST_CASE("values that cannot be read are reported, by their lines", "[directory][import]") {
    World world;
    CHECK(problems_of(world.import_groups("id,status,created\ng1,gone,\ng2,,05.01.2026\n")) ==
          Texts{"2: `gone` is no status; write `active` or `dissolved`",
                "3: `05.01.2026` is no time; write `2026-11-16` or `2026-11-16T08:30:00+08:00`"});
    CHECK(problems_of(world.import_members("id,opted_out\nm1,maybe\n")) ==
          Texts{"2: `maybe` is neither `yes` nor `no`"});
    const ImportSettings settings{
        .is_zone = [](const std::string& name) { return name == "Asia/Tokyo"; }};
    const auto report = import_directory_file(
        SubjectKind::member,
        world.folder.write("z.csv", "id,zone\nm1,Asia/Tokyo\nm2,Asia/Tokio\nm3,\n"), *world.store,
        settings);
    CHECK(problems_of(report) ==
          Texts{"3: there is no time zone \"Asia/Tokio\"; write one such as Asia/Shanghai"});
}

TEST_CASE("JSON is read an object a line", "[directory][import]") {
    World world;
    world.import_groups("id\ng1\ng2\n");
    const auto import = [&](const std::string& text) {
        return import_directory_file(SubjectKind::member, world.folder.write("m.ndjson", text),
                                     *world.store, {});
    };
    const ImportReport report = import(
        R"({"id": "m1", "name": "王", "groups": ["g2", "g1"], "tags": "b a", "attributes": {"age": 31, "city": null}, "opted_out": true})"
        "\n\n"
        R"({"id": "m2"})");
    CHECK(problems_of(report).empty());
    CHECK(report.added == 2);
    const Member member = world.store->find_member("m1").value();
    CHECK(member.groups == Texts{"g1", "g2"});
    CHECK(member.tags == Texts{"a", "b"});
    CHECK(member.attributes == Attributes{{"age", "31"}});
    CHECK(member.opted_out_at);
    CHECK(
        problems_of(import("{\"id\": \"m1\"}\n[]\n{\"nmae\": \"x\"}\n{\"id\":\"m3\",\"tags\":{}}\n"
                           "{\"name\":\"y\"}\n")) ==
        Texts{"2: the line is not a JSON object",
              "3: unknown column \"nmae\"; did you mean \"name\"?",
              "4: `tags` has no value that can be read", "5: the id is empty"});
}

TEST_CASE("a report says what changed, and whose import it was", "[directory][import]") {
    World world;
    const auto import = [&](const std::string& csv, ImportSettings settings) {
        return import_directory_file(SubjectKind::group, world.folder.write("groups.csv", csv),
                                     *world.store, settings);
    };
    import("id,name\ng1,One\ng2,Two\ng3,Three\n", {.by = "li"});
    bool asked = false;
    const auto no = import("id,name,colour\ng1,Uno,red\n", {.agree =
                                                                [&](const ImportReport& found) {
                                                                    asked = true;
                                                                    CHECK(found.changed == 1);
                                                                    return false;
                                                                },
                                                            .leaves_unknown_columns = true});
    CHECK(asked);
    CHECK_FALSE(no.is_imported);
    CHECK(no.unknown_columns == Texts{"colour"});
    CHECK(world.store->find_group("g1")->name == "One");
    const auto report =
        import("id,name\ng1,Uno\ng2,Two\ng4,Four\n", {.by = "wu", .marks_missing = true});
    CHECK(report.is_imported);
    CHECK(report.changes == std::vector<FieldChange>{{"g1", "name", "One", "Uno"}});
    CHECK(report.changed_fields == std::map<std::string, std::size_t>{{"name", 1}});
    CHECK(report.overwritten == std::map<ImportId, std::size_t>{{1, 1}});
    CHECK(report.marked == 1);
    CHECK(world.store->find_group("g3")->dissolved_at);
    const auto imports = world.store->list_imports(10);
    REQUIRE(imports.size() == 2);
    CHECK(imports.front().by == "wu");
    CHECK(imports.front().added == 1);
    CHECK(imports.front().finished);
    // What is in the whole file is there again.
    CHECK(import("id\ng1\ng2\ng3\ng4\n", {.marks_missing = true}).changed == 1);
    CHECK_FALSE(world.store->find_group("g3")->dissolved_at);
}

TEST_CASE("a report names the tags and roles that no playbook declares", "[directory][import]") {
    const World world;
    lang::Plan plan;
    plan.tags = {"member", "vip"};
    plan.roles = {"admin"};
    const auto file = world.folder.write("groups.csv",
                                         "id,tags,staff.admin,staff.hots\n"
                                         "g1,member;vpi,m1,\ng2,vpi,,m2\ng3,vip,m1,\n");
    using Counts = std::map<std::string, std::size_t>;
    const auto report =
        import_directory_file(SubjectKind::group, file, *world.store, {.plan = &plan});
    CHECK(report.is_imported);
    CHECK(report.undeclared_tags == Counts{{"vpi", 2}});
    CHECK(report.undeclared_roles == Counts{{"hots", 1}});
    const auto without = import_directory_file(SubjectKind::group, file, *world.store);
    CHECK(without.undeclared_tags.empty());
}

TEST_CASE("a large file is read block by block, each row once", "[directory][import]") {
    const std::string line_end = GENERATE("\n", "\r\n", "\r");
    World world;
    std::string csv = "id,name" + line_end;
    constexpr int rows = 40'000;
    for (int i = 0; i < rows; ++i) {
        csv += "g" + std::to_string(i) + ",\"name over" + line_end + "two lines, " +
               std::string(60, 'x') + "\"" + line_end;
    }
    csv += ",no id" + line_end;
    REQUIRE(csv.size() > 3'000'000);
    CHECK(problems_of(world.import_groups(csv)) ==
          Texts{std::to_string(2 + 2 * rows) + ": the id is empty"});
}

// ---- what is refused ----------------------------------------------------------------------------

TEST_CASE("every bad row is reported, by its line", "[directory][import]") {
    World world;
    const ImportReport report = world.import_groups(
        "id,name,tags\n"    // 1
        "g1,One,a\n"        // 2
        ",Two,a\n"          // 3
        "g1,Again,a\n"      // 4
        "g3,Three\n"        // 5
        "g4,Four,a,b\n"     // 6
        "g5,Fi\"ve,a\n"     // 7
        "g 6,Six,a\n"       // 8
        "g7,\xC4\xE3,a\n"   // 9
        "g8,Eight,a\n"      // 10
        "g1,Once more,a\n"  // 11
        "g9," +
        std::string(1, '\0') +
        ",a\n"                    // 12
        "g10,\"never closed,a\n"  // 13
        "g11,Eleven,a\n");        // 14
    CHECK(
        problems_of(report) ==
        Texts{
            "3: the id is empty",
            "4: id \"g1\" stands twice, first on line 2; remove one",
            "5: 2 values where the first row names 3 columns; put values that have commas in "
            "quotes",
            "6: 4 values where the first row names 3 columns; put values that have commas in "
            "quotes",
            "7: a quote stands inside a value; put the whole value in quotes and write each quote "
            "in it twice",
            "8: \"g 6\" cannot be an id: ids have no spaces, commas, `;` or `|` in them",
            "9: value 2 is not valid UTF-8; save the file as UTF-8 (in a spreadsheet: \"CSV "
            "UTF-8\")",
            "11: id \"g1\" stands twice, first on line 2; remove one",
            "12: value 2 has a NUL byte; is this a CSV file?",
            "13: a quoted value is never closed: everything after the quote was read as one value",
        });
    CHECK(report.rows == 0);
    CHECK(report.added == 0);
    CHECK(report.unchanged == 0);
    CHECK(world.store->count_directory().groups == 0);
}

TEST_CASE("a file that names its columns wrongly is refused before its rows",
          "[directory][import]") {
    struct Row {
        std::string csv;
        Texts expected;
    };
    const auto row = GENERATE(values<Row>({
        {"",
         {"0: the file is empty; its first row names the columns: id, name, owner, tags, zone, "
          "status, created"}},
        {"\xEF\xBB\xBF\n \n,,\n",
         {"0: the file is empty; its first row names the columns: id, name, owner, tags, zone, "
          "status, created"}},
        {"name\nOne\n",
         {"1: there is no column \"id\"; the first row names the columns, and each record needs an "
          "id"}},
        {"id,nmae,colour\n,,\n",
         {"1: unknown column \"nmae\"; did you mean \"name\"?",
          "1: unknown column \"colour\"; there are id, name, owner, tags, zone, status, created; "
          "\"attribute.colour\" would keep it as a free field"}},
        {"编号,名\ng1,x\n", {"1: unknown column \"名\"; did you mean \"名称\"?"}},
        {"id,groups\ng1,g2\n",
         {"1: unknown column \"groups\"; there are id, name, owner, tags, zone, status, created; "
          "\"attribute.groups\" would keep it as a free field"}},
        {"id,attribute.\ng1,x\n",
         {"1: column \"attribute.\" has no name behind the dot; write one"}},
        {"{\"id\": \"g1\"}\n",
         {"0: the file has JSON where CSV is read; give it a name that ends in .ndjson"}},
        {"id;name\ng1;One\n",
         {"1: unknown column \"id;name\"; columns are parted by commas",
          "1: there is no column \"id\"; the first row names the columns, and each record needs an "
          "id"}},
        {"id,编号,name,\ng1,g1,One,\n",
         {"1: column \"id\" stands twice; remove one",
          "1: column 4 has no name; name it or remove it"}},
        {"id,\xC3\xFB\ng1,x\n",
         {"1: value 2 is not valid UTF-8; save the file as UTF-8 (in a spreadsheet: \"CSV "
          "UTF-8\")"}},
        {"i\"d,name\nid,name\n",
         {"1: a quote stands inside a value; put the whole value in quotes and write each quote in "
          "it twice"}},
        {"\xFF\xFEi",
         {"0: the file is UTF-16; save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")"}},
    }));
    World world;
    CHECK(problems_of(world.import_groups(row.csv)) == row.expected);
    CHECK(world.store->count_directory().groups == 0);
}

TEST_CASE("a member's groups must be in the directory", "[directory][import]") {
    World world;
    world.import_groups("id\ng1\n");
    const ImportReport report = world.import_members(
        "id,groups\n"
        "m1,g1\n"
        "m2,g1;g2;g3\n"
        ",g1\n"
        "m4,g2\n");
    CHECK(problems_of(report) ==
          Texts{
              "3: no group \"g2\", \"g3\" in the directory; import the groups first, or correct "
              "the id",
              "4: the id is empty",
              "5: no group \"g2\" in the directory; import the groups first, or correct the id",
          });
    CHECK(world.store->count_directory().members == 0);
}

TEST_CASE("one bad row leaves the records there were as they were", "[directory][import]") {
    World world;
    world.import_groups("id,name\ng1,One\n");
    const ImportReport report = world.import_groups("id,name\ng1,Uno\ng2,Two\n,Three\n");
    CHECK(report.problems.size() == 1);
    CHECK(world.store->find_group("g1")->name == "One");
    CHECK_FALSE(world.store->find_group("g2"));
    // The store is free for the next.
    CHECK(world.import_groups("id,name\ng2,Two\n").added == 1);
}

TEST_CASE("a file that cannot be read is an error", "[directory][import]") {
    World world;
    const auto import = [&](const std::string& name) {
        import_directory_file(SubjectKind::group, (world.folder / name).string(), *world.store);
    };
    CHECK_THROWS_AS(import("none.csv"), ImportError);
    CHECK_THROWS_WITH(import("none.csv"), "cannot read " + (world.folder / "none.csv").string() +
                                              ": No such file or directory");
    CHECK_THROWS_WITH(import(""), "cannot read " + (world.folder / "").string() +
                                      ": it is a folder, not a CSV file");
}

}  // namespace
}  // namespace sop::runtime
