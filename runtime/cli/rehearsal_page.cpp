// The page and the drawing. Both carry their styles with them and ask for nothing from the network;
// every text that comes from playbooks, names or events goes through `escaped`.
#include "runtime/cli/rehearsal.h"
#include "runtime/cli/terminal.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

using std::chrono::minutes;

constexpr std::size_t promises_shown_max = 10;
constexpr int cell = 18;          // of the calendar
constexpr int label_width = 130;  // left of drawings
constexpr int chart_width = 720;
constexpr int chart_height = 120;
constexpr int chart_step = 190;  // from one chart to the next

// Plain enough for those who have never seen a playbook.
constexpr const char* styles = R"css(
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1c2430; --soft: #667085; --line: #dfe3ea; --head: #f3f5f9;
  --out: #2468d6; --promised: #b9cdf3; --limit: #c4320a; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --ink: #e6e9ef; --soft: #9aa4b5; --line: #333c4a;
  --head: #1d232d; --out: #7eabff; --promised: #34507f; --limit: #ff9c66; --bad: #ff8d85; } }
svg text { fill: var(--ink); font: 12px system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
svg .soft { fill: var(--soft); } svg .name { font-weight: 600; font-size: 13px; }
svg .out { fill: var(--out); } svg .promised { fill: var(--promised); } svg .none { fill: var(--head); }
svg .axis { stroke: var(--line); } svg .limit { stroke: var(--limit); stroke-dasharray: 5 3; } svg .limit-text { fill: var(--limit); }
)css";

constexpr const char* page_styles = R"css(
body { margin: 0 auto; max-width: 1000px; padding: 24px 20px 60px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 8px; } h3 { font-size: 15px; margin: 22px 0 6px; }
p { margin: 4px 0 10px; } .soft { color: var(--soft); } .bad { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } td.number, th.number { text-align: right; white-space: nowrap; padding-right: 22px; }
table.days { table-layout: fixed; min-width: 760px; } .days td:nth-child(1) { width: 80px; } .days td:nth-child(2) { width: 170px; }
.days td:nth-child(3) { width: 130px; } .days td:nth-child(4) { width: 200px; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; } td.text { white-space: pre-line; overflow-wrap: anywhere; min-width: 220px; }
svg { display: block; max-width: 100%; height: auto; }
)css";

// What XML has no way to say at all becomes a mark.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char letter : text) {
        switch (letter) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default: {
                const auto code = static_cast<unsigned char>(letter);
                const bool is_control = code < 0x20 && letter != '\n' && letter != '\t';
                if (is_control) {
                    result += "\xEF\xBF\xBD";
                } else {
                    result += letter;
                }
            }
        }
    }
    return result;
}

class Page {
  public:
    Page(const Rehearsal& rehearsal, lang::Language language)
        : rehearsal_(rehearsal), is_chinese_(language == lang::Language::zh_cn) {}

    std::string whole() const;
    std::string load_drawing(const std::string& style) const;

  private:
    const char* say(const char* english, const char* chinese) const {
        return is_chinese_ ? chinese : english;
    }
    std::string local(Instant instant) const {
        return local_text(instant, *rehearsal_.zone).substr(0, 16);
    }
    std::string day_name(date::local_days day) const;
    std::string outcome(const std::string& text) const;
    std::string outcomes(const std::map<std::string, std::int64_t>& counts) const;
    std::string to_whom(const TimelineEntry& entry) const;
    std::string budget(const std::optional<lang::ChannelLimit>& limit) const;

    std::string head() const;
    std::string troubles() const;
    std::string rules() const;
    std::string calendar() const;
    std::string load() const;
    std::string timeline() const;
    std::string chart_of_days(const std::string& name, const ChannelLoad& load, int top) const;
    std::string chart_of_worst(const ChannelLoad& load, int top) const;

    const Rehearsal& rehearsal_;
    bool is_chinese_;
};

std::string Page::day_name(date::local_days day) const {
    if (!is_chinese_) return date::format("%a %F", day);
    constexpr std::array<const char*, 7> names{"日", "一", "二", "三", "四", "五", "六"};
    return date::format("%F", day) + " 周" + names.at(date::weekday(day).c_encoding());
}

