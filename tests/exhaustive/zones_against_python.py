#!/usr/bin/env python3
"""Holds the answers of `sop next -` round every change of every zone against Python's zoneinfo.

What is expected comes from what a wall clock shows as time goes by: a zone is a list of stretches
of constant offset, found by reading instants; a local time is skipped, unique or repeated when no,
one or two instants show it. PEP 495's fold plays a part in the self-test only.

Exit codes: 0 all agree, 1 a mismatch or no query at all, 2 wrong usage or the binary failed.
"""

import argparse
import collections
import fnmatch
import itertools
import json
import os
import queue
import subprocess
import sys
import threading
import time
from bisect import bisect_left, bisect_right
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = 60
HOUR = 3600
DAY = 86400
FAR_AHEAD = 30 * HOUR
SAMPLING = 3 * DAY

# `every 30m from 00:00 to 23:30`
STEP = 30 * MINUTE
DAY_BEGIN = 0
DAY_LAST_STEP = 23 * HOUR + 30 * MINUTE

EPOCH = datetime(1970, 1, 1)

GAP_REJECTED = "SOP0213"
OVERLAP_REJECTED = "SOP0214"

GAPS = ("shift", "next", "skip", "reject")
OVERLAPS = ("first", "second", "both", "reject")

MISMATCHES_SHOWN = 20
COUNTED = ("zones", "links", "transitions", "queries", "instants", "mismatches")


# ---- texts


class DateTexts(dict):
    """The text of an instant up to its T, by days since 1970-01-01."""

    def __missing__(self, day):
        text = self[day] = (EPOCH + timedelta(day)).strftime("%Y-%m-%dT")
        return text


DATE_TEXTS = DateTexts()
CLOCK_TEXTS = [
    f"{hour:02}:{minute:02}:{second:02}Z"
    for hour in range(24)
    for minute in range(60)
    for second in range(60)
]


