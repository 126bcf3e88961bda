#!/usr/bin/env python3
"""Works out schedules.txt: when cron expressions come, minute by minute by the clocks of Python's zoneinfo.

Nothing of it is shared with the server. Run it in this folder after changing a list below:  ./schedules.py > schedules.txt
A line is  zone | begin | end | expression | occurrences  with the last one as minutes since the begin: the first, then
how many later each next one is, N*M for M times N later.
"""
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

MONTHS = [
    ("UTC", "2026-02"), ("UTC", "2028-02"),
    ("Asia/Seoul", "2026-03"),
    ("America/New_York", "2026-03"), ("America/New_York", "2026-07"), ("America/New_York", "2026-11"),
    ("Australia/Lord_Howe", "2026-04"), ("Australia/Lord_Howe", "2026-10"),
    ("Pacific/Apia", "2011-12"),  # skips the whole of the 30th
]
EXPRESSIONS = [
    "* * * * *", "*/10 * * * *", "*/7 */5 * * *", "0 0 * * *", "30 0 * * *", "30 1 * * *", "45 1 * * *", "15 2 * * *",
    "30 2 * * *", "0 3 * * *", "0 1-3 * * *", "5,35 0-23/6 1,15 * *", "0 2 * * SUN", "0 3 * * 7", "0 0 1 * *",
    "0 12 13 * FRI", "0 12 30 * MON", "0 0 */2 * MON", "0 0 5 * */3", "*/15 9-17 * * MON-FRI", "59 23 28-31 * *",
    "0 0 29 2 *", "1 1 * JAN-MAR,nov *", "0 4 * * FRI-SUN", "0 6 * * sat-sun,2", "@hourly", "@daily", "@weekly",
    "@monthly", "@yearly",
]
MACROS = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
          "@yearly": "0 0 1 1 *"}
MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAY_NAMES = "sun mon tue wed thu fri sat".split()


def numbers(field, low, high, names=(), first_name=0):
    def number(text):
        return names.index(text.lower()) + first_name if text.lower() in names else int(text)

    found = set()
    for item in field.split(","):
        body, _, step = item.partition("/")
        if body == "*":
            begin, end = low, high
        elif "-" in body:
            begin, end = map(number, body.split("-"))
            end += 7 if end < begin else 0
        else:
            begin = end = number(body)
        found.update(range(begin, end + 1, int(step or 1)))
    return found


class Expression:
    def __init__(self, text):
        minute, hour, day, month, weekday = MACROS.get(text, text).split()
        self.minutes = numbers(minute, 0, 59)
        self.hours = numbers(hour, 0, 23)
        self.days = numbers(day, 1, 31)
        self.months = numbers(month, 1, 12, MONTH_NAMES, 1)
        self.weekdays = {n % 7 for n in numbers(weekday, 0, 6, DAY_NAMES)}
        self.either = day[0] != "*" and weekday[0] != "*"

    def comes(self, local):
        if local.minute not in self.minutes or local.hour not in self.hours or local.month not in self.months:
            return False
        by_day, by_weekday = local.day in self.days, (local.weekday() + 1) % 7 in self.weekdays
        return by_day or by_weekday if self.either else by_day and by_weekday


def occurrences(expressions, zone, begin, end):
    """At each minute come the local minutes that the clocks have not shown before; a gap brings many at once."""
    found = {expression: [] for expression in expressions}
    minute = timedelta(minutes=1)
    now = begin - timedelta(days=2)
    shown = (now - minute).astimezone(zone).replace(tzinfo=None)
    while now < end:
        local = now.astimezone(zone).replace(tzinfo=None)
        fresh = []
        while shown < local:
            shown += minute
            fresh.append(shown)
        if now >= begin:
            for expression, times in found.items():
                if any(expression.comes(time) for time in fresh):
                    times.append(int((now - begin) / minute))
        now += minute
    return found


def compact(times):
    if not times:
        return "none"
    runs, last = [], times[0]
    for time in times[1:]:
        step, last = time - last, time
        if runs and runs[-1][0] == step:
            runs[-1][1] += 1
        else:
            runs.append([step, 1])
    return " ".join([str(times[0])] + [f"{step}*{count}" if count > 1 else str(step) for step, count in runs])


def main():
    expressions = {Expression(text): text for text in EXPRESSIONS}
    for zone, month in MONTHS:
        begin = datetime.fromisoformat(month + "-01").replace(tzinfo=timezone.utc) - timedelta(days=1)
        end = begin + timedelta(days=33)
        for expression, times in occurrences(expressions, ZoneInfo(zone), begin, end).items():
            print(" | ".join([zone, f"{begin:%Y-%m-%dT%H:%M:%SZ}", f"{end:%Y-%m-%dT%H:%M:%SZ}",
                              expressions[expression], compact(times)]))


if __name__ == "__main__":
    main()
