#include "lang/named_files.h"

#include <algorithm>

namespace sop::lang {

namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        const std::size_t slash = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return segments;
}

}  // namespace

NamedFile& NamedFiles::open(const std::string& path) {
    const auto [at, added] = files_.try_emplace(path);
    NamedFile& file = at->second;
    if (!added) return file;
    NamedText read = read_ ? read_(path) : NamedText{{}, "no files can be read here"_say};
    if (read.text) {
        file.source = std::make_shared<const Source>(path, std::move(*read.text));
    } else {
        file.problem = std::move(read.problem);
    }
    return file;
}

std::string path_beside(std::string_view file, std::string_view name) {
    const bool absolute = name.starts_with('/') || (!name.empty() && file.starts_with('/'));
    std::vector<std::string_view> kept;
    const auto add = [&](std::string_view segment) {
        if (segment.empty() || segment == ".") return;
        if (segment == ".." && !kept.empty() && kept.back() != "..") {
            kept.pop_back();
        } else if (segment != ".." || !absolute) {
            kept.push_back(segment);
        }
    };
    if (!name.starts_with('/')) {
        auto folders = segments_of(file);
        if (!folders.empty()) folders.pop_back();
        for (const auto segment : folders) add(segment);
    }
    for (const auto segment : segments_of(name)) add(segment);
    std::string path;
    for (const auto segment : kept) {
        if (absolute || !path.empty()) path += '/';
        path += segment;
    }
    return path;
}

}  // namespace sop::lang
