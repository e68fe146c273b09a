#include "lang/plan.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace sop::lang {

bool Plan::operator==(const Plan& other) const {
    return edition == other.edition && zone_release == other.zone_release && tags == other.tags &&
           events == other.events && channels == other.channels &&
           std::equal(calendars.begin(), calendars.end(), other.calendars.begin(),
                      other.calendars.end(), calendar::is_same) &&
           contents == other.contents && playbooks == other.playbooks;
}

std::string rule_path(const Playbook& playbook, const Rule& rule) {
    return playbook.name + "." + rule.name;
}

std::string content_hash(const Plan& plan) {
    Plan written = plan;
    written.zone_release.clear();
    const std::string json = to_json(written);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (EVP_Digest(json.data(), json.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
        throw PlanFormatError("SHA-256 is not available");
    }
    std::string hex;
    for (unsigned int i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

}  // namespace sop::lang
