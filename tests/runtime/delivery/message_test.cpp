#include "runtime/delivery/message.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/runtime/delivery/attempts.h"

namespace sop::runtime {

TEST_CASE("all that a message has stands in its JSON, and nothing that it has not", "[delivery]") {
    Attempt attempt = tests::attempt(7);
    CHECK(on_one_line(message_of(attempt)) ==
          R"({"key":"sop-7","playbook":"members","rule":"flash_sale","step":"start - 10m",)"
          R"("verb":"post","group":"g7","name":"会员群","text":"还有十分钟",)"
          R"("planned_for":"2026-11-19T12:00:00Z"})");

    attempt.form.verb = lang::Verb::reply;
    attempt.form.mentions_all = true;
    attempt.form.mentions = {"m1", "m2"};
    attempt.form.reply_to = "e17";
    attempt.form.pictures = {"sale.png"};
    attempt.form.card = MessageCard{"Sale", "Tonight", "", "https://shop.example/", ""};
    CHECK(on_one_line(message_of(attempt)) ==
          R"({"key":"sop-7","playbook":"members","rule":"flash_sale","step":"start - 10m",)"
          R"("verb":"reply","group":"g7","name":"会员群","text":"还有十分钟",)"
          R"("mentions_all":true,"mentions":["m1","m2"],"reply_to":"e17","pictures":["sale.png"],)"
          R"("card":{"title":"Sale","text":"Tonight","link":"https://shop.example/"},)"
          R"("planned_for":"2026-11-19T12:00:00Z"})");
}

}  // namespace sop::runtime
