"""Rehearsals against the schema that `sop rehearse --schema` prints, by a validator that knows nothing of sop.

usage: rehearsals_against_schema.py SOP. Needs Python's jsonschema 4 (Debian: python3-jsonschema).

Each report has to be valid, and none may be that has a field more or a field less anywhere.
"""
import copy
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from jsonschema import Draft202012Validator

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
OPTIONAL = {"command", "comparison"}
FREE = {"outcomes", "left_out", "began_no_rule"}  # their fields are words of the playbooks


def sop(*arguments):
    done = subprocess.run([sys.argv[1], *map(str, arguments)], capture_output=True, text=True, encoding="utf-8")
    if done.returncode != 0:
        sys.exit(f"{arguments}: {done.stderr}")
    return done.stdout


def objects(value, path=()):
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            if key not in FREE:
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


schema = json.loads(sop("rehearse", "--schema"))
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
groups = ("--groups", EXAMPLES / "members/groups.csv")
members = ["rehearse", EXAMPLES / "members", "--from", "2026-11-16", "--for", "3d", "--format", "json"]
reports = [sop(*members, "--events", EXAMPLES / "members/events.ndjson"),
           sop("rehearse", EXAMPLES / "reach", "--from", "2026-12-03", "--for", "1d", *groups, "--format", "json"),
           sop(*members, "--rule", "members.lottery")]
with tempfile.TemporaryDirectory() as folder:
    before = json.loads(sop(*members))
    before["timeline"][0]["local_time"] = "2026-11-16T07:00:00"
    before["timeline"][1]["text"] = "another"
    del before["timeline"][2]
    (Path(folder) / "before.json").write_text(json.dumps(before), encoding="utf-8")
    reports.append(sop(*members, "--compare", Path(folder) / "before.json"))
planted = 0
wrong = []
for report in map(json.loads, reports):
    wrong += [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(report)]
    for damage, damaged in damages(report):
        planted += 1
        if validator.is_valid(damaged):
            wrong.append(f"{damage}, and yet it is valid")
if len(json.loads(reports[-1])["comparison"]["changes"]) < 3:
    wrong.append("the comparison found too little to be worth testing")
if wrong:
    sys.exit("\n".join(wrong))
print(f"{len(reports)} reports are valid, {planted} damaged ones are not")
