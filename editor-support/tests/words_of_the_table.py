#!/usr/bin/env python3
"""Every word that the table in lang/keywords.cpp has is in the grammars, read without the program that fills them.

What is in the grammars and not in the table is found by generate.py --check.
"""

import pathlib
import re
import sys

PROJECT = pathlib.Path(__file__).resolve().parents[2]
GRAMMARS = ["editor-support/vscode/syntaxes/sop.tmLanguage.json", "editor-support/vim/syntax/sop.vim"]


def words_of_the_table():
    source = (PROJECT / "lang/keywords.cpp").read_text(encoding="utf-8")
    entries = re.findall(r'Entry\{\s*(?:Keyword|Unit|Field)::\w+,\s*((?:"[^"]*"\s*,?\s*)+)\}', source)
    return sorted({word for entry in entries for word in re.findall(r'"([^"]+)"', entry)})


def words_of(grammar):
    """The alternatives of its patterns."""
    text = (PROJECT / grammar).read_text(encoding="utf-8")
    return set(re.findall(r"(?<=[|(:])(\w+)(?=\||\\+\||\)|\\+\))", text))


def main():
    words = words_of_the_table()
    if len(words) < 300:
        print(f"only {len(words)} words were read from lang/keywords.cpp: has its table another form now?")
        return 1
    complete = True
    for grammar in GRAMMARS:
        for word in sorted(set(words) - words_of(grammar)):
            complete = False
            print(f"{grammar} lacks `{word}`; does editor_words.cpp know the last keyword, unit and field?")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
