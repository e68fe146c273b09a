#include <fmt/format.h>

#include "runtime/cli/command_tree.h"

namespace sop::runtime::cli {

namespace {

using Takes = ArgumentInfo::Takes;

// "/groups/import"
std::string path_text(const CommandInfo& command) {
    std::string text;
    for (const auto& word : command.path) text += "/" + word;
    return text;
}

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

// What compgen is told to offer for a value.
std::string bash_offer(const ArgumentInfo& argument) {
    switch (argument.takes) {
        case Takes::words:
            return fmt::format("-W '{}'", joined(argument.words));
        case Takes::files:
            return "-f";
        case Takes::folders:
            return "-d";
        case Takes::nothing:
        case Takes::anything:
            break;
    }
    return "-W ''";
}

std::string all_paths(const std::vector<CommandInfo>& tree, const char* separator) {
    std::vector<std::string> paths;
    for (const auto& command : tree)
        if (!command.path.empty()) paths.push_back(path_text(command));
    return fmt::format("{}", fmt::join(paths, separator));
}

std::string bash_script(const std::vector<CommandInfo>& tree) {
    std::string values;
    std::string places;
    for (const auto& command : tree) {
        std::vector<std::string> options;
        std::string positional;
        for (const auto& argument : command.arguments) {
            if (argument.positional) {
                if (positional.empty() || argument.takes == Takes::files)
                    positional = bash_offer(argument);
                continue;
            }
            for (const auto& name : argument.names) {
                options.push_back(name);
                if (argument.takes != Takes::nothing)
                    values += fmt::format("    '{} {}') offer=\"{}\" ;;\n", path_text(command),
                                          name, bash_offer(argument));
            }
        }
        places +=
            fmt::format("    '{}') options='{}' commands='{}' positional=\"{}\" ;;\n",
                        path_text(command), joined(options), joined(command.commands), positional);
    }
    return fmt::format(R"(_sop() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" previous="${{COMP_WORDS[COMP_CWORD-1]}}"
  local at='' offer='' options='' commands='' positional='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$at/${{COMP_WORDS[i]}}" in
    {}) at="$at/${{COMP_WORDS[i]}}" ;;
    esac
  done
  case "$at $previous" in
{}  esac
  if [ -z "$offer" ]; then
    case "$at" in
{}    esac
    case "$current" in
    -*) offer="-W '$options'" ;;
    *)
      if [ -n "$commands" ]; then COMPREPLY=($(compgen -W "$commands" -- "$current")); fi
      if [ -z "$positional" ]; then return; fi
      offer="$positional"
      ;;
    esac
  fi
  case "$offer" in
  -f | -d) compopt -o filenames 2>/dev/null ;;
  esac
  COMPREPLY+=($(eval "compgen $offer -- \"\$current\""))
}}
complete -F _sop sop
)",
                       all_paths(tree, " | "), values, places);
}

std::string fish_quoted(const std::string& text) {
    std::string quoted = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + "'";
}

std::string fish_value(const ArgumentInfo& argument) {
    switch (argument.takes) {
        case Takes::nothing:
            return "";
        case Takes::words:
            return " -x -a " + fish_quoted(joined(argument.words));
        case Takes::files:
            return " -r -F";
        case Takes::folders:
            return " -x -a '(__fish_complete_directories)'";
        case Takes::anything:
            break;
    }
    return " -x";
}

std::string fish_argument(const ArgumentInfo& argument) {
    if (argument.positional) {
        switch (argument.takes) {
            case Takes::words:
                return " -a " + fish_quoted(joined(argument.words));
            case Takes::files:
                return " -F";
            case Takes::folders:
                return " -a '(__fish_complete_directories)'";
            default:
                return "";
        }
    }
    std::string text;
    for (const auto& name : argument.names)
        text += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    return text + fish_value(argument) + " -d " + fish_quoted(argument.description);
}

std::string fish_script(const std::vector<CommandInfo>& tree) {
    std::string script = fmt::format(R"(function __sop_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    if contains -- "$at/$word" {}
      set at "$at/$word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c sop -f
)",
                                     all_paths(tree, " "));
    for (const auto& command : tree) {
        const std::string here =
            fmt::format("complete -c sop -n '__sop_at \"{}\"'", path_text(command));
        for (const auto& name : command.commands) {
            auto path = command.path;
            path.push_back(name);
            for (const auto& inner : tree)
                if (inner.path == path)
                    script +=
                        fmt::format("{} -a {} -d {}\n", here, name, fish_quoted(inner.description));
        }
        for (const auto& argument : command.arguments) {
            const std::string text = fish_argument(argument);
            if (!text.empty()) script += here + text + "\n";
        }
    }
    return script;
}

}  // namespace

std::string completion_script(const std::vector<CommandInfo>& tree, const std::string& shell) {
    if (shell == "fish") return fish_script(tree);
    if (shell == "bash") return bash_script(tree);
    return "#compdef sop\nautoload -U +X bashcompinit && bashcompinit\n" + bash_script(tree);
}

}  // namespace sop::runtime::cli
