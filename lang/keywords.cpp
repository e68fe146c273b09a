#include "lang/keywords.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace sop::lang {

namespace {

// A word in each dialect.
constexpr std::string_view chosen(Dialect dialect, std::string_view english,
                                  std::string_view simplified_chinese,
                                  std::string_view traditional_chinese) {
    switch (dialect) {
        case Dialect::en:
            break;
        case Dialect::zh_cn:
            return simplified_chinese;
        case Dialect::zh_tw:
            return traditional_chinese;
    }
    return english;
}

struct Entry {
    Keyword keyword;
    std::string_view english;
    std::string_view simplified_chinese;
    std::string_view traditional_chinese;

    std::string_view in(Dialect dialect) const {
        return chosen(dialect, english, simplified_chinese, traditional_chinese);
    }
};

// In the order of Keyword.
constexpr std::array table{
    Entry{Keyword::sop, "sop", "sop", "sop"},
    Entry{Keyword::language, "language", "language", "language"},
    Entry{Keyword::import, "import", "导入", "匯入"},
    Entry{Keyword::channel, "channel", "渠道", "頻道"},
    Entry{Keyword::declared_tag, "tag", "标签", "標籤"},
    Entry{Keyword::event, "event", "事件", "事件"},
    Entry{Keyword::words, "words", "词表", "詞表"},
    Entry{Keyword::content, "content", "内容", "內容"},
    Entry{Keyword::table, "table", "表格", "表格"},
    Entry{Keyword::value, "value", "数值", "數值"},
    Entry{Keyword::role, "role", "角色", "角色"},
    Entry{Keyword::audience, "audience", "受众", "受眾"},
    Entry{Keyword::metric, "metric", "指标", "指標"},
    Entry{Keyword::tier, "tier", "分层", "分層"},
    Entry{Keyword::pool, "pool", "券池", "券池"},
    Entry{Keyword::template_, "template", "模板", "範本"},
    Entry{Keyword::calendar, "calendar", "日历", "日曆"},
    Entry{Keyword::playbook, "playbook", "剧本", "劇本"},
    Entry{Keyword::test, "test", "测试", "測試"},
    Entry{Keyword::kind, "kind", "类型", "類型"},
    Entry{Keyword::budget, "budget", "限速", "限速"},
    Entry{Keyword::quota, "quota", "配额", "配額"},
    Entry{Keyword::per, "per", "每个", "每個"},
    Entry{Keyword::key, "key", "键", "鍵"},
    Entry{Keyword::target, "target", "目标", "目標"},
    Entry{Keyword::second_unit, "second", "秒钟", "秒鐘"},
    Entry{Keyword::minute_unit, "minute", "分", "分"},
    Entry{Keyword::hour_unit, "hour", "小时", "小時"},
    Entry{Keyword::optional, "optional", "可选", "可選"},
    Entry{Keyword::pick, "pick", "选取", "選取"},
    Entry{Keyword::rotate, "rotate", "轮换", "輪換"},
    Entry{Keyword::random, "random", "随机", "隨機"},
    Entry{Keyword::variant, "variant", "版本", "版本"},
    Entry{Keyword::weight, "weight", "权重", "權重"},
    Entry{Keyword::text, "text", "文本", "文字"},
    Entry{Keyword::card, "card", "卡片", "卡片"},
    Entry{Keyword::title, "title", "标题", "標題"},
    Entry{Keyword::picture, "picture", "图片", "圖片"},
    Entry{Keyword::link, "link", "链接", "連結"},
    Entry{Keyword::mini_program, "miniprogram", "小程序", "小程式"},
    Entry{Keyword::page, "page", "页面", "頁面"},
    Entry{Keyword::holiday, "holiday", "假日", "假日"},
    Entry{Keyword::years, "years", "年份", "年份"},
    Entry{Keyword::timezone, "timezone", "时区", "時區"},
    Entry{Keyword::of, "of", "属于", "屬於"},
    Entry{Keyword::for_, "for", "对象", "對象"},
    Entry{Keyword::lasting, "for", "持续", "持續"},
    Entry{Keyword::via, "via", "经", "經"},
    Entry{Keyword::else_, "else", "否则", "否則"},
    Entry{Keyword::groups, "groups", "群", "群"},
    Entry{Keyword::members, "members", "会员", "會員"},
    Entry{Keyword::tagged, "tagged", "标签", "標籤"},
    Entry{Keyword::where, "where", "其中", "其中"},
    Entry{Keyword::locale, "locale", "区域", "區域"},
    Entry{Keyword::quiet, "quiet", "免打扰", "免打擾"},
    Entry{Keyword::then, "then", "然后", "然後"},
    Entry{Keyword::defer, "defer", "推迟", "延後"},
    Entry{Keyword::limit, "limit", "上限", "上限"},
    Entry{Keyword::posts, "posts", "条", "則數"},
    Entry{Keyword::space, "space", "间隔", "間隔"},
    Entry{Keyword::spread, "spread", "错开", "錯開"},
    Entry{Keyword::late, "late", "逾期", "逾期"},
    Entry{Keyword::send_late, "send", "补发", "補發"},
    Entry{Keyword::within, "within", "限时", "限時"},
    Entry{Keyword::spaced, "spaced", "相隔", "相隔"},
    Entry{Keyword::deliver, "deliver", "送达", "送達"},
    Entry{Keyword::priority, "priority", "优先级", "優先級"},
    Entry{Keyword::high, "high", "高", "高"},
    Entry{Keyword::normal, "normal", "中", "中"},
    Entry{Keyword::low, "low", "低", "低"},
    Entry{Keyword::concurrent, "concurrent", "并发", "並行"},
    Entry{Keyword::queue, "queue", "排队", "排隊"},
    Entry{Keyword::parallel, "parallel", "并行", "平行"},
    Entry{Keyword::replace, "replace", "替换", "替換"},
    Entry{Keyword::keep, "keep", "保持", "保持"},
    Entry{Keyword::filling, "filling", "补满", "補滿"},
    Entry{Keyword::gap, "gap", "空档", "空檔"},
    Entry{Keyword::shift, "shift", "顺延", "順延"},
    Entry{Keyword::skip, "skip", "跳过", "跳過"},
    Entry{Keyword::reject, "reject", "拒绝", "拒絕"},
    Entry{Keyword::overlap, "overlap", "重叠", "重疊"},
    Entry{Keyword::second, "second", "第二次", "第二次"},
    Entry{Keyword::both, "both", "两次", "兩次"},
    Entry{Keyword::unknown, "unknown", "未公布", "未公布"},
    Entry{Keyword::weekdays, "weekdays", "按平日", "按平日"},
    Entry{Keyword::every, "every", "每", "每"},
    Entry{Keyword::on, "on", "逢", "逢"},
    Entry{Keyword::when, "when", "当", "當"},
    Entry{Keyword::including, "including", "包括", "包括"},
    Entry{Keyword::now, "now", "现在", "現在"},
    Entry{Keyword::message, "message", "消息", "訊息"},
    Entry{Keyword::saying, "saying", "内容为", "內容為"},
    Entry{Keyword::containing, "containing", "包含", "包含"},
    Entry{Keyword::matching, "matching", "匹配", "符合"},
    Entry{Keyword::join, "join", "入群", "入群"},
    Entry{Keyword::leave, "leave", "退群", "退群"},
    Entry{Keyword::untagged, "untagged", "去掉标签", "去掉標籤"},
    Entry{Keyword::once, "once", "仅一次", "僅一次"},
    Entry{Keyword::exit, "exit", "退出", "退出"},
    Entry{Keyword::as, "as", "记为", "記為"},
    Entry{Keyword::again, "again", "再次", "再次"},
    Entry{Keyword::outside, "outside", "离开范围", "離開範圍"},
    Entry{Keyword::day, "day", "天", "天"},
    Entry{Keyword::workday, "workday", "工作日", "工作日"},
    Entry{Keyword::weekend, "weekend", "周末", "週末"},
    Entry{Keyword::week, "week", "周", "週"},
    Entry{Keyword::month, "month", "月", "月"},
    Entry{Keyword::year, "year", "年", "年"},
    Entry{Keyword::at, "at", "于", "於"},
    Entry{Keyword::most, "most", "最多", "最多"},
    Entry{Keyword::in, "in", "在", "在"},
    Entry{Keyword::from, "from", "从", "從"},
    Entry{Keyword::to, "to", "到", "到"},
    Entry{Keyword::to_person, "to", "给", "給"},
    Entry{Keyword::until, "until", "至", "至"},
    Entry{Keyword::starting, "starting", "起始", "起始"},
    Entry{Keyword::times, "times", "次数", "次數"},
    Entry{Keyword::only, "only", "仅", "僅"},
    Entry{Keyword::except, "except", "不含", "不含"},
    Entry{Keyword::also, "also", "另", "另"},
    Entry{Keyword::first, "first", "首个", "首個"},
    Entry{Keyword::last, "last", "最后", "最後"},
    Entry{Keyword::or_, "or", "或", "或"},
    Entry{Keyword::and_, "and", "且", "且"},
    Entry{Keyword::not_, "not", "非", "非"},
    Entry{Keyword::before, "before", "前于", "前於"},
    Entry{Keyword::lunar, "lunar", "农历", "農曆"},
    Entry{Keyword::solar, "solar", "节气", "節氣"},
    Entry{Keyword::monday, "monday", "周一", "週一"},
    Entry{Keyword::tuesday, "tuesday", "周二", "週二"},
    Entry{Keyword::wednesday, "wednesday", "周三", "週三"},
    Entry{Keyword::thursday, "thursday", "周四", "週四"},
    Entry{Keyword::friday, "friday", "周五", "週五"},
    Entry{Keyword::saturday, "saturday", "周六", "週六"},
    Entry{Keyword::sunday, "sunday", "周日", "週日"},
    Entry{Keyword::january, "january", "一月", "一月"},
    Entry{Keyword::february, "february", "二月", "二月"},
    Entry{Keyword::march, "march", "三月", "三月"},
    Entry{Keyword::april, "april", "四月", "四月"},
    Entry{Keyword::may, "may", "五月", "五月"},
    Entry{Keyword::june, "june", "六月", "六月"},
    Entry{Keyword::july, "july", "七月", "七月"},
    Entry{Keyword::august, "august", "八月", "八月"},
    Entry{Keyword::september, "september", "九月", "九月"},
    Entry{Keyword::october, "october", "十月", "十月"},
    Entry{Keyword::november, "november", "十一月", "十一月"},
    Entry{Keyword::december, "december", "十二月", "十二月"},
    Entry{Keyword::start, "start", "开始", "開始"},
    Entry{Keyword::end, "end", "结束", "結束"},
    Entry{Keyword::after, "after", "后于", "後於"},
    Entry{Keyword::next, "next", "下一", "下一"},
    Entry{Keyword::wait, "wait", "等待", "等待"},
    Entry{Keyword::awaiting, "for", "发生", "發生"},
    Entry{Keyword::since, "since", "自", "自"},
    Entry{Keyword::if_, "if", "如果", "如果"},
    Entry{Keyword::split, "split", "分流", "分流"},
    Entry{Keyword::nothing, "nothing", "不做", "不做"},
    Entry{Keyword::yes, "yes", "是", "是"},
    Entry{Keyword::no, "no", "否", "否"},
    Entry{Keyword::stop, "stop", "停止", "停止"},
    Entry{Keyword::post, "post", "发", "發"},
    Entry{Keyword::send, "send", "私信", "私訊"},
    Entry{Keyword::reply, "reply", "回复", "回覆"},
    Entry{Keyword::announce, "announce", "公告", "公告"},
    Entry{Keyword::mention, "mention", "提及", "提及"},
    Entry{Keyword::all, "all", "所有人", "所有人"},
    Entry{Keyword::once_now, "once", "立即", "立即"},
    Entry{Keyword::tag, "tag", "打标签", "打標籤"},
    Entry{Keyword::untag, "untag", "去标签", "去標籤"},
    Entry{Keyword::points, "points", "积分", "積分"},
    Entry{Keyword::because, "because", "因为", "因為"},
    Entry{Keyword::correction, "correction", "更正", "更正"},
    Entry{Keyword::expire, "expire", "过期", "過期"},
    Entry{Keyword::take, "take", "收回", "收回"},
    Entry{Keyword::back, "back", "退回", "退回"},
    Entry{Keyword::given_back, "back", "已得", "已得"},
    Entry{Keyword::task, "task", "任务", "任務"},
    Entry{Keyword::done, "done", "完成", "完成"},
    Entry{Keyword::approve, "approve", "审批", "審批"},
    Entry{Keyword::by, "by", "由", "由"},
    Entry{Keyword::create, "create", "新建", "新建"},
    Entry{Keyword::group, "group", "群组", "群組"},
    Entry{Keyword::size, "size", "每群人数", "每群人數"},
    Entry{Keyword::invite, "invite", "邀请", "邀請"},
    Entry{Keyword::invited, "invited", "受邀者", "受邀者"},
    Entry{Keyword::potential, "potential", "潜力", "潛力"},
    Entry{Keyword::dissolve, "dissolve", "解散", "解散"},
    Entry{Keyword::remove, "remove", "移除", "移除"},
    Entry{Keyword::member, "member", "成员", "成員"},
    Entry{Keyword::warn, "warn", "警告", "警告"},
    Entry{Keyword::emit, "emit", "触发", "觸發"},
    Entry{Keyword::call, "call", "调用", "呼叫"},
    Entry{Keyword::run, "run", "运行", "執行"},
    Entry{Keyword::collect, "collect", "收集", "收集"},
    Entry{Keyword::refused, "refused", "被拒", "被拒"},
    Entry{Keyword::full, "full", "已满", "已滿"},
    Entry{Keyword::draw, "draw", "抽取", "抽取"},
    Entry{Keyword::winner, "winner", "中奖者", "中獎者"},
    Entry{Keyword::give, "give", "发放", "發放"},
    Entry{Keyword::exists, "exists", "存在", "存在"},
    Entry{Keyword::count, "count", "计数", "計數"},
    Entry{Keyword::sum, "sum", "求和", "求和"},
    Entry{Keyword::distinct, "distinct", "去重计数", "去重計數"},
    Entry{Keyword::streak, "streak", "连续天数", "連續天數"},
    Entry{Keyword::today, "today", "今天", "今天"},
    Entry{Keyword::ever, "ever", "历来", "歷來"},
    Entry{Keyword::throughout, "throughout", "始终在", "始終在"},
    Entry{Keyword::repeated, "repeated", "不止一次", "不只一次"},
    Entry{Keyword::expect, "expect", "预期", "預期"},
    Entry{Keyword::in_group, "in", "在", "在"},
    Entry{Keyword::no_post, "nothing", "没有消息", "沒有訊息"},
};

constexpr bool table_is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].keyword != static_cast<Keyword>(i)) return false;
    }
    return true;
}
static_assert(table_is_in_order());

