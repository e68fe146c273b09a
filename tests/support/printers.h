// How failing checks print times. Catch prints instants in UTC by itself, and local times as a bare
// count of seconds.
#pragma once

#include <date/date.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "lang/calendar/schedule.h"

namespace Catch {

template <typename Duration>
struct StringMaker<date::local_time<Duration>> {
    static std::string convert(const date::local_time<Duration>& local) {
        return date::format("%Y-%m-%d %H:%M:%S", local) + " (local)";
    }
};

template <>
struct StringMaker<sop::lang::calendar::Occurrence> {
    static std::string convert(const sop::lang::calendar::Occurrence& occurrence) {
        return date::format("%Y-%m-%d %H:%M:%S", occurrence.nominal) + " (local) at " +
               date::format("%Y-%m-%d %H:%M:%SZ", occurrence.instant);
    }
};

}  // namespace Catch