std::string Page::outcome(const std::string& text) const {
    if (!is_chinese_) return text;
    // The longer ones first, where one begins with another.
    static const std::vector<std::pair<std::string, std::string>> words{
        {"sent", "已发出"},
        {"confirmed", "已确认"},
        {"skipped", "没有发"},
        {"exited", "已退出流程"},
        {"cancelled", "已取消"},
        {"refused", "被拒绝"},
        {"failed", "失败"},
        {"unknown", "结果不明"},
        {"pending", "还在等"},
        {": late", "：太晚了"},
        {": budget", "：渠道额度不够"},
        {": quiet", "：免打扰时段"},
        {": cap", "：超过上限"},
        {": spacing", "：间隔太短"},
        {": paused", "：暂停中"},
        {", put off to ", "，推迟到 "}};
    std::string result = text;
    for (const auto& [english, chinese] : words) {
        const auto at = result.find(english);
        if (at != std::string::npos) result.replace(at, english.size(), chinese);
    }
    return result;
}

std::string Page::outcomes(const std::map<std::string, std::int64_t>& counts) const {
    std::string text;
    for (const auto& [name, count] : counts) {
        text += fmt::format("{}{} {}", text.empty() ? "" : say(", ", "，"), count_text(count),
                            outcome(name));
    }
    return text;
}

std::string Page::to_whom(const TimelineEntry& entry) const {
    if (!is_chinese_) return subjects_text(entry);
    const auto subjects = static_cast<std::int64_t>(entry.subjects.size());
    if (entry.kind == SubjectKind::playbook) return count_text(entry.count) + " 次";
    const std::string whom =
        count_text(subjects) + (entry.kind == SubjectKind::group ? " 个群" : " 位成员");
    return entry.count == subjects ? whom
                                   : fmt::format("{}，共 {} 条", whom, count_text(entry.count));
}

std::string Page::budget(const std::optional<lang::ChannelLimit>& limit) const {
    if (!limit) return say("no budget", "没有限制");
    if (!is_chinese_) return budget_text(limit);
    constexpr std::array<const char*, 4> units{"每秒", "每分钟", "每小时", "每天"};
    return fmt::format("{} {} 条", units.at(static_cast<std::size_t>(limit->per)),
                       count_text(limit->count));
}

std::string Page::head() const {
    std::string text = fmt::format("<h1>{}</h1>\n", say("What will be posted", "将会发些什么"));
    text += fmt::format("<p>{} – {} ({})</p>\n", local(rehearsal_.from), local(rehearsal_.to),
                        escaped(rehearsal_.zone->name()));
    text += fmt::format(
        fmt::runtime(say("<p class=\"soft\">Rehearsed with {} groups and {} members; nothing was "
                         "sent. {} messages in all.</p>\n",
                         "<p class=\"soft\">用 {} 个群、{} 位成员预演，没有真的发送。一共 {} "
                         "条消息。</p>\n")),
        count_text(rehearsal_.directory.groups), count_text(rehearsal_.directory.members),
        count_text(rehearsal_.messages));
    for (const auto& [what, id] :
         {std::pair(say("Only for the group", "只看这个群"), rehearsal_.filter.group),
          std::pair(say("Only for the member", "只看这位成员"), rehearsal_.filter.member),
          std::pair(say("Only of the rule", "只看这条规则"), rehearsal_.filter.rule)}) {
        if (id) text += fmt::format("<p>{}: {}</p>\n", what, escaped(*id));
    }
    return text;
}

std::string Page::troubles() const {
    if (rehearsal_.troubles.empty()) return {};
    std::string text = fmt::format("<h2 class=\"bad\">{}</h2>\n<ul class=\"bad\">\n",
                                   say("Troubles", "出现的问题"));
    for (const auto& trouble : rehearsal_.troubles) text += "<li>" + escaped(trouble) + "</li>\n";
    return text + "</ul>\n";
}

std::string Page::rules() const {
    std::string text = fmt::format(
        "<h2>{}</h2>\n<div class=\"wide\"><table>\n<tr><th>{}</th><th>{}</th><th "
        "class=\"number\">{}</th><th class=\"number\">{}</th><th>{}</th></tr>\n",
        say("Rule by rule", "各条规则"), say("Rule", "规则"), say("Title", "名称"),
        say("Times it began", "开始次数"), say("Messages", "消息数"), say("Outcome", "结果"));
    for (const auto& [path, rule] : rehearsal_.rules) {
        text += fmt::format(
            "<tr><td>{}</td><td>{}</td><td class=\"number\">{}</td><td "
            "class=\"number\">{}</td><td>{}</td></tr>\n",
            escaped(path), escaped(rule.title), count_text(rule.firings), count_text(rule.messages),
            escaped(outcomes(rule.outcomes)));
    }
    return text + "</table></div>\n";
}