struct UnitEntry {
    Unit unit;
    std::string_view one;
    std::string_view several;
    std::string_view simplified_chinese;
    std::string_view traditional_chinese;

    // In Chinese there is one form.
    std::string_view in(Dialect dialect, bool is_one) const {
        return chosen(dialect, is_one ? one : several, simplified_chinese, traditional_chinese);
    }
};

constexpr std::array units{
    UnitEntry{Unit::second, "s", "s", "秒", "秒"},
    UnitEntry{Unit::minute, "m", "m", "分钟", "分鐘"},
    UnitEntry{Unit::hour, "h", "h", "小时", "小時"},
    UnitEntry{Unit::day, "day", "days", "天", "天"},
    UnitEntry{Unit::week, "week", "weeks", "周", "週"},
    UnitEntry{Unit::month, "month", "months", "个月", "個月"},
    UnitEntry{Unit::year, "year", "years", "年", "年"},
};

struct FieldEntry {
    Field field;
    std::string_view english;
    std::string_view simplified_chinese;
    std::string_view traditional_chinese;

    std::string_view in(Dialect dialect) const {
        return chosen(dialect, english, simplified_chinese, traditional_chinese);
    }
};

// In the order of Field.
constexpr std::array fields{
    FieldEntry{Field::group, "group", "群", "群"},
    FieldEntry{Field::member, "member", "会员", "會員"},
    FieldEntry{Field::event, "event", "事件", "事件"},
    FieldEntry{Field::start, "start", "开始", "開始"},
    FieldEntry{Field::end, "end", "结束", "結束"},
    FieldEntry{Field::run, "run", "本次", "本次"},
    FieldEntry{Field::join, "join", "入群", "入群"},
    FieldEntry{Field::collected, "collected", "已收集", "已收集"},
    FieldEntry{Field::draw, "draw", "抽奖", "抽獎"},
    FieldEntry{Field::given, "given", "所发", "所發"},
    FieldEntry{Field::id, "id", "编号", "編號"},
    FieldEntry{Field::name, "name", "名称", "名稱"},
    FieldEntry{Field::owner, "owner", "群主", "群主"},
    FieldEntry{Field::at, "at", "时刻", "時刻"},
    FieldEntry{Field::date, "date", "日期", "日期"},
    FieldEntry{Field::time, "time", "时间", "時間"},
    FieldEntry{Field::weekday, "weekday", "星期", "星期"},
    FieldEntry{Field::points, "points", "积分", "積分"},
    FieldEntry{Field::invited_by, "invited_by", "邀请人", "邀請人"},
    FieldEntry{Field::joined, "joined", "入群日期", "入群日期"},
    FieldEntry{Field::number, "number", "序号", "序號"},
    FieldEntry{Field::text, "text", "文本", "文字"},
    FieldEntry{Field::first, "first", "首次", "首次"},
    FieldEntry{Field::list, "list", "名单", "名單"},
    FieldEntry{Field::left, "left", "剩余", "剩餘"},
    FieldEntry{Field::winners, "winners", "中奖名单", "中獎名單"},
    FieldEntry{Field::zone, "zone", "所在时区", "所在時區"},
    FieldEntry{Field::status, "status", "状态", "狀態"},
    FieldEntry{Field::created, "created", "建立日期", "建立日期"},
    FieldEntry{Field::size, "size", "人数", "人數"},
    FieldEntry{Field::talked, "talked", "发言日期", "發言日期"},
    FieldEntry{Field::opted_out, "opted_out", "已退订", "已退訂"},
    FieldEntry{Field::entries, "entries", "参与人次", "參與人次"},
    FieldEntry{Field::seal, "seal", "封存码", "封存碼"},
    FieldEntry{Field::seed, "seed", "种子", "種子"},
    FieldEntry{Field::code, "code", "券码", "券碼"},
};

