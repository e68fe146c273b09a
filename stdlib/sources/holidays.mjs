// Writes the years, holidays and make-up workdays of ../calendar/cn.sop anew from cn_holidays.json,
// and leaves the rest of the file as it is:
//
//   node stdlib/sources/holidays.mjs
import { readFileSync, writeFileSync } from "node:fs";

const source = JSON.parse(readFileSync(new URL("cn_holidays.json", import.meta.url), "utf8"));
const calendar = new URL("../calendar/cn.sop", import.meta.url);
const widthMax = 100;
const dayMillis = 86_400_000;

// By the first name of an announced stretch: joint ones ("国庆节、中秋节") go to that holiday.
const holidays = {
  元旦: "new_year_holiday",
  春节: "spring_festival_holiday",
  清明节: "qingming_holiday",
  劳动节: "labour_day_holiday",
  端午节: "dragon_boat_holiday",
  中秋节: "mid_autumn_holiday",
  国庆节: "national_day_holiday",
};

const days = Object.entries(source.days)
  .map(([date, day]) => ({ date, ...day, holiday: day.name.split("、")[0] }))
  .sort((a, b) => a.date.localeCompare(b.date));
const years = Object.keys(source.announcements).map(Number);

for (const { date, kind, holiday } of days) {
  const isWeekend = [0, 6].includes(new Date(date).getUTCDay());
  if (!holidays[holiday]) throw new Error(`${date}: no holiday is called ${holiday}`);
  if (!["off", "makeup_workday"].includes(kind)) throw new Error(`${date}: ${kind}`);
  if (kind === "makeup_workday" && !isWeekend) throw new Error(`${date} is no weekend`);
  if (!years.includes(Number(date.slice(0, 4)))) throw new Error(`${date} was not announced`);
}

// Days that follow each other are written as `first..last`.
function stretches(dates) {
  const result = [];
  for (const date of dates) {
    const last = result.at(-1);
    if (last && Date.parse(date) - Date.parse(last.to) === dayMillis) last.to = date;
    else result.push({ from: date, to: date });
  }
  return result.map(({ from, to }) => (from === to ? from : `${from}..${to}`));
}

// Columns: a Chinese character takes two.
const width = (text) => [...text].reduce((sum, char) => sum + (char > "\u2e7f" ? 2 : 1), 0);

function item(head, list) {
  const lines = [`  ${head} on`];
  list.forEach((entry, i) => {
    const word = i + 1 < list.length ? `${entry},` : entry;
    const longer = `${lines.at(-1)} ${word}`;
    if (width(longer) <= widthMax) lines[lines.length - 1] = longer;
    else lines.push(`    ${word}`);
  });
  return lines.join("\n");
}

const dates = (isWanted) => days.filter(isWanted).map((day) => day.date);
const written = [
  `  years ${Math.min(...years)}..${Math.max(...years)}`,
  "",
  ...Object.entries(holidays).map(([title, name]) => {
    const off = dates((day) => day.kind === "off" && day.holiday === title);
    return item(`holiday ${name} "${title}"`, stretches(off));
  }),
  item("workday", dates((day) => day.kind === "makeup_workday")),
].join("\n");

const text = readFileSync(calendar, "utf8");
const begin = text.indexOf("  years ");
const end = text.indexOf("\n\n  #", begin);
if (begin < 0 || end < 0) throw new Error("cn.sop has no `years`, or no comment after the lists");
writeFileSync(calendar, text.slice(0, begin) + written + text.slice(end));
