"""The next instant by schedulers written in Python, those that are installed: dateutil and croniter.

usage: next_occurrence_peers.py BY_HAND_NS. Prints the lines of next_occurrence_bench.
"""
import json
import statistics
import sys
import time
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

BEGIN = datetime(2026, 11, 22, tzinfo=timezone.utc)
STEP = timedelta(minutes=37 * 60 + 11)
RULES = [
    ("every thursday at 20:00", "Asia/Shanghai", "0 20 * * 4", "FREQ=WEEKLY;BYDAY=TH;BYHOUR=20;BYMINUTE=0;BYSECOND=0"),
    ("every day at 03:30", "America/New_York", "30 3 * * *", "FREQ=DAILY;BYHOUR=3;BYMINUTE=30;BYSECOND=0"),
    ("every month on 18 at 10:00", "Europe/London", "0 10 18 * *", "FREQ=MONTHLY;BYMONTHDAY=18;BYHOUR=10;BYMINUTE=0;BYSECOND=0"),
    ("every month on last friday at 18:00", "Asia/Shanghai", "0 18 * * L5", "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=18;BYMINUTE=0;BYSECOND=0"),
]


def measure(next_after):
    calls = 200
    passes = []
    for _ in range(5):
        start = time.process_time()
        for i in range(calls):
            next_after(BEGIN + i * STEP)
        passes.append((time.process_time() - start) * 1e9 / calls)
    return statistics.median(passes)


def report(peer, schedule, nanoseconds):
    ratio = nanoseconds / float(sys.argv[1])
    print(json.dumps({"bench": "next", "peer": peer, "schedule": schedule, "ns": round(nanoseconds, 1), "ratio": round(ratio, 2)}))


try:
    from dateutil.rrule import rrulestr

    for sentence, zone, _, rule in RULES:
        local = ZoneInfo(zone)
        report("dateutil", sentence, measure(lambda at: rrulestr(rule, dtstart=at.astimezone(local)).after(at.astimezone(local))))
except ImportError:
    pass
try:
    from croniter import croniter

    for sentence, zone, cron, _ in RULES:
        local = ZoneInfo(zone)
        report("croniter", sentence, measure(lambda at: croniter(cron, at.astimezone(local)).get_next(datetime)))
except ImportError:
    pass
