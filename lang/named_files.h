// Files that playbooks name: other playbooks and tables. Each is read once.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/message.h"
#include "lang/source.h"

namespace sop::lang {

// The text of a file, or why it cannot be read.
struct NamedText {
    std::optional<std::string> text{};
    Message problem{};
};
// `path` is beside the name of the Source that names it.
using ReadFile = std::function<NamedText(const std::string& path)>;

struct NamedFile {
    std::shared_ptr<const Source> source{};  // nullptr: it cannot be read
    Message problem{};
    std::vector<Diagnostic> diagnostics{};  // of what is in it
};

class NamedFiles {
  public:
    // Without `read` no file can be read.
    explicit NamedFiles(ReadFile read) : read_(std::move(read)) {}

    // Stays where it is.
    NamedFile& open(const std::string& path);
    const std::map<std::string, NamedFile>& all() const { return files_; }

  private:
    ReadFile read_;
    std::map<std::string, NamedFile> files_{};
};

// The path of what `name` says in a file of that name: "club/brand.sop" for "../brand.sop" in
// "club/groups/week.sop".
std::string path_beside(std::string_view file, std::string_view name);

}  // namespace sop::lang
