// Prints lang/calendar/lunar_table.h and the test data it is checked against, from three npm
// packages. They are looked for in the folder the script is started in, so that none need be
// installed here:
//
//   cd "$(mktemp -d)"
//   npm install tyme4ts@1.5.2 lunar-javascript@1.7.7 astronomy-engine@2.1.19
//   node $SOP/stdlib/sources/lunar.mjs header > $SOP/lang/calendar/lunar_table.h
//   node $SOP/stdlib/sources/lunar.mjs months > $SOP/tests/testdata/lunar/months.csv
//   node $SOP/stdlib/sources/lunar.mjs terms  > $SOP/tests/testdata/lunar/terms.csv
//
// tyme4ts and lunar-javascript have one author and, for new moons, one algorithm (寿星天文历: almanacs
// as issued, and its own astronomy for later years), so for months they are one source. The other
// is astronomy-engine, from whose new moons and solar terms the calendar is worked out here by the
// rules of GB/T 33661.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "packages"));
const astronomy = require("astronomy-engine");
const javascript = require("lunar-javascript");
const tyme = require("tyme4ts");

const yearFirst = 1901;
const yearLast = 2100;
// From this year on almanacs are computed for UTC+8; before, for Beijing's own time, some 14
// minutes less, and until 1913 by methods of the 18th century.
const zonedFrom = "1929";
// Decades ahead the rotation of the Earth is known to minutes only, and with it the time of day.
const predictedFrom = "2027";
const doubtSeconds = 180;

const termNames = [
  "xiaohan", "dahan", "lichun", "yushui", "jingzhe", "chunfen", "qingming", "guyu", "lixia",
  "xiaoman", "mangzhong", "xiazhi", "xiaoshu", "dashu", "liqiu", "chushu", "bailu", "qiufen",
  "hanlu", "shuangjiang", "lidong", "xiaoxue", "daxue", "dongzhi",
];