// A row a day and a column an hour; the fuller an hour, the stronger its colour.
std::string Page::calendar() const {
    if (rehearsal_.hours.empty()) return {};
    std::int64_t highest = 1;
    for (const auto& [day, hours] : rehearsal_.hours)
        highest = std::max(highest, *std::max_element(hours.begin(), hours.end()));
    const auto first = rehearsal_.hours.begin()->first;
    const auto last = rehearsal_.hours.rbegin()->first;
    const auto days = (last - first).count() + 1;
    const int width = label_width + 24 * (cell + 12) + 70;
    std::string text = fmt::format(
        "<h2>{}</h2>\n<p class=\"soft\">{}</p>\n<div class=\"wide\"><svg "
        "xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"{}\" role=\"img\" "
        "aria-label=\"{}\">\n",
        say("Messages by day and hour", "按日期和钟点"),
        fmt::format(
            fmt::runtime(say("The stronger the colour, the more go out in that hour; the "
                             "strongest is {}. The last column is the whole day.",
                             "颜色越深，那个小时发出的越多，最深为 {} 条。最右是全天合计。")),
            count_text(highest)),
        width, 24 + days * (cell + 2), width, say("Messages by day and hour", "按日期和钟点"));
    for (int hour = 0; hour < 24; ++hour) {
        text +=
            fmt::format("<text class=\"soft\" x=\"{}\" y=\"14\" text-anchor=\"middle\">{}</text>\n",
                        label_width + hour * (cell + 12) + (cell + 10) / 2, hour);
    }
    int y = 22;
    for (auto day = first; day <= last; day += date::days{1}, y += cell + 2) {
        text += fmt::format("<text x=\"0\" y=\"{}\">{}</text>\n", y + 13, day_name(day));
        const auto found = rehearsal_.hours.find(day);
        std::int64_t total = 0;
        for (std::size_t hour = 0; hour < 24; ++hour) {
            const std::int64_t count = found == rehearsal_.hours.end() ? 0 : found->second.at(hour);
            total += count;
            const int x = label_width + static_cast<int>(hour) * (cell + 12);
            if (count == 0) {
                text += fmt::format(
                    "<rect class=\"none\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>\n", x, y,
                    cell + 10, cell);
                continue;
            }
            // In hundredths and never so weak that it looks like nothing.
            const std::int64_t strength = 25 + 75 * count / highest;
            text += fmt::format(
                "<rect class=\"out\" fill-opacity=\"{}.{:02}\" x=\"{}\" y=\"{}\" width=\"{}\" "
                "height=\"{}\"><title>{} {:02}:00 · {}</title></rect>\n",
                strength / 100, strength % 100, x, y, cell + 10, cell, day_name(day), hour,
                count_text(count));
        }
        if (total > 0) {
            text += fmt::format(
                "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n", width - 6,
                y + 13, count_text(total));
        }
    }
    return text + "</svg></div>\n";
}

struct Bar {
    std::string label{};  // shown when one points at it
    std::int64_t promised = 0;
    std::int64_t went_out = 0;
};

std::string bars_text(const std::vector<Bar>& bars, std::int64_t highest, int top) {
    std::string text;
    const auto count = static_cast<std::int64_t>(bars.size());
    const auto height = [&](std::int64_t value) {
        return value == 0 ? 0 : std::max<std::int64_t>(1, value * chart_height / highest);
    };
    for (std::int64_t i = 0; i < count; ++i) {
        const Bar& bar = bars[static_cast<std::size_t>(i)];
        if (bar.promised == 0 && bar.went_out == 0) continue;
        const std::int64_t x = label_width + i * chart_width / count;
        const std::int64_t next = label_width + (i + 1) * chart_width / count;
        const std::int64_t width = std::max<std::int64_t>(1, next - x - (next - x > 3 ? 1 : 0));
        text += fmt::format(
            "<g><title>{}</title><rect class=\"promised\" x=\"{}\" y=\"{}\" width=\"{}\" "
            "height=\"{}\"/>",
            bar.label, x, top + chart_height - height(bar.promised), width, height(bar.promised));
        const std::int64_t inset = width > 4 ? width / 5 : 0;
        text += fmt::format(
            "<rect class=\"out\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></g>\n", x + inset,
            top + chart_height - height(bar.went_out), width - 2 * inset, height(bar.went_out));
    }
    return text;
}

