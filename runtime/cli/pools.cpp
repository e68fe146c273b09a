// `sop pools`: the codes that playbooks give.
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/csv_text.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/config/config.h"
#include "runtime/directory/codes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t page_rows = 1000;

// Pools that the plan in force declares are listed though nobody gave them codes.
std::vector<PoolCounts> known_pools(Store& store) {
    auto pools = store.list_pools();
    const auto stored = store.latest_plan();
    if (!stored) return pools;
    for (const std::string& name : lang::plan_from_json(stored->json).pools) {
        const bool has_codes = std::any_of(pools.begin(), pools.end(),
                                           [&](const auto& pool) { return pool.pool == name; });
        if (!has_codes) pools.push_back({name, 0, 0});
    }
    std::sort(pools.begin(), pools.end(),
              [](const auto& a, const auto& b) { return a.pool < b.pool; });
    return pools;
}

void print_pools(const std::vector<PoolCounts>& pools, OutputFormat format) {
    if (format == OutputFormat::json) {
        auto list = nlohmann::json::array();
        for (const auto& pool : pools)
            list.push_back({{"pool", pool.pool},
                            {"codes", pool.codes},
                            {"given", pool.given},
                            {"left", pool.codes - pool.given}});
        fmt::print("{}\n", nlohmann::json{{"format_version", 1}, {"pools", list}}.dump());
        return;
    }
    if (pools.empty()) {
        fmt::print("no pools; `sop pools import NAME FILE` makes one\n");
        return;
    }
    using enum Table::Align;
    Table table{{{"pool"}, {"codes", right}, {"given", right}, {"left", right}}, {}};
    for (const auto& pool : pools)
        table.rows.push_back({pool.pool, count_text(pool.codes), count_text(pool.given),
                              count_text(pool.codes - pool.given)});
    fmt::print("{}", render_table(table));
}

// Codes may come before the playbook that gives them, so that it is no mistake; a name that was
// misspelt would be found when the first code is missing.
void tell_undeclared(const std::string& pool, Store& store) {
    const auto stored = store.latest_plan();
    if (!stored) return;
    const auto declared = lang::plan_from_json(stored->json).pools;
    if (std::find(declared.begin(), declared.end(), pool) != declared.end()) return;
    fmt::print(stderr, "no playbook in force declares the pool `{}`{}\n", pool,
               lang::did_you_mean(pool, declared));
}

template <typename Work>
void for_each_code(Store& store, const std::string& pool, const Work& work) {
    for (std::int64_t after = 0;;) {
        const auto page = store.list_codes(pool, after, page_rows);
        for (const PoolCode& code : page) work(code);
        if (page.size() < page_rows) return;
        after = page.back().id;
    }
}

}  // namespace

int pools(const PoolsOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    print_pools(known_pools(*store), options.format);
    return exit_fine;
}

int show_pool(const PoolsOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    const auto known = known_pools(*store);
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const PoolCounts& pool) {
        return pool.pool == options.pool;
    });
    if (!is_known) throw CommandError(fmt::format("there is no pool `{}`", options.pool));
    if (options.format == OutputFormat::json) {
        auto list = nlohmann::json::array();
        for_each_code(*store, options.pool, [&](const PoolCode& code) {
            nlohmann::json line{{"code", code.code}};
            if (code.given_at) {
                line["member"] = code.member.value_or("");
                line["given_at"] = instant_text(*code.given_at);
            }
            list.push_back(std::move(line));
        });
        fmt::print("{}\n",
                   nlohmann::json{
                       {"format_version", 1}, {"pool", options.pool}, {"codes", std::move(list)}}
                       .dump());
        return exit_fine;
    }
    fmt::print("{}", csv_head({"code", "member", "given_at"}, OutputFormat::csv));
    for_each_code(*store, options.pool, [](const PoolCode& code) {
        fmt::print("{}", csv_line({code.code, code.member.value_or(""),
                                   code.given_at ? instant_text(*code.given_at) : ""},
                                  OutputFormat::csv));
    });
    return exit_fine;
}

int import_pool(const PoolsOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_or_make(config);
    tell_undeclared(options.pool, *store);
    const CodesReport report = import_codes(read_file(options.file), options.pool, *store);
    if (!report.problems.empty()) {
        fmt::print(stderr, "{}\n",
                   import_problems_text(options.file, {.problems = report.problems}));
        return exit_findings;
    }
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n", nlohmann::json{{"format_version", 1},
                                          {"pool", options.pool},
                                          {"rows", report.rows},
                                          {"added", report.added}}
                               .dump());
    } else {
        fmt::print("{} code{}: {} added, {} there before\n",
                   count_text(static_cast<std::int64_t>(report.rows)), report.rows == 1 ? "" : "s",
                   count_text(static_cast<std::int64_t>(report.added)),
                   count_text(static_cast<std::int64_t>(report.rows - report.added)));
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
