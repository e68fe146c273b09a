#!/usr/bin/env python3
"""Writes the grammars of the editors from their templates and the table of words.

    generate.py EDITOR_WORDS            writes the files
    generate.py --check EDITOR_WORDS    says which of them would change, and fails if one would

EDITOR_WORDS is the program that prints the table (build/editor-support/editor_words); `./dev editor`
builds it and runs this. The templates hold no words of the language but the English ones they ask
for; a template that asks for a word there is not fails.
"""

import difflib
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
GENERATED = {
    "vscode/syntaxes/sop.tmLanguage.json": "templates/sop.tmLanguage.json.in",
    "vim/syntax/sop.vim": "templates/sop.vim.in",
}


def longest_first(words):
    """An alternation takes the first that matches; in scripts without spaces that has to be the longest."""
    return sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))


class Words:
    def __init__(self, table):
        self.dialects = table["dialects"]
        self.keywords = table["keywords"]
        self.fields = table["fields"]
        self.reserved = [word for entry in table["reserved"] for word in entry.values()]
        self.units = table["units"]
        # Of a word with several meanings (`tag` declares and acts) the last counts: the first ones are declarations,
        # which the grammars know by their place.
        self.roles = {}
        for keyword in self.keywords:
            for word in keyword["words"].values():
                self.roles[word] = keyword["role"]
        for word in self.unit_words():
            self.roles.setdefault(word, "unit")

    def unit_words(self, dialects=None):
        return [form for unit in self.units for dialect in dialects or self.dialects
                for form in unit["words"][dialect]]

    def of_english(self, english):
        """Every spelling of the keywords with that English word; `declaration/tag` of those with that role."""
        role, _, word = english.rpartition("/")
        found = [spelling for keyword in self.keywords
                 if keyword["words"]["en"] == word and role in ("", keyword["role"])
                 for spelling in keyword["words"].values()]
        if not found:
            raise SystemExit(f"generate.py: a template asks for the keyword `{english}`, which there is not")
        return found

    def of_role(self, role):
        return [word for word, its_role in self.roles.items() if its_role == role]

    def touching(self):
        """Words that may touch one another."""
        return [word for word in self.roles if not word.isascii()]


# Letters of any script; names begin with one and go on with these (UAX #31).
NAME_START = r"[\p{L}\p{Nl}]"
NAME_CHARACTER = r"[\p{L}\p{Mn}\p{Mc}\p{Nd}\p{Nl}\p{Pc}]"


class TextMate:
    """Oniguruma's regular expressions, in JSON."""

    def __init__(self, words):
        self.words = words

    @staticmethod
    def any_of(words):
        return "(?:" + "|".join(longest_first(words)) + ")"

    @staticmethod
    def whole(pattern):
        return f"(?<!{NAME_CHARACTER}){pattern}(?!{NAME_CHARACTER})"

    def run(self):
        """Words and numbers without spaces between them, up to the end of the run."""
        touching = self.any_of(self.words.touching())
        return f"(?:{touching}|第?[0-9]+)*(?!{NAME_CHARACTER})"

    def fragment(self, request):
        kind, _, argument = request.partition(":")
        if kind == "name":
            return NAME_START + NAME_CHARACTER + "*"
        if kind == "name_character":
            return NAME_CHARACTER
        if kind == "keyword":
            return self.whole(self.any_of(
                spelling for english in argument.split(",") for spelling in self.words.of_english(english)))
        if kind == "role":
            return self.whole(self.any_of(self.words.of_role(argument)))
        if kind == "reserved":
            return self.whole(self.any_of(self.words.reserved))
        if kind == "dialect":
            return self.whole(self.any_of(self.words.dialects))
        if kind == "first_field":
            return self.whole(self.any_of(word for field in self.words.fields if field["stands_first"]
                                          for word in field["words"].values()))
        if kind == "field":
            return self.any_of(word for field in self.words.fields for word in field["words"].values()) + \
                f"(?!{NAME_CHARACTER})"
        if kind == "touching":
            return self.any_of(self.words.touching())
        if kind == "touching_unit":
            return self.any_of(word for word in self.words.unit_words() if not word.isascii())
        if kind == "elapsed_unit":
            return self.any_of(word for word in self.words.unit_words(["en"]) if len(word) == 1)
        raise SystemExit(f"generate.py: a template asks for `{request}`, which there is not")

    def fill(self, text):
        return re.sub(r"@(\w+(?::[\w,/]+)?)@", lambda found: self.fragment(found[1]), text)

    def spaced_words(self, scopes):
        patterns = []
        for role, scope in scopes.items():
            words = [word for word in self.words.of_role(role) if word.isascii()]
            if words:
                patterns.append({"name": scope, "match": self.whole(self.any_of(words))})
        return patterns

    def touching_words(self, scopes):
        """One pattern that takes the longest word with which the rest splits into words too, as the reader does.

        An alternation has no order but its own, so words of one role are parted by their length."""
        alternatives, captures = [], {}
        words = self.words.touching()
        for length in sorted({len(word) for word in words}, reverse=True):
            for role, scope in scopes.items():
                some = [word for word in words if len(word) == length and self.words.roles[word] == role]
                if some:
                    alternatives.append("(" + "|".join(sorted(some)) + ")")
                    captures[str(len(alternatives))] = {"name": scope}
        return [{"match": f"(?:{'|'.join(alternatives)})(?={self.run()})", "captures": captures}]

    def generate(self, template):
        grammar = json.loads(template)
        scopes = grammar.pop("scopes_of_roles")
        unknown = set(self.words.roles.values()) - set(scopes)
        if unknown:
            raise SystemExit(f"generate.py: no scope for the words of {', '.join(sorted(unknown))}")
        lists = {"spaced_words": self.spaced_words(scopes), "touching_words": self.touching_words(scopes)}

        def walk(value):
            if isinstance(value, dict):
                return {key: walk(inner) for key, inner in value.items()}
            if isinstance(value, list):
                return [walk(inner) for inner in value]
            return self.fill(value) if isinstance(value, str) else value

        grammar = walk(grammar)
        for name, patterns in lists.items():
            grammar["repository"][name] = {"patterns": patterns}
        return json.dumps(grammar, ensure_ascii=False, indent=2) + "\n"


