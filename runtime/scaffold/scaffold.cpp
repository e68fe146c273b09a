#include "runtime/scaffold/scaffold.h"

#include <set>
#include <string_view>

#include "lang/scaffold_texts.h"

namespace sop::runtime {

namespace {

constexpr std::string_view path_word = "path: ";
constexpr std::string_view zone_mark = "@ZONE@";
constexpr std::string_view common = "common";

ScaffoldFile read_template(std::string_view text, const std::string& zone) {
    const std::size_t end = text.find('\n');
    ScaffoldFile file{std::string(text.substr(path_word.size(), end - path_word.size())),
                      std::string(text.substr(end + 1))};
    for (std::size_t at = 0; (at = file.text.find(zone_mark, at)) != std::string::npos;
         at += zone.size())
        file.text.replace(at, zone_mark.size(), zone);
    return file;
}

}  // namespace

std::vector<std::string> scaffold_templates() {
    std::set<std::string> names;
    for (const auto& embedded : lang::scaffold_texts) {
        // "en.club.playbook.sop"
        const std::size_t begin = embedded.name.find('.') + 1;
        names.emplace(embedded.name.substr(begin, embedded.name.find('.', begin) - begin));
    }
    names.erase(std::string(common));
    return {names.begin(), names.end()};
}

std::vector<ScaffoldFile> scaffold_files(const std::string& language, const std::string& name,
                                         const std::string& zone) {
    std::vector<ScaffoldFile> files;
    for (const auto& embedded : lang::scaffold_texts) {
        if (embedded.name.starts_with(language + "." + name + ".") ||
            embedded.name.starts_with(language + "." + std::string(common) + "."))
            files.push_back(read_template(embedded.text, zone));
    }
    return files;
}

}  // namespace sop::runtime
