// What `sop rehearse` shows besides the days: load, one group, one rule, the page, two compared.
#include "tests/support/project.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace {

using namespace sop::tests;
using nlohmann::json;

// 60 groups at 20:00 through a channel that takes 20 a minute.
std::string crowded(const std::string& time = "20:00", const std::string& text = "Now!") {
    return "sop 1\ntag member\nchannel robot {\n  kind log\n  budget 20 per minute per key\n}\n"
           "playbook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  via robot\n"
           "  sale \"Sale\": every day at " +
           time + " { post \"" + text +
           "\" }\n  hello: every day at 08:00 { post \"Hello <script>alert(1)</script>\" }\n}\n";
}

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Rehearsals {
    Project project{60};

    Rehearsals() { project.folder.write("p.sop", crowded()); }

    ProcessResult run(std::vector<std::string> more) {
        std::vector<std::string> arguments{"rehearse", ".", "--from", "2026-11-16", "--for", "2d"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return project.sop(arguments);
    }
    std::string file(const std::string& name) { return text_of(project.folder.path() / name); }
};

}  // namespace

TEST_CASE("a budget makes a rehearsal say when the last message goes out", "[rehearse]") {
    Rehearsals rehearsals;
    const auto shown = rehearsals.run({});
    INFO(shown.out << shown.err);
    REQUIRE(shown.exit_code == 0);
    CHECK(contains(shown.out, "  robot    20 per minute       240         0  2026-11-16 08:00"));
    CHECK(contains(shown.out, "  2026-11-16 20:00        60  2026-11-16 20:02  2 min"));
    CHECK(contains(shown.out, "  promised |@                   |\n"));
    CHECK(contains(shown.out, "  went out |:::  "));
    const json load = json::parse(rehearsals.run({"--format", "json"}).out)["load"][0];
    CHECK(load["busiest_minute"]["messages"] == 20);
    CHECK(load["worst_promises"].size() == 4);
    CHECK(load["worst_promises"][0]["messages"] == 60);
    CHECK(load["worst_promises"][0]["minutes_late"] == 2);
}

TEST_CASE("a rehearsal is narrowed to a group or a rule, and ordered", "[rehearse]") {
    Rehearsals rehearsals;
    const auto group = rehearsals.run({"--group", "g0007"});
    CHECK(contains(group.out, "  08:00  p.hello  start  1 group  sent"));
    CHECK(contains(group.out, "\nall                   4         4  4 sent\n"));
    // The others take their part of the budget all the same.
    CHECK(contains(group.out, "2026-11-16 20:02  2 min"));
    const auto rule = rehearsals.run({"--rule", "p.sale", "--by", "rule"});
    CHECK(contains(rule.out, "\np.sale  Sale\n  Mon 2026-11-16  20:00  start  60 groups  sent"));
    CHECK_FALSE(contains(rule.out, "p.hello"));
    const auto groups = rehearsals.run({"--by", "group"});
    CHECK(contains(groups.out, "\nwho "));
    CHECK(contains(groups.out, "\ng0060"));
    struct Row {
        std::vector<std::string> arguments;
        const char* message;
    };
    for (const Row& row : {Row{{"--group", "nobody"}, "there is no group `nobody`"},
                           Row{{"--member", "nobody"}, "there is no member `nobody`"},
                           Row{{"--rule", "p.sail"}, "there is no rule `p.sail`; there are: p."},
                           Row{{"--html", "no/such/page.html"}, "no/such/page.html: cannot be"},
                           Row{{"--compare", "none.json"}, "none.json"}}) {
        DYNAMIC_SECTION(row.message) {
            const auto refused = rehearsals.run(row.arguments);
            CHECK(refused.exit_code == 2);
            CHECK(contains(refused.err, row.message));
        }
    }
    CHECK(rehearsals.project.sop({"rehearse"}).exit_code == 2);
}

