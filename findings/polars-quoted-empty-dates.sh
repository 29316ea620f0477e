#!/usr/bin/env bash
# polars 2.1.0 reads a column of dates as text as soon as one cell of it is "" in quotation marks; bare, it is no value.
#
# Seen: of the lines "2026-03-24" and "" under a heading, `read_csv(try_parse_dates=True)` makes a column of texts, the
# second of them empty. Where the second line has nothing instead of "", it is a column of dates with a null.
# Expected, as pandas and DuckDB do it: an empty cell is no value, in quotation marks or not.
# What works instead: to leave the quotation marks off an empty cell. PostgreSQL's COPY wants the same.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 with venv.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'polars==2.1.0'

printf '"Name","Day"\r\n"One","2026-03-24"\r\n"Two",""\r\n' >quoted.csv
printf '"Name","Day"\r\n"One","2026-03-24"\r\n"Two",\r\n' >bare.csv
cat >read.py <<'PYTHON'
import polars

for name in ("quoted", "bare"):
    column = polars.read_csv(f"{name}.csv", try_parse_dates=True)["Day"]
    print(name, column.dtype, [str(value) for value in column])
PYTHON
venv/bin/python read.py | tee seen
diff - seen <<'EXPECTED'
quoted String ['2026-03-24', '']
bare Date ['2026-03-24', 'None']
EXPECTED
