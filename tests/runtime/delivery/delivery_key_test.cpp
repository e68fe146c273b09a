#include "runtime/delivery/delivery_key.h"

#include <catch2/catch.hpp>
#include <set>

namespace sop::runtime {

namespace {

const DeliveryIdentity sale{"members",  "flash_sale",  "2026-11-19T20:00:00 Asia/Shanghai",
                            "group-17", "start - 10m", 0};

}  // namespace

TEST_CASE("a delivery's key is the same for ever", "[delivery][key]") {
    // Written down: platforms and databases remember it longer than any build of this program
    // lives.
    CHECK(delivery_key(sale) == "11d0470dda82adb41cd2f27fdd289e29");
}

TEST_CASE("every part of a delivery's identity is in its key", "[delivery][key]") {
    std::set<std::string> keys{delivery_key(sale)};
    DeliveryIdentity other = sale;
    other.playbook = "course";
    keys.insert(delivery_key(other));
    other = sale;
    other.rule = "morning";
    keys.insert(delivery_key(other));
    other = sale;
    other.firing_key = "2026-11-26T20:00:00 Asia/Shanghai";
    keys.insert(delivery_key(other));
    other = sale;
    other.subject = "group-18";
    keys.insert(delivery_key(other));
    other = sale;
    other.step = "start";
    keys.insert(delivery_key(other));
    other = sale;
    other.action = 1;
    keys.insert(delivery_key(other));
    other = sale;
    other.target_kind = "group";
    other.target = "group-17";
    keys.insert(delivery_key(other));
    other.target_kind = "member";
    keys.insert(delivery_key(other));
    CHECK(keys.size() == 9);
}

TEST_CASE("what one part ends with cannot pass for the beginning of the next", "[delivery][key]") {
    const std::vector<DeliveryIdentity> look_alikes{
        {"a", "bc", "k", "s", "start", 0},   {"ab", "c", "k", "s", "start", 0},
        {"", "abc", "k", "s", "start", 0},   {"abc", "", "k", "s", "start", 0},
        {"a", "bc", "k", "s1", "start", 0},  {"a", "bc", "k", "s", "start1", 0},
        {"1:a", "bc", "k", "s", "start", 0}, {"a", "bck", "", "s", "start", 0},
    };
    std::set<std::string> keys;
    for (const DeliveryIdentity& identity : look_alikes) keys.insert(delivery_key(identity));
    CHECK(keys.size() == look_alikes.size());
}

TEST_CASE("a key is plain ASCII whatever the names are", "[delivery][key]") {
    const std::string key =
        delivery_key({"会员群", "秒杀", "event:订单\n1", "群 \"一\"", "开始", 3});
    CHECK(key.size() == 32);
    CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
}

}  // namespace sop::runtime
