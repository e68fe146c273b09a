// Chinese lunar years and solar terms, 1901 to 2100; stdlib/sources/lunar.mjs writes it.
//
// One source is tyme4ts 1.5.2 and, of the same author, lunar-javascript 1.7.7 (npm): almanacs as
// they were issued, and their own astronomy for later years. The other is the calendar worked out
// by the rules of GB/T 33661 from the new moons and solar terms of astronomy-engine 2.1.19 (npm),
// in UTC+8. Where they differ, the almanacs are right up to 1928: they were in force, and kept
// Beijing's own time. From 1929 on, in UTC+8 themselves, astronomy is.
//
// Disputed is a date on which the sources differ or which, from 2027 on, astronomy has within
// 3 minutes of midnight, as the rotation of the Earth cannot be told so far ahead. First days of
// months:
//   month 10 of 1914: 1914-11-17 (astronomy 1914-11-18 00:02:15)
//   month 1 of 1916: 1916-02-03 (astronomy 1916-02-04 00:05:51)
//   month 10 of 1920: 1920-11-10 (astronomy 1920-11-11 00:05:26)
//   month 9 of 2057: 2057-09-29 (astronomy 2057-09-29 00:00:40)
//   month 8 of 2089: 2089-09-04 (astronomy 2089-09-04 23:58:07)
//   month 7 of 2097: 2097-08-08 (astronomy 2097-08-08 00:00:15, almanacs 2097-08-07)
// and solar terms:
//   xiaoxue: 1912-11-23 (astronomy 1912-11-22 23:48:22)
//   qiufen: 1913-09-24 (astronomy 1913-09-23 23:52:35)
//   daxue: 1917-12-07 (astronomy 1917-12-08 00:01:01)
//   bailu: 1927-09-08 (astronomy 1927-09-09 00:05:25)
//   xiazhi: 1928-06-21 (astronomy 1928-06-22 00:06:09)
//   chunfen: 2051-03-20 (astronomy 2051-03-20 23:58:42)
//   lichun: 2083-02-03 (astronomy 2083-02-03 23:57:56)
//   chunfen: 2084-03-19 (astronomy 2084-03-19 23:59:19)
//   mangzhong: 2084-06-05 (astronomy 2084-06-05 00:02:32)
#pragma once

#include <array>
#include <cstdint>

