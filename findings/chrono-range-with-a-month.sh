#!/usr/bin/env bash
# chrono-node 2.10.3 gives a month at one end of a range the day of the other end, and rolls over where there is no such day.
#
# Seen: alone, or in "March to April 2026", a month without a day is its first day. In "18 October 2018 to February 2019" the
# range ends on 18 February; in "31 January to February 2026" on 3 March, and "February to 31 March 2026" begins on 3 March.
# The result says that the day is implied (`isCertain("day")` is false) and its month is certain: month 2, while date() is in
# March. It is so for whatever day it is today.
# Expected: an implied day is within the month that was named; of a range to a month, a person means the month's last day.
# What works instead: to ask each end for `isCertain("day")`, and to make days of `get("year")` and `get("month")` oneself.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs node 18 or later, with npm.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund chrono-node@2.10.3

cat >read.cjs <<'JAVASCRIPT'
const chrono = require("chrono-node");
const day = (part) => `${part.date().toISOString().slice(0, 10)} (month ${part.get("month")}, day ${part.isCertain("day") ? "typed" : "implied"})`;
const texts = ["March to April 2026", "18 October 2018 to February 2019", "31 January to February 2026", "February to 31 March 2026"];
for (const today of ["2026-02-03T12:00:00Z", "2026-11-30T12:00:00Z"]) {
  for (const text of texts) {
    const [{ start, end }] = chrono.en.GB.parse(text, new Date(today));
    console.log(`${today.slice(0, 10)} ${text}: ${day(start)} to ${day(end)}`);
  }
}
JAVASCRIPT
TZ=UTC node read.cjs | tee seen
diff - seen <<'EXPECTED'
2026-02-03 March to April 2026: 2026-03-01 (month 3, day implied) to 2026-04-01 (month 4, day implied)
2026-02-03 18 October 2018 to February 2019: 2018-10-18 (month 10, day typed) to 2019-02-18 (month 2, day implied)
2026-02-03 31 January to February 2026: 2026-01-31 (month 1, day typed) to 2026-03-03 (month 2, day implied)
2026-02-03 February to 31 March 2026: 2026-03-03 (month 2, day implied) to 2026-03-31 (month 3, day typed)
2026-11-30 March to April 2026: 2026-03-01 (month 3, day implied) to 2026-04-01 (month 4, day implied)
2026-11-30 18 October 2018 to February 2019: 2018-10-18 (month 10, day typed) to 2019-02-18 (month 2, day implied)
2026-11-30 31 January to February 2026: 2026-01-31 (month 1, day typed) to 2026-03-03 (month 2, day implied)
2026-11-30 February to 31 March 2026: 2026-03-03 (month 2, day implied) to 2026-03-31 (month 3, day typed)
EXPECTED