std::string axes_text(std::int64_t highest, std::optional<std::int64_t> limit, int top,
                      const std::string& limit_text, const std::string& left,
                      const std::string& right) {
    const int bottom = top + chart_height;
    std::string text = fmt::format(
        "<line class=\"axis\" x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\"/>\n"
        "<text class=\"soft\" x=\"{3}\" y=\"{4}\" text-anchor=\"end\">{5}</text>\n"
        "<text class=\"soft\" x=\"{3}\" y=\"{1}\" text-anchor=\"end\">0</text>\n"
        "<text class=\"soft\" x=\"{0}\" y=\"{6}\">{7}</text>\n"
        "<text class=\"soft\" x=\"{2}\" y=\"{6}\" text-anchor=\"end\">{8}</text>\n",
        label_width, bottom, label_width + chart_width, label_width - 8, top + 10,
        count_text(highest), bottom + 16, left, right);
    if (limit && *limit <= highest) {
        const std::int64_t y = bottom - *limit * chart_height / highest;
        text += fmt::format(
            "<line class=\"limit\" x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\"/>\n"
            "<text class=\"limit-text\" x=\"{3}\" y=\"{4}\">{5}</text>\n",
            label_width, y, label_width + chart_width, label_width + chart_width + 6, y + 4,
            limit_text);
    }
    return text;
}

std::int64_t highest_of(const std::vector<Bar>& bars) {
    std::int64_t highest = 1;
    for (const Bar& bar : bars) highest = std::max({highest, bar.promised, bar.went_out});
    return highest;
}

std::string Page::chart_of_days(const std::string& name, const ChannelLoad& load, int top) const {
    const auto day_of = [&](Minute minute) {
        return date::floor<date::days>(
            rehearsal_.zone->to_local(date::floor<std::chrono::seconds>(minute)));
    };
    const auto first = day_of(date::floor<minutes>(rehearsal_.from));
    const auto last = day_of(date::floor<minutes>(rehearsal_.to - std::chrono::milliseconds{1}));
    std::vector<Bar> bars(static_cast<std::size_t>((last - first).count() + 1));
    const auto bar_of = [&](Minute minute) -> Bar& {
        const auto place = std::clamp<std::int64_t>((day_of(minute) - first).count(), 0,
                                                    static_cast<std::int64_t>(bars.size()) - 1);
        return bars[static_cast<std::size_t>(place)];
    };
    for (const auto& [minute, promise] : load.promises)
        bar_of(minute).promised = std::max(bar_of(minute).promised, promise.count);
    for (const auto& [minute, count] : load.minutes)
        bar_of(minute).went_out = std::max(bar_of(minute).went_out, count);
    auto day = first;
    for (Bar& bar : bars) {
        bar.label = fmt::format("{} · {} / {}", day_name(day), count_text(bar.promised),
                                count_text(bar.went_out));
        day += date::days{1};
    }
    const std::int64_t highest = highest_of(bars);
    return fmt::format("<text class=\"name\" x=\"0\" y=\"{}\">{} · {}</text>\n", top - 26,
                       escaped(name), budget(load.budget)) +
           fmt::format("<text class=\"soft\" x=\"0\" y=\"{}\">{}</text>\n", top - 10,
                       say("The busiest minute of each day: promised (pale), gone out (strong)",
                           "每天最忙的一分钟：应发（浅色）、实发（深色）")) +
           bars_text(bars, highest, top) +
           axes_text(highest, load.most_a_minute(), top, budget(load.budget), day_name(first),
                     day_name(last));
}

std::string Page::chart_of_worst(const ChannelLoad& load, int top) const {
    const auto [first, last] = load.worst_span();
    std::vector<Bar> bars;
    for (Minute minute = first; minute <= last; minute += minutes{1}) {
        Bar bar;
        const auto promise = load.promises.find(minute);
        if (promise != load.promises.end()) bar.promised = promise->second.count;
        const auto out = load.minutes.find(minute);
        if (out != load.minutes.end()) bar.went_out = out->second;
        bar.label = fmt::format("{} · {} / {}", local(minute).substr(11), count_text(bar.promised),
                                count_text(bar.went_out));
        bars.push_back(std::move(bar));
    }
    const std::int64_t highest = highest_of(bars);
    return fmt::format("<text class=\"soft\" x=\"0\" y=\"{}\">{}</text>\n", top - 10,
                       load.keeps_all() ? say("The fullest minutes; nothing is late",
                                              "最忙的那段时间，逐分钟；没有晚发的")
                                        : say("Minute by minute, where promises are kept worst",
                                              "最赶不上的那段时间，逐分钟")) +
           bars_text(bars, highest, top) +
           axes_text(highest, load.most_a_minute(), top, budget(load.budget), local(first),
                     local(last).substr(11));
}

