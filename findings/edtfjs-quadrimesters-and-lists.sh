#!/usr/bin/env bash
# edtf.js 4.11.1 has two quadrimesters of five months, and takes a list of "March to May" to end in March.
#
# Seen: `2026-37` is 1 January to 31 May, `2026-38` is 1 May to 30 September and `2026-39` is 1 September to 31 December, so
# that May and September are in two each. Of `{2026-03..2026-05}`, and of `[2026-03..2026-05]`, `max` is the end of March, and
# `covers` says that no day of April is in it. With a comma instead of the dots, `max` is the end of May. A quarter
# (`2026-35`) and an interval (`2026-03/2026-05`) are read as one would.
# Expected: EDTF (Library of Congress, 4 February 2019; ISO 8601-2:2019), level 2: 37 to 39 are "4 months in duration", and
# two dots in a set stand for all from the one to the other. edtf 5.0.2 for Python has 1 January to 30 April, and 31 May.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs node 18 or later, with npm, and python3 with venv.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund edtf@4.11.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'edtf==5.0.2'

cat >read.mjs <<'JAVASCRIPT'
import edtf from "edtf";
const day = (moment) => new Date(moment).toISOString().slice(0, 10);
for (const text of process.argv.slice(2)) {
  const read = edtf(text);
  const covers = read.covers(edtf("2026-04-10")) ? "with" : "without";
  console.log(`edtf.js ${text} ${day(read.min)} to ${day(read.max)}, ${covers} 10 April`);
}
JAVASCRIPT
cat >read.py <<'PYTHON'
import sys

from edtf import parse_edtf


def day(parts):
    return "%04d-%02d-%02d" % parts[:3]


for text in sys.argv[1:]:
    read = parse_edtf(text)
    print("Python ", text, day(read.lower_strict()), "to", day(read.upper_strict()))
PYTHON
texts=(2026-35 2026-37 2026-38 2026-39 2026-03/2026-05 '{2026-03,2026-05}' '{2026-03..2026-05}' '[2026-03..2026-05]')
{ node read.mjs "${texts[@]}"; venv/bin/python read.py "${texts[@]}"; } | tee seen
diff - seen <<'EXPECTED'
edtf.js 2026-35 2026-07-01 to 2026-09-30, without 10 April
edtf.js 2026-37 2026-01-01 to 2026-05-31, with 10 April
edtf.js 2026-38 2026-05-01 to 2026-09-30, without 10 April
edtf.js 2026-39 2026-09-01 to 2026-12-31, without 10 April
edtf.js 2026-03/2026-05 2026-03-01 to 2026-05-31, with 10 April
edtf.js {2026-03,2026-05} 2026-03-01 to 2026-05-31, with 10 April
edtf.js {2026-03..2026-05} 2026-03-01 to 2026-03-31, without 10 April
edtf.js [2026-03..2026-05] 2026-03-01 to 2026-03-31, without 10 April
Python  2026-35 2026-07-01 to 2026-09-30
Python  2026-37 2026-01-01 to 2026-04-30
Python  2026-38 2026-05-01 to 2026-08-31
Python  2026-39 2026-09-01 to 2026-12-31
Python  2026-03/2026-05 2026-03-01 to 2026-05-31
Python  {2026-03,2026-05} 2026-03-01 to 2026-05-31
Python  {2026-03..2026-05} 2026-03-01 to 2026-05-31
Python  [2026-03..2026-05] 2026-03-01 to 2026-05-31
EXPECTED
