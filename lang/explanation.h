// What a diagnostic means, why it is one and how it is mended, for people who want to know more
// than its message says. The texts are the files of lang/explanations/, one a code, built into the
// program; their form is
//
//     # SOP0104 unknown weekday
//     A paragraph: what it means, and what would go wrong without it. Its first sentence can stand
//     alone.
//     ```sop fails
//     a whole file that gives this code and no other
//     ```
//     How it is mended, in paragraphs.
//     ```sop
//     the same file mended
//     ```
//
// and then the same in Chinese, under a heading of its own. The Chinese section may leave out both
// files: those of the English one are shown. A code that no file can show has neither.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/message.h"

namespace sop::lang {

// Paragraphs keep the lines they have in the file; an empty line stands between two.
struct ExplanationSection {
    std::string title;
    std::string meaning;
    std::string fails;  // empty where no file can show it
    std::string mending;
    std::string mended;  // empty as `fails` is
};

struct Explanation {
    std::string code;
    ExplanationSection english;
    ExplanationSection chinese;

    const ExplanationSection& in(Language language) const;
};

// All of them, in the order of their codes.
const std::vector<Explanation>& explanations();

// By the code as diagnostics have it, "SOP0104"; nullptr when there is none.
const Explanation* find_explanation(std::string_view code);

// For a terminal: title, paragraphs as they stand in the file, files indented. Ends in a newline.
std::string render(const Explanation& explanation, Language language);

// The text with each paragraph on one line.
std::string unwrapped(std::string_view paragraphs);

// Reads one file of lang/explanations/, called `code`.md. Throws std::logic_error, with the line,
// for one that has not the form above: the files are a part of the program.
Explanation read_explanation(std::string_view code, std::string_view markdown);

}  // namespace sop::lang