constexpr std::array reserved{Keyword::start, Keyword::end,   Keyword::if_,  Keyword::else_,
                              Keyword::and_,  Keyword::or_,   Keyword::not_, Keyword::yes,
                              Keyword::no,    Keyword::exists};

constexpr std::array<std::string_view, dialects.size()> dialect_names{"en", "zh-CN", "zh-TW"};

const Entry& entry_of(Keyword keyword) {
    return table[static_cast<std::size_t>(keyword)];
}

std::optional<int> index_between(Keyword keyword, Keyword first, Keyword last) {
    if (keyword < first || keyword > last) return std::nullopt;
    return static_cast<int>(keyword) - static_cast<int>(first);
}

// The keywords by how a dialect writes them; of two written alike the first in the table.
struct SpellingIndex {
    std::unordered_map<std::string_view, Keyword> keywords{};
    std::size_t longest = 0;
};

const SpellingIndex& index_of(Dialect dialect) {
    static const auto indexes = [] {
        std::array<SpellingIndex, dialects.size()> made;
        for (const Dialect wanted : dialects) {
            SpellingIndex& index = made[static_cast<std::size_t>(wanted)];
            for (const Entry& entry : table) {
                index.keywords.emplace(entry.in(wanted), entry.keyword);
                index.longest = std::max(index.longest, entry.in(wanted).size());
            }
        }
        return made;
    }();
    return indexes[static_cast<std::size_t>(dialect)];
}