const dayMillis = 86_400_000;
const dayNumber = (date) => Date.parse(date) / dayMillis;
const dateOfDay = (number) => new Date(number * dayMillis).toISOString().slice(0, 10);
const dateOf = (year, month, day) => dateOfDay(Date.UTC(year, month - 1, day) / dayMillis);
const dateOfSolar = (solar) => dateOf(solar.getYear(), solar.getMonth(), solar.getDay());
const chinaTime = (instant) =>
  new Date(instant.date.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

// What the sources say of one new moon or solar term.
function verdict(sources) {
  const computed = sources.astronomy.slice(0, 10);
  const dates = [sources.tyme, sources.javascript, computed];
  const agree = dates.every((date) => date === dates[0]);
  const [hours, minutes, seconds] = sources.astronomy.slice(11).split(":").map(Number);
  const sinceMidnight = hours * 3600 + minutes * 60 + seconds;
  const isClose = Math.min(sinceMidnight, 86_400 - sinceMidnight) <= doubtSeconds;
  return {
    // An almanac that was in force is right by definition.
    date: agree || sources.tyme < zonedFrom ? sources.tyme : computed,
    disputed: !agree || (computed >= predictedFrom && isClose),
  };
}

// The longitude of the Sun grows by 15 degrees from a term to the next; xiaohan is at 285.
function termTime(year, term) {
  const before = new Date(Date.UTC(year, 0, -2) + term * 15.2 * dayMillis);
  return chinaTime(astronomy.SearchSunLongitude((285 + 15 * term) % 360, before, 25));
}

function solarTerms() {
  return range(yearFirst, yearLast).flatMap((year) =>
    termNames.map((name, term) => {
      // tyme4ts counts from the winter solstice before, lunar-javascript from the term before that.
      const julianDay = javascript.LunarYear.fromYear(year).getJieQiJulianDays()[term + 2];
      const sources = {
        tyme: dateOfSolar(tyme.SolarTerm.fromIndex(year, term + 1).getSolarDay()),
        javascript: javascript.Solar.fromJulianDay(julianDay).toYmd(),
        astronomy: termTime(year, term),
      };
      return { year, term, name, sources, ...verdict(sources) };
    }),
  );
}

// A month begins on the day of a new moon, and the winter solstice is in month 11. Where 13 months
// begin from one of these to the next, the first without a principal term is a leap month.
function computedMonths() {
  const years = range(yearFirst - 1, yearLast + 2);
  const principal = new Set();
  const solsticeOf = new Map();
  for (const year of years) {
    for (let term = 1; term < 24; term += 2) principal.add(termTime(year, term).slice(0, 10));
    solsticeOf.set(year, termTime(year, 23).slice(0, 10));
  }
  const moons = [];
  let from = new Date(Date.UTC(yearFirst - 1, 9, 1));
  while (from.getUTCFullYear() <= yearLast + 2) {
    const moon = astronomy.SearchMoonPhase(0, from, 35);
    moons.push(chinaTime(moon));
    from = new Date(moon.date.getTime() + 20 * dayMillis);
  }
  const dayOf = (moon) => dayNumber(moon.slice(0, 10));
  const hasPrincipal = (i) =>
    range(dayOf(moons[i]), dayOf(moons[i + 1]) - 1).some((day) => principal.has(dateOfDay(day)));
  const result = new Map();
  for (const year of range(yearFirst, yearLast + 2)) {
    const monthOf = (date) => moons.findLastIndex((moon) => moon.slice(0, 10) <= date);
    const first = monthOf(solsticeOf.get(year - 1));
    const end = monthOf(solsticeOf.get(year));
    let leapIsDue = end - first === 13;
    let month = 10;
    for (let i = first; i < end; ++i) {
      const isLeap = leapIsDue && i > first && !hasPrincipal(i);
      if (isLeap) leapIsDue = false;
      else month = (month % 12) + 1;
      const lunarYear = month >= 11 ? year - 1 : year;
      result.set(`${lunarYear},${month},${isLeap ? 1 : 0}`, moons[i]);
    }
  }
  return result;
}

// The months in order, and one more, where the last year ends.
function lunarMonths() {
  const computed = computedMonths();
  const months = range(yearFirst, yearLast + 1).flatMap((year) => {
    return tyme.LunarYear.fromYear(year).getMonths().map((each) => {
      const month = each.getMonth();
      const leap = each.isLeap() ? 1 : 0;
      const same = javascript.LunarMonth.fromYm(year, leap ? -month : month);
      const sources = {
        tyme: dateOfSolar(each.getFirstJulianDay().getSolarDay()),
        javascript: javascript.Solar.fromJulianDay(same.getFirstJulianDay()).toYmd(),
        astronomy: computed.get(`${year},${month},${leap}`),
      };
      return { year, month, leap, sources, ...verdict(sources) };
    });
  });
  return months.slice(0, months.findIndex((m) => m.year === yearLast + 1) + 1);
}

function csv(head, rows) {
  const line = ({ key, sources }) =>
    `${key},${sources.tyme},${sources.javascript},${sources.astronomy}`;
  return [`${head},tyme4ts,lunar_javascript,astronomy_engine`, ...rows.map(line)].join("\n");
}

// ---- the header

const hex = (value, digits) => `0x${value.toString(16).padStart(digits, "0")}`;
const inRows = (items, perRow) =>
  range(0, Math.ceil(items.length / perRow) - 1)
    .map((row) => `    ${items.slice(row * perRow, (row + 1) * perRow).join(", ")},`)
    .join("\n");

function yearRecord(months, year) {
  const begin = months.findIndex((m) => m.year === year);
  const own = months.filter((m) => m.year === year);
  const lengths = own.map((m, i) => dayNumber(months[begin + i + 1].date) - dayNumber(m.date));
  if (!lengths.every((length) => length === 29 || length === 30)) throw new Error(`year ${year}`);
  const lengthBits = lengths.reduce((bits, length, i) => bits | ((length - 29) << i), 0);
  const leap = own.find((m) => m.leap)?.month ?? 0;
  const newYear = dayNumber(own[0].date) - dayNumber(dateOf(year, 1, 1));
  return lengthBits | (leap << 13) | (newYear << 17);
}

function termRecords(terms) {
  const dayInMonth = (term) => Number(term.date.slice(8));
  const earliest = termNames.map((_, i) =>
    Math.min(...terms.filter((t) => t.term === i).map(dayInMonth)),
  );
  const records = range(yearFirst, yearLast).map((year) =>
    terms.filter((t) => t.year === year).reduce((bits, term) => {
      const later = dayInMonth(term) - earliest[term.term];
      const month = Number(term.date.slice(5, 7));
      if (later > 3 || month !== (term.term >> 1) + 1) throw new Error(`term of ${term.date}`);
      return bits | (BigInt(later) << BigInt(2 * term.term));
    }, 0n),
  );
  return { earliest, records };
}

function header() {
  const months = lunarMonths();
  const terms = solarTerms();
  const years = range(yearFirst, yearLast);
  const { earliest, records } = termRecords(terms);
  const disputedMoons = months.filter((m) => m.disputed);
  const disputedMonths = months.filter(
    (m, i) => !m.leap && i + 1 < months.length && (m.disputed || months[i + 1].disputed),
  );
  const disputedTerms = terms.filter((t) => t.disputed);
  const said = ({ date, sources }) => {
    const wrong = sources.tyme === date ? "" : `, almanacs ${sources.tyme}`;
    return `${date} (astronomy ${sources.astronomy}${wrong})`;
  };
  const monthLine = (m) => `//   month ${m.month} of ${m.year}: ${said(m)}`;
  const termLine = (t) => `//   ${t.name}: ${said(t)}`;
  const disputedRows = (items) => inRows(items.map(([year, number]) => `{${year}, ${number}}`), 1);

  return `// Chinese lunar years and solar terms, ${yearFirst} to ${yearLast}; stdlib/sources/lunar.mjs writes it.
//
// One source is tyme4ts 1.5.2 and, of the same author, lunar-javascript 1.7.7 (npm): almanacs as
// they were issued, and their own astronomy for later years. The other is the calendar worked out
// by the rules of GB/T 33661 from the new moons and solar terms of astronomy-engine 2.1.19 (npm),
// in UTC+8. Where they differ, the almanacs are right up to 1928: they were in force, and kept
// Beijing's own time. From 1929 on, in UTC+8 themselves, astronomy is.
//
// Disputed is a date on which the sources differ or which, from ${predictedFrom} on, astronomy has within
// ${doubtSeconds / 60} minutes of midnight, as the rotation of the Earth cannot be told so far ahead. First days of
// months:
${disputedMoons.map(monthLine).join("\n")}
// and solar terms:
${disputedTerms.map(termLine).join("\n")}
#pragma once

#include <array>
#include <cstdint>

namespace sop::lang::calendar::lunar_table {

// A lunar year: from bit 0 on a bit for each of its months, the leap month among them, set if it
// has 30 days and not 29; from bit 13 on the month that the leap month follows, 0 without one; from
// bit 17 on the days from 1 January to the first day of the year.
inline constexpr std::array<std::uint32_t, ${years.length}> years = {
${inRows(years.map((year) => hex(yearRecord(months, year), 6)), 9)}
};

// The earliest day of the month on which each term falls; a month has two.
inline constexpr std::array<std::uint8_t, 24> term_days_earliest = {
${inRows(earliest, 24)}
};

// The terms of a Gregorian year, two bits each, from bit 0 on: days after the earliest.
inline constexpr std::array<std::uint64_t, ${years.length}> term_years = {
${inRows(records.map((record) => hex(record, 12)), 6)}
};

struct Disputed {
    std::int16_t year;
    std::int16_t number;  // a month from 1, or a term from 0
};

inline constexpr std::array<Disputed, ${disputedMonths.length}> disputed_months = {{
${disputedRows(disputedMonths.map((m) => [m.year, m.month]))}
}};

inline constexpr std::array<Disputed, ${disputedTerms.length}> disputed_terms = {{
${disputedRows(disputedTerms.map((t) => [t.year, t.term]))}
}};

}  // namespace sop::lang::calendar::lunar_table`;
}

const outputs = {
  header,
  months: () =>
    csv(
      "year,month,leap",
      lunarMonths().map((m) => ({ ...m, key: `${m.year},${m.month},${m.leap}` })),
    ),
  terms: () => csv("year,term", solarTerms().map((t) => ({ ...t, key: `${t.year},${t.name}` }))),
};
const output = outputs[process.argv[2]];
if (!output) {
  console.error(`usage: node lunar.mjs ${Object.keys(outputs).join("|")}`);
  process.exit(2);
}
console.log(output());
