"""Plans against lang/plan.schema.json, by a validator that knows nothing of sop.

usage: plans_against_schema.py SOP. Needs Python's jsonschema 4 (Debian: python3-jsonschema).

The plans are the goldens, those of the examples, and one with every form of schedule in the reference; all have to be valid.
They are then damaged in one place at a time, in each kind of place once, and none of that may be valid.
"""
import copy
import json
import re
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

SOURCE = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((SOURCE / "lang/plan.schema.json").read_text(encoding="utf-8"))
PLAYBOOK = """sop 1
import std.calendar.cn
playbook schedules {
  timezone Asia/Shanghai
  calendar cn unknown weekdays
  for groups
  via log
"""


def compiled(sop, path, text=None):
    done = subprocess.run([sop, "compile", str(path)], input=text, capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"{path}: there is no plan:\n{done.stderr}")
    return json.loads(done.stdout)


def schedules_of_reference():
    forms = re.findall(r"^\| `((?:every|on) [^`]*)`", (SOURCE / "lang/schedules.md").read_text(encoding="utf-8"), re.M)
    # Dates that are over by the time this runs are of no interest here.
    forms = [re.sub(r"\b2026-", "2036-", form) for form in forms]
    rules = "".join(f'  rule_{number}: {form} {{ post "x" }}\n' for number, form in enumerate(forms))
    return PLAYBOOK + rules + "}\n"


def plans(sop):
    for golden in sorted((SOURCE / "tests/golden/plan").glob("*.plan.json")):
        yield golden.name, json.loads(golden.read_text(encoding="utf-8"))
    for folder in sorted({file.parent for file in (SOURCE / "examples").rglob("*.sop")}):
        yield str(folder.relative_to(SOURCE)), compiled(sop, folder)
    yield "the schedules of the reference", compiled(sop, "-", schedules_of_reference())


def pieces(plan):
    """Small plans that together have everything in this one: large ones take a validator long."""
    bare = {key: [] if isinstance(value, list) else value for key, value in plan.items()}
    for key, values in plan.items():
        for value in values if isinstance(values, list) else []:
            for part in [{**value, "rules": [rule]} for rule in value["rules"]] if key == "playbooks" else [value]:
                yield {**bare, key: [part]}


def objects(value, path=()):
    """Every object of a plan, by the keys and places that lead to it."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from objects(inner, path + (key,))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from objects(inner, path + (place,))


def at(plan, path):
    for key in path:
        plan = plan[key]
    return plan


def damages(plan, seen):
    """What is broken, and the plan with it. Objects with the same fields below the same two fields count as one."""
    always = {"name", "kind", "steps", "format", "playbooks", "anchor", "trigger", "days", "seconds"}
    for path, found in objects(plan):
        kind = tuple(key for key in path if isinstance(key, str))[-2:] + tuple(sorted(found))
        if kind in seen:
            continue
        seen.add(kind)
        place = "/".join(map(str, path)) or "the plan"
        damaged = copy.deepcopy(plan)
        at(damaged, path)["unheard_of"] = 1
        yield f"{place}: a field that there is not", damaged
        for key, value in found.items():
            damaged = copy.deepcopy(plan)
            at(damaged, path)[key] = {"unheard_of": 1}
            yield f"{place}: `{key}` is something else", damaged
            if key in ("kind", "anchor", "owner", "verb", "unit", "per", "gap", "overlap", "priority") and path:
                damaged = copy.deepcopy(plan)
                at(damaged, path)[key] = "unheard_of"
                is_free = "channels" in path and key == "kind"
                if not is_free:
                    yield f"{place}: `{key}` has no such value", damaged
            # A variant may have no name, a hole no format, and the branch of a split nothing to do.
            is_free = "variants" in path or (key == "steps" and "split" in path) or (key == "format" and "text" in path)
            if key in always and not is_free:
                damaged = copy.deepcopy(plan)
                del at(damaged, path)[key]
                yield f"{place}: `{key}` is missing", damaged


def main(sop):
    printed = subprocess.run([sop, "compile", "--schema"], capture_output=True, text=True, check=True).stdout
    if json.loads(printed) != SCHEMA:
        sys.exit("`sop compile --schema` prints another schema than lang/plan.schema.json")
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    valid = planted = 0
    wrong = []
    seen = set()
    for name, plan in plans(sop):
        wrong += [f"{name}: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(plan)]
        valid += 1
        for piece in pieces(plan):
            for damage, damaged in damages(piece, seen):
                planted += 1
                if validator.is_valid(damaged):
                    wrong.append(f"{name}: {damage}, and yet it is valid")
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{valid} plans are valid, {planted} damaged ones are not")


main(sys.argv[1])