class Vim:
    """Vim's regular expressions; where several items match at a place, the one defined last wins."""

    def __init__(self, words):
        self.words = words

    @staticmethod
    def any_of(words):
        return r"\%(" + r"\|".join(longest_first(words)) + r"\)"

    @staticmethod
    def whole(pattern):
        return r"\k\@1<!" + pattern + r"\k\@!"

    @staticmethod
    def group(role):
        return "sop" + role.capitalize() + "Word"

    def fragment(self, request):
        kind, _, argument = request.partition(":")
        if kind == "name":
            return r"\%(\d\)\@!\k\+"
        if kind == "keyword":
            return self.whole(self.any_of(
                spelling for english in argument.split(",") for spelling in self.words.of_english(english)))
        if kind == "reserved":
            return self.whole(self.any_of(self.words.reserved))
        if kind == "dialect":
            return self.any_of(self.words.dialects)
        if kind == "first_field":
            return self.whole(self.any_of(word for field in self.words.fields if field["stands_first"]
                                          for word in field["words"].values()))
        if kind == "field":
            return self.any_of(word for field in self.words.fields for word in field["words"].values()) + r"\k\@!"
        if kind == "touching":
            return self.any_of(self.words.touching())
        if kind == "touching_unit":
            return self.any_of(word for word in self.words.unit_words() if not word.isascii())
        if kind == "elapsed_unit":
            return self.any_of(word for word in self.words.unit_words(["en"]) if len(word) == 1)
        if kind == "spaced_words":
            return "\n".join(self.spaced_words())
        if kind == "touching_words":
            return "\n".join(self.touching_words())
        if kind == "roles":
            return ",".join(self.group(role) for role in dict.fromkeys(self.words.roles.values()))
        raise SystemExit(f"generate.py: a template asks for `{request}`, which there is not")

    def spaced_words(self):
        for role in dict.fromkeys(self.words.roles.values()):
            words = [word for word in self.words.of_role(role) if word.isascii()]
            if words:
                yield f"syn match {self.group(role)} /{self.whole(self.any_of(words))}/"

    def touching_words(self):
        words = self.words.touching()
        for length in sorted({len(word) for word in words}):
            for role in dict.fromkeys(self.words.roles.values()):
                some = [word for word in words if len(word) == length and self.words.roles[word] == role]
                if some:
                    # A group of its own: one that blocks contain would match in any word.
                    yield f"syn match {self.group(role)}InRun /{self.any_of(some)}/ contained containedin=sopRun"
        for role in dict.fromkeys(self.words.roles[word] for word in words):
            yield f"hi def link {self.group(role)}InRun {self.group(role)}"

    def generate(self, template):
        return re.sub(r"@(\w+(?::[\w,/]+)?)@", lambda found: self.fragment(found[1]), template)


def generated_texts(words):
    writers = {".json": TextMate(words), ".vim": Vim(words)}
    for target, template in GENERATED.items():
        writer = writers[pathlib.PurePath(target).suffix]
        yield HERE / target, writer.generate((HERE / template).read_text(encoding="utf-8"))


def check(words):
    stale = False
    for target, text in generated_texts(words):
        there = target.read_text(encoding="utf-8") if target.exists() else ""
        if there == text:
            continue
        stale = True
        print(f"{target.relative_to(HERE.parent)} is not what its template and the table of words make; "
              "./dev editor writes it anew")
        for line in list(difflib.unified_diff(there.splitlines(), text.splitlines(), lineterm="", n=0))[2:12]:
            print("  " + (line if len(line) <= 160 else line[:160] + " …"))
    return 1 if stale else 0


def write(words):
    for target, text in generated_texts(words):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return 0


def main(arguments):
    checking = arguments[:1] == ["--check"]
    if checking:
        arguments = arguments[1:]
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    table = subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout
    words = Words(json.loads(table))
    return check(words) if checking else write(words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