def utc_text(instant):
    return DATE_TEXTS[instant // DAY] + CLOCK_TEXTS[instant % DAY]


def instant_of(text):
    return round((datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") - EPOCH).total_seconds())


def time_text(time_of_day):
    """HH:MM, or HH:MM:SS where the seconds are not zero."""
    text = CLOCK_TEXTS[time_of_day][:-1]
    return text if time_of_day % MINUTE else text[:5]


def offset_text(offset):
    sign = "-" if offset < 0 else "+"
    return sign + time_text(abs(offset))


def year_begin(year):
    return round((datetime(year, 1, 1) - EPOCH).total_seconds())


# ---- zones


def zone_in(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return ZoneInfo.from_file(file, key=name)


def offset_at(zone, instant):
    """What the wall clock shows at the instant, less the instant."""
    shown = datetime.fromtimestamp(instant, zone).replace(tzinfo=None)
    return round((shown - EPOCH).total_seconds()) - instant


class Zone:
    """The stretches of constant offset between two instants; the first and the last have no end.
    One shorter than SAMPLING between two of equal offset would not be seen: none since 1970 is
    shorter than six days."""

    def __init__(self, folder, name, first, last):
        zone = zone_in(folder, name)
        self.name = name
        self.changes = []
        samples = range(first, last + SAMPLING, SAMPLING)
        offsets = [datetime.fromtimestamp(sample, zone).utcoffset() for sample in samples]
        for sample, offset, following in zip(samples, offsets, offsets[1:]):
            if offset != following:
                self.changes += changes_between(zone, sample, sample + SAMPLING)
        self.offsets = [offset_at(zone, first)]
        self.offsets += [offset_at(zone, change) for change in self.changes]

    def stretches_round(self, instant):
        """(begin, end, offset) of the stretches that touch the weeks round the instant."""
        low = bisect_right(self.changes, instant - 14 * DAY)
        high = bisect_right(self.changes, instant + 14 * DAY)
        begins = [float("-inf"), *self.changes[low:high]]
        ends = [*self.changes[low:high], float("inf")]
        return list(zip(begins, ends, self.offsets[low : high + 1]))

    def shown_at(self, instant):
        offset = self.offsets[bisect_right(self.changes, instant)]
        return f"{utc_text(instant + offset)[:-1]}{offset_text(offset)}"


def changes_between(zone, low, high):
    """The instants in (low, high] with another offset than the second before."""
    changes = []
    while offset_at(zone, low) != offset_at(zone, high):
        same, other = low, high
        while other - same > 1:
            middle = (same + other) // 2
            if offset_at(zone, middle) == offset_at(zone, low):
                same = middle
            else:
                other = middle
        changes.append(other)
        low = other
    return changes


def names_and_links(folder):
    """The names of the zones in tzdata.zi, and {name of a link: name of its zone}."""
    names, targets = [], {}
    with open(os.path.join(folder, "tzdata.zi"), encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if words and words[0] == "Z":
                names.append(words[1])
            elif words and words[0] == "L":
                targets[words[2]] = words[1]
    links = {}
    for link, target in targets.items():
        while target in targets:
            target = targets[target]
        links[link] = target
    return names, links


# ---- what schedules mean


class Walk:
    """The wall clock in the days round an instant. Local times are counted in seconds like
    instants, as if the wall clock showed UTC."""

    def __init__(self, zone, instant):
        self.stretches = zone.stretches_round(instant)
        self.days = range(instant // DAY - 3, instant // DAY + 8)
        self.known_readings = {}

    def readings(self, local):
        """The instants at which the wall clock shows the local time, in order."""
        readings = self.known_readings.get(local)
        if readings is None:
            readings = self.known_readings[local] = [
                local - offset
                for begin, end, offset in self.stretches
                if begin <= local - offset < end
            ]
        return readings

    def leap_over(self, local):
        """The change that skips the local time, and the offset before it."""
        for (_, change, before), (_, _, after) in itertools.pairwise(self.stretches):
            if change + before <= local < change + after:
                return change, before
        raise ValueError(f"local time {local} is not skipped")


def in_order(instants):
    return sorted(dict.fromkeys(instants))


def daily_firings(walk, times, gap, overlap):
    """The instants of `every day at TIMES` in order, and the code of those that are rejected. An
    instant that a skipped and another nominal time meet in is rejected with the skipped one."""
    rejected = {}
    firings = []
    for day in walk.days:
        for time_of_day in times:
            local = day * DAY + time_of_day
            readings = walk.readings(local)
            if len(readings) == 1:
                firings.append(readings[0])
            elif readings:
                if overlap == "both":
                    firings += readings
                else:
                    firings.append(readings[-1] if overlap == "second" else readings[0])
                if overlap == "reject":
                    rejected[readings[0]] = OVERLAP_REJECTED
            elif gap != "skip":
                change, before = walk.leap_over(local)
                shifted = local - before
                firings.append(change if gap == "next" else shifted)
                if gap == "reject":
                    rejected[shifted] = GAP_REJECTED
    return in_order(firings), rejected


def interval_firings(walk, from_time, to_time, gap, overlap):
    """The instants of `every 30m from FROM to TO` in order. Reject is not among the policies."""
    firings = []
    for day in walk.days:
        local = day * DAY + from_time
        readings = walk.readings(local)
        if readings:
            start = readings[-1] if overlap == "second" else readings[0]
        else:
            change, before = walk.leap_over(local)
            start = change if gap == "next" else local - before
            if gap == "skip":
                start += STEP
        local = day * DAY + to_time
        readings = walk.readings(local)
        if readings:
            stop = readings[0] if overlap == "first" else readings[-1]
        else:
            change, before = walk.leap_over(local)
            stop = {"shift": local - before, "next": change, "skip": change - 1}[gap]
        firings += range(start, stop + 1, STEP)
    return in_order(firings)


# ---- queries


class Schedule:
    """A sentence and the instants it fires at in the days of a walk."""

    def __init__(self, sentence, firings, rejected):
        self.sentence = sentence
        self.firings = firings
        self.rejected = rejected

    @staticmethod
    def daily(walk, times, gap, overlap):
        at = ", ".join(map(time_text, times))
        firings, rejected = daily_firings(walk, times, gap, overlap)
        return Schedule(f"every day at {at} gap {gap} overlap {overlap}", firings, rejected)

    @staticmethod
    def interval(walk, from_time, to_time, gap, overlap):
        span = f"from {time_text(from_time)} to {time_text(to_time)}"
        firings = interval_firings(walk, from_time, to_time, gap, overlap)
        return Schedule(f"every 30m {span} gap {gap} overlap {overlap}", firings, {})

    def expected(self, after, count):
        """Texts of instants, or a code."""
        begin = bisect_right(self.firings, after)
        answered = self.firings[begin : begin + count]
        if len(answered) < count:
            raise ValueError(f"the walk is too short for {self.sentence} after {utc_text(after)}")
        if self.rejected:
            for instant in answered:
                if instant in self.rejected:
                    return self.rejected[instant]
        return [utc_text(instant) for instant in answered]

    def first_from(self, instant):
        return self.firings[bisect_left(self.firings, instant)]


class Batch:
    """The queries about one zone, asked under its own name or a link's."""

    def __init__(self, zone):
        self.zone = zone
        self.queries = []  # (sentence, name, after, count, expected)
        self.counts = {}

    def ask(self, schedule, name, after, count):
        expected = schedule.expected(after, count)
        self.queries.append((schedule.sentence, name, after, count, expected))

    def lines(self, first_id):
        return "".join(
            f'{{"id":{number},"schedule":"{sentence}","zone":"{name}",'
            f'"after":"{utc_text(after)}","count":{count}}}\n'
            for number, (sentence, name, after, count, _) in enumerate(self.queries, first_id)
        )


def policies(forward):
    """The (gap, overlap) pairs that matter at a change."""
    if forward:
        return [(gap, "first") for gap in GAPS]
    return [("shift", overlap) for overlap in OVERLAPS]


def telling_afters(schedule, change, length):
    """The instants round a change at which an answer could go wrong."""
    from_overlap = schedule.first_from(change - length)
    from_change = schedule.first_from(change)
    return (
        change - FAR_AHEAD,
        change - 1,
        change,
        change + 1,
        change - length // 2,
        change + length // 2,
        from_overlap - 1,
        from_overlap,
        from_overlap + 1,
        from_change - 1,
        from_change,
    )


def ask_about_change(batch, index, turn):
    """All queries about one change of the batch's zone. Where not everything is asked at every
    change, `turn` chooses: it grows by one from a change to the next of its direction."""
    zone = batch.zone
    change = zone.changes[index]
    before, after = zone.offsets[index], zone.offsets[index + 1]
    walk = Walk(zone, change)
    length = abs(after - before)
    hole = change + min(before, after)
    hole_end = hole + length
    middle = hole + length // 2
    pairs = policies(after > before)
    turns = itertools.count(turn)

    def ask_ahead(schedule, count):
        batch.ask(schedule, zone.name, change - FAR_AHEAD, count)

    def ask_by_turns(schedule, count):
        afters = telling_afters(schedule, change, length)
        batch.ask(schedule, zone.name, afters[next(turns) % len(afters)], count)

    for local in dict.fromkeys((hole, middle, hole_end - 1)):
        for pair in pairs:
            schedule = Schedule.daily(walk, [local % DAY], *pair)
            ask_ahead(schedule, 3)
            ask_by_turns(schedule, 1 + turn % 4)

    for local in (hole + DAY // 2, hole - MINUTE, hole - 1, hole_end, hole_end + 1):
        pair = pairs[next(turns) % len(pairs)]
        ask_ahead(Schedule.daily(walk, [local % DAY], *pair), 3)

    several = sorted({local % DAY for local in (hole - STEP, hole, middle, hole_end)})
    for pair in (pairs[turn % len(pairs)], pairs[(turn + 1) % len(pairs)]):
        ask_by_turns(Schedule.daily(walk, several, *pair), 5)

    without_reject = pairs[:-1]
    for pair in without_reject:
        schedule = Schedule.interval(walk, DAY_BEGIN, DAY_LAST_STEP, *pair)
        ask_by_turns(schedule, 5)
        if turn % 4 == 0:
            ask_ahead(schedule, 100)

    bound = (middle, hole, hole_end)[turn % 3] % DAY
    just_ahead = change - min(length, 2 * HOUR) - 1
    for from_time, to_time in ((bound, DAY_LAST_STEP), (DAY_BEGIN, bound)):
        if bound % MINUTE == 0 and to_time - from_time >= STEP:
            for pair in without_reject:
                schedule = Schedule.interval(walk, from_time, to_time, *pair)
                batch.ask(schedule, zone.name, just_ahead, 8)


def ask_in_general(batch, name, first, last):
    """What is asked of each name, whether its zone has changes or not."""
    for instant in range(first + FAR_AHEAD, last - FAR_AHEAD, (last - first) // 3):
        walk = Walk(batch.zone, instant)
        batch.ask(Schedule.daily(walk, [12 * HOUR], "shift", "first"), name, instant, 3)
        schedule = Schedule.interval(walk, DAY_BEGIN, DAY_LAST_STEP, "shift", "first")
        batch.ask(schedule, name, instant, 3)


def ask_of_link(batch, link, asked):
    """The latest changes of its zone, under the name of the link."""
    zone = batch.zone
    for index in asked[-4:]:
        change = zone.changes[index]
        walk = Walk(zone, change)
        inside = change + min(zone.offsets[index], zone.offsets[index + 1])
        schedule = Schedule.daily(walk, [inside % DAY], "next", "both")
        batch.ask(schedule, link, change - FAR_AHEAD, 3)


def batches(folder, zones, first, last):
    """The queries about zones, each given as (name, whether it is asked itself, its links)."""
    for zone_turn, (name, itself, links) in enumerate(zones):
        zone = Zone(folder, name, first - 30 * DAY, last + 30 * DAY)
        inside = range(bisect_left(zone.changes, first), bisect_left(zone.changes, last))
        batch = Batch(zone)
        if itself:
            ask_in_general(batch, name, first, last)
            for index in inside:
                ask_about_change(batch, index, zone_turn + index // 2)
        for link in links:
            ask_in_general(batch, link, first, last)
            ask_of_link(batch, link, inside)
        batch.counts = {
            "zones": int(itself),
            "links": len(links),
            "transitions": len(inside) if itself else 0,
        }
        yield batch


# ---- running


class BinaryFailed(Exception):
    pass


def is_right(line, number, expected):
    try:
        answer = json.loads(line)
    except ValueError:
        return False
    if isinstance(expected, list):
        return answer == {"id": number, "next": expected}
    if not isinstance(answer, dict) or answer.keys() != {"id", "error"}:
        return False
    error = answer["error"]
    return (
        answer["id"] == number
        and isinstance(error, dict)
        and error.get("code") == expected
        and isinstance(error.get("message"), str)
    )


def with_local_readings(zone, answer):
    if not isinstance(answer, list):
        return json.dumps(answer, ensure_ascii=False)
    texts = []
    for text in answer:
        try:
            texts.append(f"{text} ({zone.shown_at(instant_of(text))})")
        except (TypeError, ValueError):
            texts.append(json.dumps(text))
    return ", ".join(texts) or "nothing"


def query_text(query):
    sentence, name, after, count, _ = query
    return f"{name}: {sentence}, {count} after {utc_text(after)}"


def mismatch_text(zone, query, line):
    after, expected = query[2], query[4]
    try:
        answer = json.loads(line)
        got = answer.get("next", answer)
    except (AttributeError, ValueError):
        got = line.rstrip("\n")
    rows = [
        query_text(query),
        f"  after     {utc_text(after)} ({zone.shown_at(after)})",
        f"  expected  {with_local_readings(zone, expected)}",
        f"  got       {with_local_readings(zone, got)}",
    ]
    for change in zone.changes:
        if abs(change - after) < 5 * DAY:
            last, first = zone.shown_at(change - 1), zone.shown_at(change)
            rows.append(f"  change    {utc_text(change)}: {last}, then {first}")
    return "\n".join(rows)


def run_share(binary, folder, zones, first, last):
    """Asks one `sop next -` about the zones. The counts, and texts of the first mismatches."""
    counts = collections.Counter()
    texts = []
    written = queue.SimpleQueue()  # batches, then None or the exception that ended the writing
    process = subprocess.Popen(
        [binary, "next", "-", "--zoneinfo", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )

    def write():
        end = None
        next_id = 0
        try:
            with process.stdin:
                for batch in batches(folder, zones, first, last):
                    written.put(batch)
                    process.stdin.write(batch.lines(next_id))
                    next_id += len(batch.queries)
        except BrokenPipeError:
            end = BinaryFailed("the binary stopped reading")
        except Exception as error:
            end = error
        written.put(end)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while isinstance(batch := written.get(), Batch):
            counts.update(batch.counts)
            for number, query in enumerate(batch.queries, counts["queries"]):
                line = process.stdout.readline()
                if not line:
                    raise BinaryFailed(f"no answer to {query_text(query)}")
                expected = query[-1]
                if not is_right(line, number, expected):
                    counts["mismatches"] += 1
                    if len(texts) < MISMATCHES_SHOWN:
                        texts.append(mismatch_text(batch.zone, query, line))
                if isinstance(expected, list):
                    counts["instants"] += len(expected)
            counts["queries"] += len(batch.queries)
        if batch is not None:
            raise batch
        if process.stdout.readline():
            raise BinaryFailed("more answers than queries")
    except BaseException:
        process.kill()
        raise
    finally:
        process.stdout.close()
        writer.join()
        process.wait()
    if process.returncode not in (0, 1):
        raise BinaryFailed(f"the binary ended with {process.returncode}")
    return counts, texts


def run(options):
    """The exit code, after the first mismatches and the counts have been printed."""
    started = time.monotonic()
    names, links = names_and_links(options.zoneinfo)
    links_of = {}
    for link in fnmatch.filter(links, options.zones):
        links_of.setdefault(links[link], []).append(link)
    wanted = set(fnmatch.filter(names, options.zones))
    zones = [
        (name, name in wanted, links_of.get(name, []))
        for name in names
        if name in wanted or name in links_of
    ]
    first, last = year_begin(options.from_year), year_begin(options.to_year + 1)
    totals = collections.Counter()
    texts = []
    with ProcessPoolExecutor(options.jobs) as pool:
        shares = [
            pool.submit(
                run_share, options.binary, options.zoneinfo, zones[job :: options.jobs], first, last
            )
            for job in range(options.jobs)
        ]
        for share in shares:
            counts, some_texts = share.result()
            totals.update(counts)
            texts += some_texts
    for text in texts[:MISMATCHES_SHOWN]:
        print(text, end="\n\n")
    summary = {key: totals[key] for key in COUNTED}
    summary["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(summary))
    return 1 if totals["mismatches"] or not totals["queries"] else 0


# ---- self-test

# Below each zone: after, times of day (commas) or a span of `every 30m` (two dots), gap, overlap,
# expected.
FACTS = """
America/New_York
  2026-03-08T00:00:00Z 02:30        shift  first  2026-03-08T07:30:00Z
  2026-03-08T00:00:00Z 02:30        next   first  2026-03-08T07:00:00Z
  2026-03-08T00:00:00Z 02:30        skip   first  2026-03-09T06:30:00Z
  2026-03-08T00:00:00Z 02:30        reject first  SOP0213
  2026-03-08T07:30:00Z 02:30        reject first  2026-03-09T06:30:00Z
  2026-03-08T00:00:00Z 01:59:59     next   first  2026-03-08T06:59:59Z
  2026-03-08T00:00:00Z 02:00        skip   first  2026-03-09T06:00:00Z
  2026-03-08T00:00:00Z 03:00        skip   first  2026-03-08T07:00:00Z
  2026-03-08T07:00:00Z 02:30,03:30  shift  first  2026-03-08T07:30:00Z 2026-03-09T06:30:00Z
  2026-11-01T00:00:00Z 01:30        shift  first  2026-11-01T05:30:00Z 2026-11-02T06:30:00Z
  2026-11-01T00:00:00Z 01:30        shift  second 2026-11-01T06:30:00Z 2026-11-02T06:30:00Z
  2026-11-01T00:00:00Z 01:30        shift  both   2026-11-01T05:30:00Z 2026-11-01T06:30:00Z
  2026-11-01T05:30:00Z 01:30        shift  first  2026-11-02T06:30:00Z
  2026-10-31T00:00:00Z 01:30        shift  reject 2026-10-31T05:30:00Z
  2026-10-31T05:30:00Z 01:30        shift  reject SOP0214
  2026-11-01T05:30:00Z 01:30        shift  reject 2026-11-02T06:30:00Z
  2026-03-08T07:00:00Z 00:00..02:30 shift  first  2026-03-08T07:30:00Z 2026-03-09T04:00:00Z
  2026-03-08T06:30:00Z 00:00..02:30 next   first  2026-03-08T07:00:00Z 2026-03-09T04:00:00Z
  2026-03-08T06:30:00Z 00:00..02:30 skip   first  2026-03-09T04:00:00Z
  2026-03-08T06:30:00Z 02:30..04:00 shift  first  2026-03-08T07:30:00Z 2026-03-08T08:00:00Z
  2026-03-08T06:30:00Z 02:30..04:00 next   first  2026-03-08T07:00:00Z 2026-03-08T07:30:00Z
  2026-03-08T06:30:00Z 02:30..04:00 skip   first  2026-03-08T08:00:00Z 2026-03-09T06:30:00Z
  2026-11-01T05:00:00Z 01:30..02:00 shift  first  2026-11-01T05:30:00Z 2026-11-01T06:00:00Z
  2026-11-01T05:00:00Z 01:30..02:00 shift  both   2026-11-01T05:30:00Z 2026-11-01T06:00:00Z
  2026-11-01T05:00:00Z 01:30..02:00 shift  second 2026-11-01T06:30:00Z 2026-11-01T07:00:00Z
  2026-11-01T05:00:00Z 00:30..01:30 shift  first  2026-11-01T05:30:00Z 2026-11-02T05:30:00Z
  2026-11-01T06:00:00Z 00:30..01:30 shift  second 2026-11-01T06:30:00Z 2026-11-02T05:30:00Z
  2026-11-01T06:00:00Z 00:30..01:30 shift  both   2026-11-01T06:30:00Z 2026-11-02T05:30:00Z
  2100-03-14T00:00:00Z 02:30        shift  first  2100-03-14T07:30:00Z
Australia/Lord_Howe
  2026-10-03T00:00:00Z 02:15        shift  first  2026-10-03T15:45:00Z
  2026-10-03T00:00:00Z 02:15        next   first  2026-10-03T15:30:00Z
  2026-10-03T00:00:00Z 02:15        skip   first  2026-10-04T15:15:00Z
  2026-04-04T00:00:00Z 01:45        shift  both   2026-04-04T14:45:00Z 2026-04-04T15:15:00Z
Pacific/Apia
  2011-12-29T12:00:00Z 12:00        shift  first  2011-12-29T22:00:00Z 2011-12-30T22:00:00Z
  2011-12-29T22:00:00Z 12:00        next   first  2011-12-30T10:00:00Z 2011-12-30T22:00:00Z
  2011-12-29T12:00:00Z 12:00        skip   first  2011-12-29T22:00:00Z 2011-12-30T22:00:00Z
  2011-12-29T22:00:00Z 12:00        reject first  SOP0213
  2011-12-29T23:00:00Z 12:00..12:30 next   first  2011-12-30T10:00:00Z 2011-12-30T22:00:00Z
Pacific/Kwajalein
  1993-08-20T20:00:00Z 08:00        shift  first  1993-08-21T20:00:00Z 1993-08-22T20:00:00Z
  1993-08-20T20:00:00Z 08:00        next   first  1993-08-21T12:00:00Z 1993-08-21T20:00:00Z
Africa/Cairo
  2026-04-23T00:00:00Z 00:30        shift  first  2026-04-23T22:30:00Z
  2026-04-23T00:00:00Z 00:30        next   first  2026-04-23T22:00:00Z
  2026-04-23T00:00:00Z 00:30        skip   first  2026-04-24T21:30:00Z
America/Santiago
  2026-09-05T12:00:00Z 00:00        shift  first  2026-09-06T04:00:00Z
  2026-09-05T12:00:00Z 00:00        skip   first  2026-09-07T03:00:00Z
  2026-04-05T00:00:00Z 23:30        shift  both   2026-04-05T02:30:00Z 2026-04-05T03:30:00Z
Antarctica/Troll
  2026-03-28T12:00:00Z 02:30        shift  first  2026-03-29T02:30:00Z
  2026-03-28T12:00:00Z 02:30        next   first  2026-03-29T01:00:00Z
  2026-03-28T12:00:00Z 02:30        skip   first  2026-03-30T00:30:00Z
Africa/Casablanca
  2026-02-15T00:00:00Z 02:30        shift  both   2026-02-15T01:30:00Z 2026-02-15T02:30:00Z
  2026-03-22T00:00:00Z 02:30        shift  first  2026-03-22T02:30:00Z 2026-03-23T01:30:00Z
  2026-03-22T00:00:00Z 02:30        next   first  2026-03-22T02:00:00Z
Africa/Monrovia
  1972-01-07T00:00:00Z 00:00        shift  first  1972-01-07T00:44:30Z
  1972-01-07T00:00:00Z 00:44:29     shift  first  1972-01-07T01:28:59Z
  1972-01-07T00:00:00Z 00:44:29     next   first  1972-01-07T00:44:30Z
Europe/Dublin
  2026-10-25T00:00:00Z 01:30        shift  second 2026-10-25T01:30:00Z
"""


def time_of_day_of(text):
    hours, minutes, seconds = map(int, (text + ":00").split(":")[:3])
    return hours * HOUR + minutes * MINUTE + seconds


def fact_holds(zone, after, times, gap, overlap, expected):
    walk = Walk(zone, after)
    if ".." in times:
        span = map(time_of_day_of, times.split(".."))
        schedule = Schedule.interval(walk, *span, gap, overlap)
    else:
        at = [time_of_day_of(text) for text in times.split(",")]
        schedule = Schedule.daily(walk, at, gap, overlap)
    answer = schedule.expected(after, len(expected))
    if answer == expected or [answer] == expected:
        return True
    print(f"{zone.name}: {schedule.sentence} after {utc_text(after)}: {answer}, not {expected}")
    return False


def as_fold_says(zone, walk, local):
    """Whether readings and leap agree with PEP 495: fold 0 and 1 are the two readings of a repeated
    time, and for a skipped one fold 0 has the offset before."""
    shown = (EPOCH + timedelta(seconds=local)).replace(tzinfo=zone)
    first, second = (
        local - round(shown.replace(fold=fold).utcoffset().total_seconds()) for fold in (0, 1)
    )
    readings = walk.readings(local)
    if first > second:
        return not readings and local - walk.leap_over(local)[1] == first
    return readings == sorted({first, second})


def walk_holds(zone, folder):
    """Whether in the six hours before and after each change the wall clock, read every ten minutes
    and at the seconds where it changes, shows what the stretches say."""
    read = zone_in(folder, zone.name)
    for change in zone.changes:
        walk = Walk(zone, change)
        instants = range(change - 6 * HOUR, change + 6 * HOUR + 1, 10 * MINUTE)
        for instant in (*instants, change - 1, change + 1):
            local = instant + offset_at(read, instant)
            if instant not in walk.readings(local) or not as_fold_says(read, walk, local):
                print(f"{zone.name}: {utc_text(instant)} is misread")
                return False
        hole = min(change + offset_at(read, change - 1), change + offset_at(read, change))
        for local in range(hole - 10 * MINUTE, hole + 2 * HOUR, 5 * MINUTE):
            if not as_fold_says(read, walk, local):
                print(f"{zone.name}: local time {utc_text(local)[:-1]} is misread")
                return False
    return True


def self_test(folder):
    """The exit code, after the expectations have been held against known facts."""
    zones = []
    outcomes = []
    for line in FACTS.strip().splitlines():
        if not line.startswith(" "):
            zones.append(Zone(folder, line, year_begin(1970), year_begin(2101)))
        else:
            after, times, gap, overlap, *expected = line.split()
            after = instant_of(after)
            outcomes.append(fact_holds(zones[-1], after, times, gap, overlap, expected))
    outcomes += [walk_holds(zone, folder) for zone in zones]
    failed = outcomes.count(False)
    print(f"self-test: {len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


# ---- command line


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", nargs="?", metavar="SOP_BINARY")
    parser.add_argument("--zoneinfo", default="/usr/share/zoneinfo", metavar="DIR")
    parser.add_argument("--jobs", type=int, default=2, help="processes, each with a sop of its own")
    parser.add_argument("--zones", default="*", metavar="PATTERN", help="such as 'America/*'")
    parser.add_argument("--from-year", type=int, default=1970)
    parser.add_argument("--to-year", type=int, default=2100)
    parser.add_argument("--self-test", action="store_true", help="needs no binary")
    options = parser.parse_args()
    if not options.self_test and options.binary is None:
        parser.error("SOP_BINARY is missing")
    if options.jobs < 1:
        parser.error("--jobs is at least 1")
    if not 1900 <= options.from_year <= options.to_year <= 2400:
        parser.error("years are from 1900 to 2400, in order")
    try:
        return self_test(options.zoneinfo) if options.self_test else run(options)
    except (BinaryFailed, BrokenProcessPool, OSError) as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
