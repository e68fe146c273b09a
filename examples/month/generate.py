#!/usr/bin/env python3
"""Writes a month of what 9,000 invented people of 900 groups do: talk, check in, read, share, buy, return, join, leave.

    python3 generate.py --seed 7 > events.ndjson

The same seed writes the same bytes. Groups and members are those of ../members/.
"""

import argparse
import csv
import heapq
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

MEMBERS = Path(__file__).resolve().parent.parent / "members"
SHANGHAI = timezone(timedelta(hours=8))
MONTH_START = datetime(2026, 11, 1, tzinfo=SHANGHAI)

TALK = ["早", "今天有什么活动？", "收到了，包装很好", "怎么下单", "求链接", "好吃", "第二次买了", "还有货吗", "哈哈", "谢谢群主"]
GOODS = [("S1", 3990), ("S2", 5900), ("S3", 9900), ("S4", 12800), ("S5", 990), ("course-99", 990)]
ARTICLES = ["article_1", "article_2", "article_3"]

# What a person of each kind does in a day, as shares of days. Most people only read.
KINDS = {
    "fan": {"talk": 0.8, "check_in": 0.8, "order": 0.10, "share": 0.10, "read": 0.5, "leave": 0.0002},
    "buyer": {"talk": 0.2, "check_in": 0.3, "order": 0.06, "share": 0.02, "read": 0.3, "leave": 0.001},
    "bargain": {"talk": 0.1, "check_in": 0.2, "order": 0.03, "share": 0.01, "read": 0.2, "leave": 0.002},
    "silent": {"talk": 0.01, "check_in": 0.02, "order": 0.004, "share": 0.001, "read": 0.05, "leave": 0.003},
}
SHARES = [("fan", 0.08), ("buyer", 0.17), ("bargain", 0.25), ("silent", 0.50)]


class Dice:
    """Chances built on random() alone: the one method whose sequence Python promises to keep from version to version."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def chance(self, share):
        return self._random.random() < share

    def below(self, limit):
        return int(self._random.random() * limit)

    def pick(self, choices):
        return choices[self.below(len(choices))]

    def kind(self):
        number = self._random.random()
        for kind, share in SHARES:
            if number < share:
                return kind
            number -= share
        return SHARES[-1][0]


def read_csv(name):
    with open(MEMBERS / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Month:
    def __init__(self, seed, group_count, days):
        self.dice = Dice(seed)
        self.days = days
        self.groups = [group["id"] for group in read_csv("groups.csv")][:group_count]
        known = set(self.groups)
        self.people = []
        for member in read_csv("members.csv"):
            homes = [group for group in member["groups"].split(";") if group in known]
            if homes:
                self.people.append({"id": member["id"], "group": homes[0], "kind": self.dice.kind(), "gone": False})
        self.events = []
        self.new_people = 0

    def waking_hour(self, day):
        """Mornings and evenings more than noon, nobody from midnight to six."""
        hour = self.dice.pick([7, 8, 8, 9, 10, 12, 12, 13, 15, 18, 19, 20, 20, 20, 21, 21, 22])
        return MONTH_START + timedelta(days=day, hours=hour, minutes=self.dice.below(60), seconds=self.dice.below(60))

    def add(self, at, kind, person, **fields):
        number = len(self.events)
        self.events.append((at, number, kind, person, fields))
        return f"{kind}-{number:07}"

    def order(self, at, person):
        sku, cents = self.dice.pick(GOODS)
        items = 1 + self.dice.below(3)
        total = cents * items
        order = self.add(at, "order", person, amount=f"{total // 100}.{total % 100:02} CNY", sku=sku, items=str(items))
        if self.dice.chance(0.03):
            self.add(at + timedelta(days=1 + self.dice.below(3), minutes=self.dice.below(600)), "refund", person, of=order)

    def a_day_of(self, day, person):
        does = KINDS[person["kind"]]
        dice = self.dice
        if dice.chance(does["check_in"]):
            at = self.waking_hour(day)
            self.add(at, "check_in", person)
            self.add(at, "message", person, text="1", effective="no")
        while dice.chance(does["talk"] / 2):
            self.add(self.waking_hour(day), "message", person, text=dice.pick(TALK), effective="yes")
        if dice.chance(does["read"]):
            self.add(self.waking_hour(day), "opened", person, what=dice.pick(ARTICLES))
        if dice.chance(does["share"]):
            self.add(self.waking_hour(day), "shared", person)
        if dice.chance(does["order"]):
            self.order(self.waking_hour(day), person)
        if dice.chance(does["leave"]):
            self.add(self.waking_hour(day).replace(hour=23), "leave", person)
            person["gone"] = True

    def newcomers(self, day):
        """Fans bring friends."""
        fans = [person for person in self.people if person["kind"] == "fan" and not person["gone"]]
        for fan in fans:
            if not self.dice.chance(0.02):
                continue
            self.new_people += 1
            person = {"id": f"n{self.new_people:05}", "group": fan["group"], "kind": self.dice.kind(), "gone": False}
            at = self.waking_hour(day)
            self.add(at, "join", person, invited_by=fan["id"])
            self.add(at, "invited", fan, who=person["id"])
            self.people.append(person)

    def run(self):
        for day in range(self.days):
            for group in self.groups:
                if self.dice.chance(0.3):
                    # Whoever saw the door, and what it cost to show it.
                    at = self.waking_hour(day)
                    nobody = {"id": None, "group": group}
                    self.add(at, "exposure", nobody, times=str(1 + self.dice.below(40)))
                    self.add(at, "cost", nobody, amount=f"{1 + self.dice.below(30)}.00 CNY")
            for person in list(self.people):
                if not person["gone"]:
                    self.a_day_of(day, person)
            self.newcomers(day)
        end = MONTH_START + timedelta(days=self.days)
        heapq.heapify(self.events)
        while self.events:
            at, number, kind, person, fields = heapq.heappop(self.events)
            if at >= end:
                continue
            event = {"id": f"{kind}-{number:07}", "type": kind}
            if person["id"]:
                event["member"] = person["id"]
            event["group"] = person["group"]
            event["at"] = at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
            if fields:
                event["fields"] = fields
            yield event


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--groups", type=int, default=900, help="of ../members/, the first so many")
    parser.add_argument("--days", type=int, default=30, help="from 2026-11-01 on")
    arguments = parser.parse_args()
    for event in Month(arguments.seed, arguments.groups, arguments.days).run():
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
