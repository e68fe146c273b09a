"""Imported playbooks against croniter and dateutil: the same times, over two years.

usage: times_against_python.py SOP. Needs Debian's python3-croniter and python3-dateutil.
"""
import json
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from croniter import croniter
from dateutil.rrule import rruleset, rrulestr

BEGIN = datetime(2027, 1, 1)
END = datetime(2029, 1, 1)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney"]

# Hours at which no zone above changes its clock: what cron does then depends on the cron.
CRONTABS = [
    "0 8 * * *", "30 9 * * 1-5", "15,45 8-10 * * mon,wed,fri", "*/10 9-18 * * *", "0 */4 * * 0", "0 9 1,15 * *",
    "0 9 31 * *", "30 20 13 * 5", "0 12 1-7 * 1,3", "5 10 29 2 *", "0 10 * 6-8 sat,sun", "0 7 1 1 *", "@weekly", "@monthly",
    "7,9 11 * jan,jul 7", "*/7 12 * * 2", "0 8-20/3 */10 * *",
]
# DTSTART, what recurs, dates taken out
CALENDARS = [
    ("20270105T200000", "FREQ=WEEKLY;BYDAY=TU,FR", []),
    ("20270105T200000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR", ["20270108T200000"]),
    ("20270103T200000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", []),
    ("20270101T093000", "FREQ=DAILY;INTERVAL=3", []),
    ("20270101T093000", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=100", []),
    ("20270101T093000", "FREQ=DAILY;BYMONTH=2;UNTIL=20280215T093000", []),
    ("20270129T093000", "FREQ=MONTHLY;BYDAY=-1FR;COUNT=12", ["20270226T093000"]),
    ("20270101T093000", "FREQ=MONTHLY;BYMONTHDAY=1,-1", []),
    ("20270131T093000", "FREQ=MONTHLY", []),
    ("20270115T093000", "FREQ=MONTHLY;INTERVAL=3", []),
    ("20270101T093000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1", []),
    ("20270813T093000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", []),
    ("20270509T093000", "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", []),
    ("20270618T093000", "FREQ=YEARLY", []),
    ("20270618T093000", "FREQ=YEARLY;INTERVAL=2", []),
    ("20270618T093000", "FREQ=YEARLY;BYMONTH=6,11;BYMONTHDAY=18", []),
]


def imported(sop, kind, text, zone):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        source.write_text(text, encoding="utf-8")
        playbook = Path(folder, "imported.sop")
        subprocess.run([sop, "import", kind, source, "--zone", zone, "--strict", "-o", playbook], check=True,
                       stderr=subprocess.DEVNULL)
        # The whole span: a first post at the very beginning is one, too.
        after = (BEGIN - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        done = subprocess.run([sop, "next", playbook, "-n", "10000", "--after", after[:10], "--format", "json"], check=True,
                              capture_output=True, text=True, encoding="utf-8")
    return local_times(json.loads(done.stdout), zone)


def local_times(found, zone):
    times = []

    def collect(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in ("at", "utc") and isinstance(inner, str):
                    times.append(inner)
                else:
                    collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    collect(found)
    local = (datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
             for time in times)
    return sorted(time for time in local if BEGIN <= time < END)


def of_cron(line):
    times = []
    coming = croniter(line, BEGIN - timedelta(minutes=1))
    while (time := coming.get_next(datetime)) < END:
        times.append(time)
    return times


def of_calendar(start, rule, exceptions):
    times = rruleset()
    times.rrule(rrulestr(rule, dtstart=datetime.strptime(start, "%Y%m%dT%H%M%S")))
    for exception in exceptions:
        times.exdate(datetime.strptime(exception, "%Y%m%dT%H%M%S"))
    return times.between(BEGIN, END - timedelta(seconds=1), inc=True)


def calendar_text(start, rule, exceptions, zone):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", "BEGIN:VEVENT", "UID:1", f"DTSTART;TZID={zone}:{start}",
             f"RRULE:{rule}", *(f"EXDATE;TZID={zone}:{exception}" for exception in exceptions), "SUMMARY:x",
             "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(lines)


def main():
    sop = sys.argv[1]
    compared = 0
    wrong = []
    for zone in ZONES:
        rows = [(line, of_cron(line), ("crontab", f"{line} echo x\n")) for line in CRONTABS]
        rows += [(f"{row[0]} {row[1]}", of_calendar(*row), ("ics", calendar_text(*row, zone))) for row in CALENDARS]
        for what, expected, (kind, text) in rows:
            times = imported(sop, kind, text, zone)
            # One call of `sop next` tells of 10,000 times at most.
            if len(times) < len(expected) and len(times) >= 9000:
                expected = expected[:len(times)]
            compared += len(expected)
            if times != expected:
                odd = sorted(set(times) ^ set(expected))[:3]
                wrong.append(f"{zone}: {what}: {len(times)} times, expected {len(expected)}; first differences {odd}")
    if compared < 10000:
        wrong.append(f"only {compared} times were compared")
    sys.exit("\n".join(wrong) if wrong else print(f"{compared} times agree"))


main()
