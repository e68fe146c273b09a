// Runs something in a process of its own, so that it may lose rights, limits or its view of the
// disks.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <functional>
#include <string>
#include <system_error>

namespace sop::runtime {

// What `work` returned, or the text of what it threw.
inline std::string in_child_process(const std::function<std::string()>& work) {
    int ends[2];
    if (pipe(ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    const pid_t child = fork();
    if (child < 0) {
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (child == 0) {
        std::string answer;
        try {
            answer = work();
        } catch (const std::exception& error) {
            answer = error.what();
        }
        const bool is_written =
            write(ends[1], answer.data(), answer.size()) == static_cast<ssize_t>(answer.size());
        // Nothing of the parent's is to be ended twice.
        _exit(is_written ? 0 : 1);
    }
    close(ends[1]);
    std::string answer;
    char buffer[4096];
    for (ssize_t length = 0; (length = read(ends[0], buffer, sizeof buffer)) > 0;) {
        answer.append(buffer, static_cast<std::size_t>(length));
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0 ? answer : "the child process ended with status " + std::to_string(status);
}

}  // namespace sop::runtime
