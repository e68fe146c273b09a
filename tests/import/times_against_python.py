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

# Of each rule, at most.
COUNT = 3000
BEGIN = datetime(2027, 1, 1)
END = datetime(2029, 1, 1)
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney"]

# Not `*/10` as days of the month: croniter 1.3.5 leaves out the 1st behind a month without a 31st.
# Hours at which no zone above changes its clock: what cron does then depends on the cron.
CRONTABS = [
    "0 8 * * *", "30 9 * * 1-5", "15,45 8-10 * * mon,wed,fri", "*/10 9-18 * * *", "0 */4 * * 0", "0 9 1,15 * *",
    "0 9 31 * *", "30 20 13 * 5", "0 12 1-7 * 1,3", "5 10 29 2 *", "0 10 * 6-8 sat,sun", "0 7 1 1 *", "@weekly", "@monthly",
    "7,9 11 * jan,jul 7", "*/7 12 * * 2", "0 8-20/3 2-22/10 * *",
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
    """The local times by the number of the line or event."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        source.write_text(text, encoding="utf-8")
        playbook = Path(folder, "imported.sop")
        subprocess.run([sop, "import", kind, source, "--zone", zone, "--strict", "-o", playbook], check=True,
                       stderr=subprocess.DEVNULL)
        after = (BEGIN - timedelta(days=1)).strftime("%Y-%m-%d")
        done = subprocess.run([sop, "next", playbook, "-n", str(COUNT), "--after", after, "--format", "json"], check=True,
                              capture_output=True, text=True, encoding="utf-8")
    times = {}
    for firing in json.loads(done.stdout)["next"]:
        if len(firing["at"]) != len("2027-01-01T00:00:00Z"):
            continue  # Python's years end with 9999
        time = datetime.fromisoformat(firing["at"].replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        number = int(firing["rule"].split(".")[1].split("_")[1])
        times.setdefault(number, []).append(time)
    return {number: sorted(time for time in found if BEGIN <= time < END) for number, found in times.items()}


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


def event_text(number, start, rule, exceptions, zone):
    lines = ["BEGIN:VEVENT", f"UID:{number}", f"DTSTART;TZID={zone}:{start}", f"RRULE:{rule}",
             *(f"EXDATE;TZID={zone}:{exception}" for exception in exceptions), "SUMMARY:x", "END:VEVENT", ""]
    return "\r\n".join(lines)


def main():
    sop = sys.argv[1]
    compared = 0
    wrong = []
    crontab = "".join(f"{line} echo x\n" for line in CRONTABS)
    for zone in ZONES:
        events = "".join(event_text(number, *row, zone) for number, row in enumerate(CALENDARS))
        calendar = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{events}END:VCALENDAR\r\n"
        for kind, text, rows in (("crontab", crontab, [(line, of_cron(line)) for line in CRONTABS]),
                                 ("ics", calendar, [(row, of_calendar(*row)) for row in CALENDARS])):
            found = imported(sop, kind, text, zone)
            for number, (what, expected) in enumerate(rows, 1):
                times = found.get(number, [])
                # As many of each rule were asked for.
                if len(times) > COUNT - 300:
                    expected = expected[:len(times)]
                compared += len(expected)
                if times != expected:
                    odd = sorted(set(times) ^ set(expected))[:3]
                    wrong.append(f"{zone}: {what}: {len(times)} times, expected {len(expected)}; first {odd}")
    if compared < 10000:
        wrong.append(f"only {compared} times were compared")
    sys.exit("\n".join(wrong) if wrong else print(f"{compared} times agree"))


main()