std::optional<Keyword> find_spelling(std::string_view word, Dialect dialect) {
    const auto& keywords = index_of(dialect).keywords;
    const auto found = keywords.find(word);
    return found == keywords.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

std::string_view name_of(Dialect dialect) {
    return dialect_names[static_cast<std::size_t>(dialect)];
}

std::optional<Dialect> find_dialect(std::string_view name) {
    for (const Dialect dialect : dialects) {
        if (name_of(dialect) == name) return dialect;
    }
    return std::nullopt;
}

std::string_view spelling(Keyword keyword, Dialect dialect) {
    return entry_of(keyword).in(dialect);
}

bool is_spelling(std::string_view word, Keyword keyword, Dialect dialect) {
    return word == entry_of(keyword).english || word == entry_of(keyword).in(dialect);
}

std::optional<Keyword> find_keyword(std::string_view word, Dialect dialect) {
    if (const auto found = find_spelling(word, Dialect::en)) return found;
    return dialect == Dialect::en ? std::nullopt : find_spelling(word, dialect);
}

std::optional<Keyword> longest_keyword(std::string_view text, Dialect dialect) {
    std::size_t length = std::min(text.size(), index_of(dialect).longest);
    for (; length > 0; --length) {
        if (const auto found = find_spelling(text.substr(0, length), dialect)) return found;
    }
    return std::nullopt;
}

std::optional<Unit> find_unit(std::string_view word, Dialect dialect) {
    for (const UnitEntry& entry : units) {
        if (word == entry.one || word == entry.several || word == entry.in(dialect, true))
            return entry.unit;
    }
    return std::nullopt;
}

std::string_view unit_spelling(Unit unit, std::int64_t count, Dialect dialect) {
    return units[static_cast<std::size_t>(unit)].in(dialect, count == 1);
}

std::string_view longest_unit(std::string_view text, Dialect dialect) {
    std::string_view longest;
    for (const UnitEntry& entry : units) {
        const std::string_view word = entry.in(dialect, false);
        if (text.substr(0, word.size()) == word && word.size() > longest.size()) longest = word;
    }
    return longest;
}

std::string ordinal_text(int number, Dialect dialect) {
    if (dialect != Dialect::en) return "第" + std::to_string(number);
    const bool teen = number / 10 % 10 == 1;
    const int digit = teen ? 0 : number % 10;
    return std::to_string(number) + (digit == 1   ? "st"
                                     : digit == 2 ? "nd"
                                     : digit == 3 ? "rd"
                                                  : "th");
}

std::string_view spelling(Field field, Dialect dialect) {
    return fields[static_cast<std::size_t>(field)].in(dialect);
}

std::optional<Field> find_field(std::string_view word, Dialect dialect) {
    for (const FieldEntry& entry : fields) {
        if (word == entry.english || word == entry.in(dialect)) return entry.field;
    }
    return std::nullopt;
}

const std::vector<Field>& fields_of(Field owner) {
    static const std::vector<Field> none;
    static const std::vector<Field> of_moment{Field::date, Field::time, Field::weekday};
    static const std::unordered_map<Field, std::vector<Field>> owners{
        {Field::group,
         {Field::id, Field::name, Field::owner, Field::zone, Field::status, Field::created,
          Field::size, Field::talked}},
        {Field::member,
         {Field::id, Field::name, Field::points, Field::invited_by, Field::joined, Field::zone,
          Field::opted_out}},
        {Field::event, {Field::id, Field::at, Field::group, Field::member}},
        {Field::start, of_moment},
        {Field::end, of_moment},
        {Field::run, {Field::id, Field::date, Field::time}},
        {Field::join, {Field::first, Field::name, Field::invited_by}},
        {Field::collected, {Field::list, Field::left}},
        {Field::draw, {Field::winners, Field::number, Field::entries, Field::seal, Field::seed}},
        {Field::given, {Field::code}},
    };
    const auto found = owners.find(owner);
    return found == owners.end() ? none : found->second;
}

bool is_reserved(std::string_view word, Dialect dialect) {
    return std::any_of(reserved.begin(), reserved.end(),
                       [&](Keyword keyword) { return is_spelling(word, keyword, dialect); });
}

std::optional<int> weekday_index(Keyword keyword) {
    return index_between(keyword, Keyword::monday, Keyword::sunday);
}

Keyword weekday_keyword(int index) {
    return static_cast<Keyword>(static_cast<int>(Keyword::monday) + index);
}

std::optional<int> month_index(Keyword keyword) {
    return index_between(keyword, Keyword::january, Keyword::december);
}

Keyword month_keyword(int index) {
    return static_cast<Keyword>(static_cast<int>(Keyword::january) + index);
}

std::vector<std::string> spellings(const std::vector<Keyword>& keywords) {
    std::vector<std::string> result;
    for (const Keyword keyword : keywords) result.emplace_back(spelling(keyword));
    return result;
}

}  // namespace sop::lang
