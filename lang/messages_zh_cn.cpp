#include "lang/messages_zh_cn.h"

namespace sop::lang {

const std::unordered_map<std::string_view, std::string_view>& messages_zh_cn() {
    static const std::unordered_map<std::string_view, std::string_view> messages{
        {"did you mean `{}`?", "是不是 `{}`？"},
        {"write `{}`", "写成 `{}`"},
    };
    return messages;
}

}  // namespace sop::lang
