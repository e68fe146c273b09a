// What a program reads on standard output when a command could not do its work, so that what asked
// for JSON (or another form for programs) gets it always.
#pragma once

#include <string>

namespace sop::runtime::cli {

// The value of `--format`, as it stands in the arguments; empty when it is not there.
std::string format_asked_for(int argument_count, char** arguments);

// Drops what standard output holds and has not given on yet, and writes the failure in its place:
// for json {"format_version": 1, "error": {"message": …, "exit_code": …}}. Nothing for other forms.
void print_failure(const std::string& format, const std::string& message, int exit_code);

}  // namespace sop::runtime::cli