TEST_CASE("the page of a rehearsal is well-formed, safe and the same twice", "[rehearse]") {
    Rehearsals rehearsals;
    for (const std::string language : {"en", "zh-CN"}) {
        DYNAMIC_SECTION(language) {
            REQUIRE(rehearsals.run({"--html", "a.html", "--svg", "a.svg", "--lang", language})
                        .exit_code == 0);
            REQUIRE(rehearsals.run({"--html", "b.html", "--svg", "b.svg", "--lang", language})
                        .exit_code == 0);
            const std::string page = rehearsals.file("a.html");
            CHECK(page == rehearsals.file("b.html"));
            CHECK(rehearsals.file("a.svg") == rehearsals.file("b.svg"));
            CHECK_FALSE(contains(page, "<script"));
            CHECK(contains(page, "Hello &lt;script&gt;alert(1)&lt;/script&gt;"));
            CHECK(contains(page, language == "en" ? "What will be posted" : "将会发些什么"));
            // Python's readers know nothing of ours.
            const auto read =
                run({"python3", (source_folder() / "tests/support/well_formed.py").string(),
                     (rehearsals.project.folder.path() / "a.html").string(),
                     (rehearsals.project.folder.path() / "a.svg").string()});
            INFO(read.out << read.err);
            CHECK(read.exit_code == 0);
        }
    }
}

TEST_CASE("two rehearsals are compared", "[rehearse]") {
    Rehearsals rehearsals;
    rehearsals.project.folder.write("before.json", rehearsals.run({"--format", "json"}).out);
    const auto compare = [&] {
        return rehearsals.run({"--compare", "before.json", "--fail-on", "changes"});
    };
    const auto same = compare();
    CHECK(same.exit_code == 0);
    CHECK(same.out ==
          "Compared with before.json: 0 added, 0 removed, 0 moved, 0 with another outcome, 0 "
          "otherwise changed; 4 the same.\n");
    SECTION("moved") {
        rehearsals.project.folder.write("p.sop", crowded("21:00"));
        const auto changed = compare();
        CHECK(changed.exit_code == 1);
        CHECK(contains(changed.out, "0 added, 0 removed, 2 moved"));
        CHECK(contains(changed.out,
                       "\n2026-11-16\n  21:00  moved  p.sale  start  60 groups  sent "
                       " Now!  was at 20:00\n"));
        CHECK(rehearsals.run({"--compare", "before.json"}).exit_code == 0);
    }
    SECTION("another text") {
        rehearsals.project.folder.write("p.sop", crowded("20:00", "Later"));
        const auto changed = compare();
        CHECK(changed.exit_code == 1);
        CHECK(contains(changed.out, "Later  said: Now!"));
        const json comparison = json::parse(
            rehearsals.run({"--compare", "before.json", "--format", "json"}).out)["comparison"];
        CHECK(comparison["same"] == 2);
        CHECK(comparison["changes"][0]["differs"] == json::array({"text"}));
    }
    SECTION("added and removed") {
        std::string other = crowded();
        other.replace(other.find("sale \"Sale\""), 4, "sail");
        rehearsals.project.folder.write("p.sop", other);
        CHECK(contains(compare().out, "2 added, 2 removed, 0 moved"));
    }
    SECTION("another audience of as many") {
        std::string other = rehearsals.file("before.json");
        json report = json::parse(other);
        report["timeline"][0]["subjects_digest"] = "0000000000000000";
        rehearsals.project.folder.write("before.json", report.dump());
        CHECK(contains(compare().out, "to others"));
    }
    SECTION("what cannot be compared") {
        rehearsals.project.folder.write("other.json", "[]");
        const auto refused = rehearsals.run({"--compare", "other.json"});
        CHECK(refused.exit_code == 2);
        CHECK(contains(refused.err, "other.json: is not what `sop rehearse --format json` prints"));
        const auto narrowed = rehearsals.run({"--compare", "before.json", "--rule", "p.sale"});
        CHECK(narrowed.exit_code == 2);
        CHECK(contains(narrowed.err, "is another rehearsal, `filter` is"));
    }
}