namespace sop::lang::calendar::lunar_table {

// A lunar year: from bit 0 on a bit for each of its months, the leap month among them, set if it
// has 30 days and not 29; from bit 13 on the month that the leap month follows, 0 without one; from
// bit 17 on the days from 1 January to the first day of the year.
inline constexpr std::array<std::uint32_t, 200> years = {
    0x620752, 0x4c0ea5, 0x38b64a, 0x5c064b, 0x440a9b, 0x309556, 0x56056a, 0x400b59, 0x2a5752,
    0x500752, 0x3adb25, 0x600b25, 0x480a4b, 0x32b4ab, 0x5802ad, 0x42056b, 0x2c4b69, 0x520da9,
    0x3efd92, 0x640e92, 0x4c0d25, 0x36ba4d, 0x5c0a56, 0x4602b6, 0x2e95b5, 0x5606d4, 0x400ea9,
    0x2c5e92, 0x500e92, 0x3acd26, 0x5e052b, 0x480a57, 0x32b2b6, 0x580b5a, 0x4406d4, 0x2e6ec9,
    0x520749, 0x3cf693, 0x620a93, 0x4c052b, 0x34ca5b, 0x5a0aad, 0x46056a, 0x309b55, 0x560ba4,
    0x400b49, 0x2a5a93, 0x500a95, 0x38f52d, 0x5e0536, 0x480aad, 0x34b5aa, 0x5805b2, 0x420da5,
    0x2e7d4a, 0x540d4a, 0x3d0a95, 0x600a97, 0x4c0556, 0x36cab5, 0x5a0ad5, 0x4606d2, 0x308ea5,
    0x560ea5, 0x40064a, 0x286c97, 0x4e0a9b, 0x3af55a, 0x5e056a, 0x480b69, 0x34b752, 0x5a0b52,
    0x420b25, 0x2c964b, 0x520a4b, 0x3d14ab, 0x6002ad, 0x4a056d, 0x36cb69, 0x5c0da9, 0x460d92,
    0x309d25, 0x560d25, 0x415a4d, 0x640a56, 0x4e02b6, 0x38c5b5, 0x5e06d5, 0x480ea9, 0x34be92,
    0x5a0e92, 0x440d26, 0x2c6a56, 0x500a57, 0x3d14d6, 0x62035a, 0x4a06d5, 0x36b6c9, 0x5c0749,
    0x460693, 0x2e952b, 0x54052b, 0x3e0a5b, 0x2a555a, 0x4e056a, 0x38fb55, 0x600ba4, 0x4a0b49,
    0x32ba93, 0x580a95, 0x42052d, 0x2c8aad, 0x500ab5, 0x3d35aa, 0x6205d2, 0x4c0da5, 0x36dd4a,
    0x5c0d4a, 0x460c95, 0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5, 0x5e0725,
    0x48064b, 0x32ac97, 0x560cab, 0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, 0x4c0b25,
    0x36da4b, 0x5a0a4b, 0x4404ab, 0x2ea55b, 0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25,
    0x5e0d25, 0x480a55, 0x32b4ad, 0x5804b6, 0x4005b5, 0x2c6daa, 0x520ec9, 0x3f1e92, 0x620e92,
    0x4c0d26, 0x36ca56, 0x5a0a57, 0x4404d6, 0x2e86d5, 0x540755, 0x400749, 0x286e93, 0x4e0693,
    0x38f52b, 0x5e052b, 0x460a5b, 0x32b55a, 0x58056a, 0x420b65, 0x2c974a, 0x520b4a, 0x3d1a95,
    0x620a95, 0x4a052d, 0x34caad, 0x5a0ab5, 0x4605aa, 0x2e8ba5, 0x540da5, 0x400d4a, 0x2a7c95,
    0x4e0c96, 0x38f94e, 0x5e0556, 0x480ab5, 0x32b5b2, 0x5806d2, 0x420ea5, 0x2e8e4a, 0x50068b,
    0x3b0c97, 0x6004ab, 0x4a055b, 0x34cad6, 0x5a0b6a, 0x460752, 0x309725, 0x540b25, 0x3e0a8b,
    0x28549b, 0x4e04ab,
};

// The earliest day of the month on which each term falls; a month has two.
inline constexpr std::array<std::uint8_t, 24> term_days_earliest = {
    4, 19, 3, 18, 4, 19, 4, 19, 4, 20, 4, 20, 6, 22, 6, 22, 6, 22, 7, 22, 6, 21, 6, 21,
};

// The terms of a Gregorian year, two bits each, from bit 0 on: days after the earliest.
inline constexpr std::array<std::uint64_t, 200> term_years = {
    0x6aaaa6aa9a5a, 0xaaaaaabaaa6a, 0xaaabbabbafaa, 0x5aa665a65aab, 0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a,
    0xaaabbabbafaa, 0x5aa665a65aab, 0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a, 0xaaabbabbafaa, 0x5aa665a65aab,
    0x6aaaa6aa9a56, 0xaaaaaaaa9a5a, 0xaaabaabaaeaa, 0x569665a65aaa, 0x5aa6a6a69a56, 0x6aaaaaaa9a5a,
    0xaaabaabaaeaa, 0x569665a65aaa, 0x5aa6a6a65a56, 0x6aaaaaaa9a5a, 0xaaabaabaaa6a, 0x569665a65aaa,
    0x5aa6a6a65a56, 0x6aaaa6aa9a5a, 0xaaaaaabaaa6a, 0x555665665aaa, 0x5aa665a65a56, 0x6aaaa6aa9a5a,
    0xaaaaaabaaa6a, 0x555665665aaa, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a, 0x555665665aaa,
    0x5aa665a65a56, 0x6aaaa6aa9a5a, 0xaaaaaaaaaa6a, 0x555665665aaa, 0x5aa665a65a56, 0x6aaaa6aa9a5a,
    0xaaaaaaaaaa6a, 0x555665655aaa, 0x569665a65a56, 0x6aa6a6aa9a56, 0xaaaaaaaa9a5a, 0x5556556559aa,
    0x569665a65a55, 0x6aa6a6a65a56, 0xaaaaaaaa9a5a, 0x5556556559aa, 0x569665a65a55, 0x5aa6a6a65a56,
    0x6aaaa6aa9a5a, 0x5556556555aa, 0x569665a65a55, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0x55555565556a,
    0x555665665a55, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0x55555565556a, 0x555665665a55, 0x5aa665a65a56,
    0x6aaaa6aa9a5a, 0x55555555556a, 0x555665665a55, 0x5aa665a65a56, 0x6aaaa6aa9a5a, 0x55555555556a,
    0x555665655a55, 0x5aa665a65a56, 0x6aa6a6aa9a5a, 0x55555555456a, 0x555655655a55, 0x5a9665a65a56,
    0x6aa6a6a69a56, 0x55555555456a, 0x555655655a55, 0x569665a65a56, 0x6aa6a6a65a56, 0x55555155455a,
    0x555655655955, 0x569665a65a55, 0x5aa6a5a65a56, 0x15555155455a, 0x555555655555, 0x569665665a55,
    0x5aa665a65a56, 0x15555155455a, 0x555555655515, 0x555665665a55, 0x5aa665a65a56, 0x15555155455a,
    0x555555555515, 0x555665665a55, 0x5aa665a65a56, 0x15555155455a, 0x555555555515, 0x555665665a55,
    0x5aa665a65a56, 0x15555155455a, 0x555555555515, 0x555655655a55, 0x5aa665a65a56, 0x15515155455a,
    0x555555554515, 0x555655655a55, 0x5a9665a65a56, 0x15515151455a, 0x555551554515, 0x555655655a55,
    0x569665a65a56, 0x155151510556, 0x555551554505, 0x555655655955, 0x569665665a55, 0x155110510556,
    0x155551554505, 0x555555655555, 0x569665665a55, 0x055110510556, 0x155551554505, 0x555555555515,
    0x555665665a55, 0x055110510556, 0x155551554505, 0x555555555515, 0x555665665a55, 0x055110510556,
    0x155551554505, 0x555555555515, 0x555655655a55, 0x055110510556, 0x155551554505, 0x555555555515,
    0x555655655a55, 0x055110510556, 0x155151514505, 0x555555554515, 0x555655655a55, 0x054110510556,
    0x155151510505, 0x555551554515, 0x555655655a55, 0x014110110556, 0x155110510501, 0x555551554505,
    0x555555655555, 0x014110110555, 0x155110510501, 0x555551554505, 0x555555555555, 0x014110110555,
    0x055110510501, 0x155551554505, 0x555555555555, 0x000110110555, 0x055110510501, 0x155551554505,
    0x555555555515, 0x000110110555, 0x055110510501, 0x155551554505, 0x555555555515, 0x000100100555,
    0x055110510501, 0x155151514505, 0x555555555515, 0x000100100555, 0x054110510501, 0x155151514505,
    0x555551554515, 0x000100100555, 0x054110510501, 0x155150510505, 0x555551554515, 0x000100100555,
    0x014110110501, 0x155110510505, 0x555551554505, 0x000000100055, 0x014110110500, 0x155110510501,
    0x555551554505, 0x000000000055, 0x014110110500, 0x055110510501, 0x155551554505, 0x000000000055,
    0x000110110500, 0x055110510501, 0x155551554505, 0x000000000015, 0x000100110500, 0x055110510501,
    0x155551554505, 0x555555555515,
};

struct Disputed {
    std::int16_t year;
    std::int16_t number;  // a month from 1, or a term from 0
};

inline constexpr std::array<Disputed, 12> disputed_months = {{
    {1914, 9},
    {1914, 10},
    {1915, 12},
    {1916, 1},
    {1920, 9},
    {1920, 10},
    {2057, 8},
    {2057, 9},
    {2089, 7},
    {2089, 8},
    {2097, 6},
    {2097, 7},
}};

inline constexpr std::array<Disputed, 9> disputed_terms = {{
    {1912, 21},
    {1913, 17},
    {1917, 22},
    {1927, 16},
    {1928, 11},
    {2051, 5},
    {2083, 2},
    {2084, 5},
    {2084, 10},
}};

}  // namespace sop::lang::calendar::lunar_table
