#!/usr/bin/env python3
"""Writes groups.csv, members.csv and events.ndjson beside itself: invented people, shops and brands, always the same ones.

    python3 generate.py
"""

import csv
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from dice import Dice  # noqa: E402

GROUPS = 900
MEMBERS = 9000
FIRST_READERS = 196  # members who open the first article
FOLDER = Path(__file__).resolve().parent
SHANGHAI = timezone(timedelta(hours=8))
WEEK_START = datetime(2026, 11, 16, tzinfo=SHANGHAI)
WEEK_END = WEEK_START + timedelta(days=7)

BRANDS = ["禾木生活", "小满优选", "青柠集", "云杉母婴", "木棉美妆", "半亩鲜果"]
SHOPS = {
    "上海": ["徐家汇", "五角场", "静安寺", "世纪公园", "七宝", "虹桥"],
    "北京": ["望京", "五道口", "国贸", "回龙观", "通州北苑"],
    "广州": ["天河城", "北京路", "番禺广场", "琶洲"],
    "深圳": ["南山海岸", "福田中心", "龙华", "宝安西乡"],
    "杭州": ["文三路", "滨江", "城西", "湖滨"],
    "成都": ["春熙路", "高新天府", "建设路", "犀浦"],
    "武汉": ["光谷", "江汉路", "徐东"],
    "南京": ["新街口", "河西", "仙林"],
    "西安": ["小寨", "高新", "曲江"],
    "重庆": ["观音桥", "沙坪坝", "南坪"],
    "苏州": ["观前街", "园区湖东"],
    "长沙": ["五一广场", "梅溪湖"],
}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN_FIRST = "晓雨佳思梦子文欣雅静丽婷美玉秀海建国志明伟俊宇浩一嘉诗若安心春秋慧芳小天书清怡乐可"
GIVEN_LAST = "雯婷琳洁颖敏倩瑶涵萱怡彤欣妍悦宁然轩宇涛强军杰鹏辉斌磊峰超林华平红霞兰云英梅玲娟芬燕"


def person(dice):
    given = dice.pick(GIVEN_LAST) if dice.chance(0.25) else dice.pick(GIVEN_FIRST) + dice.pick(GIVEN_LAST)
    return dice.pick(SURNAMES) + given


def make_groups(dice):
    shops = [(brand, city, shop) for brand in BRANDS for city in SHOPS for shop in SHOPS[city]]
    owners = {shop: person(dice) for shop in shops}
    counts = {}
    groups = []
    for number in range(1, GROUPS + 1):
        brand, city, shop = key = dice.pick(shops)
        counts[key] = counts.get(key, 0) + 1
        tier = dice.pick(["vip"] + ["welfare"] * 3 + ["activity"] * 6)
        groups.append({
            "id": f"g{number:04}",
            "name": f"{brand}·{city}{shop}店会员{counts[key]}群",
            "owner": owners[key],
            "tags": f"member;{tier};{city}",
            "city": city,
        })
    return groups


def make_members(dice, groups):
    same_city = {}
    for group in groups:
        same_city.setdefault(group["city"], []).append(group["id"])
    members = []
    for number in range(1, MEMBERS + 1):
        # In turn, so that every group has some people in it.
        home = groups[(number - 1) % len(groups)]
        ids = {home["id"]}
        if dice.chance(0.15):
            ids.add(dice.pick(same_city[home["city"]]))
        tags = ["reader"] if dice.chance(1 / 3) else []
        if dice.chance(0.2):
            tags.append("老客")
        members.append({
            "id": f"m{number:05}",
            "name": person(dice),
            "groups": ";".join(sorted(ids)),
            "tags": ";".join(tags),
            "home": home["id"],
        })
    return members


def reading_time(dice, sent_at):
    """Most read within a few hours, some on one of the next evenings, nobody before it was sent or at night."""
    if dice.chance(0.6):
        return sent_at + timedelta(minutes=1 + dice.below(360), seconds=dice.below(60))
    evening = sent_at.replace(hour=19, minute=0) + timedelta(days=dice.below(3))
    return evening + timedelta(minutes=dice.below(210), seconds=dice.below(60))


def next_morning(opened_at):
    return opened_at.replace(hour=9, minute=0, second=0) + timedelta(days=1)


def make_events(dice, members):
    readers = [member for member in members if "reader" in member["tags"].split(";")]
    opened = []
    for member in dice.take(readers, FIRST_READERS):
        sent_at = WEEK_START.replace(hour=9)
        for article, share_going_on in (("article_1", 0.42), ("article_2", 0.45), ("article_3", 0)):
            at = reading_time(dice, sent_at)
            if at >= WEEK_END:
                break
            opened.append((at, member, article))
            if not dice.chance(share_going_on):
                break
            sent_at = next_morning(at)
    opened.sort(key=lambda entry: (entry[0], entry[1]["id"]))
    return [{
        "id": f"opened-{number:04}",
        "type": "opened",
        "member": member["id"],
        "group": member["home"],
        "at": at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "fields": {"what": article},
    } for number, (at, member, article) in enumerate(opened, 1)]


def write_csv(name, columns, rows):
    with open(FOLDER / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main():
    dice = Dice(20261116)
    groups = make_groups(dice)
    members = make_members(dice, groups)
    events = make_events(dice, members)
    write_csv("groups.csv", ["id", "name", "owner", "tags"], groups)
    write_csv("members.csv", ["id", "name", "groups", "tags"], members)
    with open(FOLDER / "events.ndjson", "w", encoding="utf-8", newline="") as file:
        for event in events:
            file.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
