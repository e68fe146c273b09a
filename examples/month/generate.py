#!/usr/bin/env python3
"""Writes a month of what 9,000 invented people of 900 groups do, and the groups and people themselves.

    python3 generate.py --folder /tmp/month

They talk, advertise, check in, read, share, buy, cancel, return, opt out, bring friends and leave. The same seed writes the same
bytes: groups.csv, members.csv and events.ndjson.
"""

import argparse
import csv
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dice import Dice  # noqa: E402

MEMBERS = Path(__file__).resolve().parent.parent / "members"
SHANGHAI = timezone(timedelta(hours=8))
MONTH_START = datetime(2026, 11, 1, tzinfo=SHANGHAI)

TALK = ["早", "今天有什么活动？", "收到了，包装很好", "怎么下单", "求链接", "好吃", "第二次买了", "还有货吗", "哈哈", "谢谢群主"]
ASKED = ["规则", "本周有什么福利", "我要退货", "福利", "规则"]
UNWELCOME = ["加微信领红包", "招兼职，日结", "骗子", "便宜看这里 http://ads.example/1"]
GOODS = [("S1", 3990), ("S2", 5900), ("S3", 9900), ("S4", 12800), ("S5", 990), ("course-99", 990)]
ARTICLES = ["article_1", "article_2", "article_3"]
NAMES = ["小雨", "阿明", "Coco", "静静", "老王", "豆豆妈", "Lisa", "春风", "大伟", "安安"]
GIFTS = [("试用装", 50), ("帆布袋", 80), ("保温杯", 200)]

# What a person of each kind does in a day, as shares of days. Most people only read.
KINDS = {
    "fan": {"talk": 0.8, "check_in": 0.8, "order": 0.10, "share": 0.10, "read": 0.5, "leave": 0.0002},
    "buyer": {"talk": 0.2, "check_in": 0.3, "order": 0.06, "share": 0.02, "read": 0.3, "leave": 0.001},
    "bargain": {"talk": 0.1, "check_in": 0.2, "order": 0.03, "share": 0.01, "read": 0.2, "leave": 0.002},
    "silent": {"talk": 0.01, "check_in": 0.02, "order": 0.004, "share": 0.001, "read": 0.05, "leave": 0.003},
    "spammer": {"talk": 0.1, "check_in": 0.0, "order": 0.0, "share": 0.0, "read": 0.0, "leave": 0.002},
}
SHARES = [("fan", 0.08), ("buyer", 0.17), ("bargain", 0.25), ("silent", 0.485), ("spammer", 0.015)]
# Nobody invites to it but the community itself: examples/three-groups.
INVITED_GROUP = {"id": "超级用户群", "name": "超级用户群", "owner": "总部", "tags": ""}


