"""What `sop check --format json` prints against the schema that `sop check --schema` prints, by a validator that knows nothing of sop.

usage: checks_against_schema.py SOP. Needs Python's jsonschema 4 (Debian: python3-jsonschema).

Each diagnostic's example has to give a valid report, and so has a failure; none may be valid with a field more or a field less.
"""
import copy
import json
import re
import subprocess
import sys
from pathlib import Path

from jsonschema import Draft202012Validator

EXPLANATIONS = Path(__file__).resolve().parents[2] / "lang" / "explanations"
OPTIONAL = {"horizon_days", "fixed"}


def sop(*arguments, text=""):
    done = subprocess.run([sys.argv[1], *arguments], input=text, capture_output=True, text=True, encoding="utf-8")
    return done.stdout


def objects(value, path=()):
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from objects(inner, path + (key,))
    elif isinstance(value, list):
        for place, inner in enumerate(value[:2]):
            yield from objects(inner, path + (place,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def damages(report):
    for path, found in objects(report):
        damaged = copy.deepcopy(report)
        at(damaged, path)["unheard_of"] = 1
        yield f"{path}: a field that there is not", damaged
        for key in found.keys() - OPTIONAL:
            damaged = copy.deepcopy(report)
            del at(damaged, path)[key]
            yield f"{path}: `{key}` is missing", damaged


schema = json.loads(sop("check", "--schema"))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
reports = [sop("check", "/nowhere.sop", "--format", "json"), sop("check", "--format", "json"), sop("chek", "--format", "json")]
for explanation in sorted(EXPLANATIONS.glob("*.md")):
    for text in re.findall(r"```sop(?: fails)?\n(.*?)```", explanation.read_text(encoding="utf-8"), re.S):
        reports.append(sop("check", "-", "--format", "json", "--horizon", "90d", text=text))
allowed = 0
planted = 0
wrong = []
for report in map(json.loads, reports):
    wrong += [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(report)]
    allowed += len(report.get("allowed", []))
    for damage, damaged in damages(report):
        planted += 1
        if validator.is_valid(damaged):
            wrong.append(f"{damage}, and yet it is valid")
if allowed == 0:
    wrong.append("no report has a finding that is allowed")
if wrong:
    sys.exit("\n".join(wrong[:40]))
print(f"{len(reports)} reports are valid, {planted} damaged ones are not")