std::string Page::load_drawing(const std::string& style) const {
    std::string charts;
    int top = 48;
    for (const auto& [name, load] : rehearsal_.channels) {
        charts += chart_of_days(name, load, top);
        top += chart_step;
        charts += chart_of_worst(load, top);
        top += chart_step + 24;
    }
    const int width = label_width + chart_width + 110;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
        "role=\"img\" aria-label=\"{2}\">\n{3}{4}</svg>\n",
        width, std::max(top - 40, 20), say("Load of the channels", "各渠道的负荷"), style, charts);
}

std::string Page::load() const {
    if (rehearsal_.channels.empty()) return {};
    std::string text = fmt::format(
        "<h2>{}</h2>\n<p class=\"soft\">{}</p>\n<div class=\"wide\">{}</div>\n",
        say("Load of the channels", "各渠道的负荷"),
        say("How many messages each channel has to send in a minute, and how many it can: where "
            "more are promised than its budget lets out, the rest goes out later.",
            "每个渠道每分钟要发多少、能发多少。应发的超过额度时，多出来的会排队晚发。"),
        load_drawing(""));
    for (const auto& [name, load] : rehearsal_.channels) {
        text += fmt::format(
            "<h3>{} · {}</h3>\n<div class=\"wide\"><table>\n<tr><th>{}</th><th "
            "class=\"number\">{}</th><th>{}</th><th class=\"number\">{}</th><th "
            "class=\"number\">{}</th><th class=\"number\">{}</th></tr>\n",
            escaped(name), budget(load.budget), say("Promised at", "应发时间"),
            say("Messages", "消息数"), say("Last of them out", "最后一条发出"),
            say("Minutes late", "晚几分钟"), say("Given up", "放弃"),
            say("Still waiting", "还在等"));
        for (const auto& [minute, promise] : load.worst_promises(promises_shown_max)) {
            text += fmt::format(
                "<tr><td class=\"time\">{}</td><td class=\"number\">{}</td><td "
                "class=\"time\">{}</td><td class=\"number\">{}</td><td "
                "class=\"number\">{}</td><td class=\"number\">{}</td></tr>\n",
                local(minute), count_text(promise.count),
                promise.last_out ? local(*promise.last_out) : say("never", "没有发出"),
                promise.minutes_late(minute), count_text(promise.given_up),
                count_text(promise.waiting));
        }
        text += "</table></div>\n";
    }
    return text;
}

std::string Page::timeline() const {
    std::string text = fmt::format(
        "<h2>{}</h2>\n<p class=\"soft\">{}</p>\n", say("Day by day", "逐日安排"),
        say("The text is the one of the first of them.", "文字以其中第一个对象收到的为例。"));
    for (const auto& [day, lines] : days_of(rehearsal_)) {
        text +=
            fmt::format("<h3>{}</h3>\n<div class=\"wide\"><table class=\"days\">\n", day_name(day));
        for (const auto& line : lines) {
            const auto& rule = rehearsal_.rules.at(line.entry.rule);
            const std::string title = rule.title.empty() ? line.entry.rule : rule.title;
            text += fmt::format(
                "<tr><td class=\"time\">{}</td><td>{}<br><span class=\"soft\">{}</span></td><td "
                "class=\"number\">{}</td><td>{}</td><td class=\"text\">{}</td></tr>\n",
                time_text(line, say("from ", "自 ")), escaped(title), escaped(line.entry.step),
                to_whom(line.entry), escaped(outcome(line.entry.outcome)),
                escaped(what_text(line.entry)));
        }
        text += "</table></div>\n";
    }
    return text;
}

std::string Page::whole() const {
    std::string text = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
        "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
        "<style>{}{}</style>\n</head>\n<body>\n",
        is_chinese_ ? "zh-CN" : "en", say("What will be posted", "将会发些什么"), styles,
        page_styles);
    text += head() + troubles() + rules() + load() + calendar() + timeline();
    return text + "</body>\n</html>\n";
}

}  // namespace

std::string rehearsal_page(const Rehearsal& rehearsal, lang::Language language) {
    return Page(rehearsal, language).whole();
}

std::string rehearsal_svg(const Rehearsal& rehearsal, lang::Language language) {
    const std::string style = fmt::format(
        "<style>{}</style>\n<rect width=\"100%\" height=\"100%\" style=\"fill: var(--paper)\"/>\n",
        styles);
    return Page(rehearsal, language).load_drawing(style);
}

}  // namespace sop::runtime::cli