def read_csv(name):
    with open(MEMBERS / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path, columns, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def money(cents):
    return f"{cents // 100}.{cents % 100:02} CNY"


class Month:
    def __init__(self, seed, group_count, days):
        self.dice = Dice(seed)
        self.days = days
        self.groups = read_csv("groups.csv")[:group_count]
        known = {group["id"] for group in self.groups}
        # Few groups buy a lot.
        self.liveliness = {group["id"]: self.dice.pick([1, 1, 1, 1, 1, 1, 1, 3, 8, 40]) for group in self.groups}
        self.people = []
        for member in read_csv("members.csv"):
            homes = [group for group in member["groups"].split(";") if group in known]
            if homes:
                self.people.append({"id": member["id"], "name": member["name"], "group": homes[0], "homes": homes,
                                    "kind": self.dice.share(SHARES), "gone": False})
        # Whoever was there first.
        self.admins = {}
        for person in self.people:
            if self.admins.setdefault(person["group"], person["id"]) == person["id"]:
                person["kind"] = "fan"
        self.events = []
        self.new_people = 0

    def tags_of(self, person):
        tags = ["member"]
        if person["kind"] in ("fan", "buyer"):
            tags.append("customer")
        if self.dice.chance(0.1):
            tags.append("reader")
        if person["id"] in self.admins.values():
            tags.append("staff")
        return tags

    def write_directory(self, folder):
        write_csv(folder / "groups.csv", ["id", "name", "owner", "tags", "staff.admin"],
                  [{**group, "staff.admin": self.admins.get(group["id"], "")} for group in [*self.groups, INVITED_GROUP]])
        write_csv(folder / "members.csv", ["id", "name", "groups", "tags"],
                  [{"id": person["id"], "name": person["name"], "groups": ";".join(person["homes"]),
                    "tags": ";".join(self.tags_of(person))} for person in self.people])

    def at(self, day, hour):
        return MONTH_START + timedelta(days=day, hours=hour, minutes=self.dice.below(60), seconds=self.dice.below(60))

    def waking(self, day):
        """Mornings and evenings more than noon, nobody from midnight to six."""
        return self.at(day, self.dice.pick([7, 8, 8, 9, 10, 12, 12, 13, 15, 18, 19, 20, 20, 20, 21, 21, 22]))

    def add(self, at, kind, person, **fields):
        number = len(self.events)
        self.events.append((at, number, kind, person, fields))
        return f"{kind}-{number:07}"

    def say(self, at, person, text, effective="yes"):
        self.add(at, "message", person, text=text, effective=effective)

    def order(self, day, at, person):
        sku, cents = self.dice.pick(GOODS)
        items = 1 + self.dice.below(3)
        order = self.add(at, "order", person, amount=money(cents * items), sku=sku, items=str(items))
        if self.dice.chance(0.03):
            self.add(self.waking(day + 1 + self.dice.below(3)), "refund", person, of=order)
        elif self.dice.chance(0.03):
            self.add(at + timedelta(minutes=1 + self.dice.below(60)), "cancel", person, of=order)

    def talk(self, day, person):
        dice = self.dice
        while dice.chance(KINDS[person["kind"]]["talk"] / 2):
            self.say(self.waking(day), person, dice.pick(TALK))
        if dice.chance(0.005):
            self.say(self.waking(day), person, dice.pick(ASKED))
        if person["kind"] == "spammer":
            while dice.chance(0.4):
                self.say(self.waking(day), person, dice.pick(UNWELCOME))
            if dice.chance(0.1):
                at = self.waking(day)
                for message in range(8):
                    self.say(at + timedelta(seconds=5 * message), person, "顶", effective="no")
        # Tuesdays, the lottery.
        if (MONTH_START + timedelta(days=day)).weekday() == 1 and dice.chance(KINDS[person["kind"]]["check_in"] / 4):
            self.say(self.at(day, 20), person, "抽奖", effective="no")

    def buy(self, day, person):
        dice = self.dice
        for _ in range(self.liveliness[person["group"]]):
            if dice.chance(KINDS[person["kind"]]["order"]):
                self.order(day, self.waking(day), person)
        # Fridays, the relay.
        if (MONTH_START + timedelta(days=day)).weekday() == 4 and dice.chance(2 * KINDS[person["kind"]]["order"]):
            self.order(day, self.at(day, 12 + dice.below(3)), person)

    def a_day_of(self, day, person):
        does = KINDS[person["kind"]]
        dice = self.dice
        if dice.chance(does["check_in"]):
            at = self.waking(day)
            self.add(at, "check_in", person)
            self.say(at, person, "1", effective="no")
        self.talk(day, person)
        if dice.chance(does["read"]):
            self.add(self.waking(day), "opened", person, what=dice.pick(ARTICLES))
        if dice.chance(does["share"]):
            self.add(self.waking(day), "shared", person)
        self.buy(day, person)
        if day > 6 and dice.chance(does["share"] / 4):
            gift, cost = dice.pick(GIFTS)
            self.add(self.waking(day), "redeem", person, cost=str(cost), what=gift)
        if dice.chance(0.0005):
            self.add(self.waking(day), "unsubscribed", person)
        if dice.chance(does["leave"] + person.get("restless", 0)):
            self.add(self.at(day, 23), "leave", person)
            person["gone"] = True

    def newcomers(self, day):
        """Fans bring friends. Some of these only look in."""
        fans = [person for person in self.people if person["kind"] == "fan" and not person["gone"]]
        for fan in fans:
            if not self.dice.chance(0.02):
                continue
            self.new_people += 1
            person = {"id": f"n{self.new_people:05}", "group": fan["group"], "kind": self.dice.share(SHARES), "gone": False, "name": self.dice.pick(NAMES),
                      "restless": 0.03 if self.dice.chance(0.3) else 0}
            at = self.waking(day)
            self.add(at, "join", person, name=person["name"], invited_by=fan["id"], first="yes")
            self.add(at, "invited", fan, who=person["id"])
            self.people.append(person)

    def run(self):
        for day in range(self.days):
            for group in self.groups:
                if self.dice.chance(0.3):
                    # Whoever saw the door, and what it cost to show it.
                    at = self.waking(day)
                    nobody = {"id": None, "group": group["id"]}
                    self.add(at, "exposure", nobody, times=str(1 + self.dice.below(40)))
                    self.add(at, "cost", nobody, amount=money(100 * (1 + self.dice.below(30))))
            for person in list(self.people):
                if not person["gone"]:
                    self.a_day_of(day, person)
            self.newcomers(day)
        end = MONTH_START + timedelta(days=self.days)
        for at, number, kind, person, fields in sorted(self.events, key=lambda event: event[:2]):
            if at >= end:
                return
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
    parser.add_argument("--folder", type=Path, required=True, help="where the three files go; made if it is not there")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    month = Month(arguments.seed, arguments.groups, arguments.days)
    month.write_directory(arguments.folder)
    count = 0
    with open(arguments.folder / "events.ndjson", "w", encoding="utf-8") as file:
        for event in month.run():
            file.write(json.dumps(event, ensure_ascii=False) + "\n")
            count += 1
    print(f"{arguments.folder}: {len(month.groups) + 1} groups, {count} events")


if __name__ == "__main__":
    main()
