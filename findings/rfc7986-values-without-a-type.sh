#!/usr/bin/env bash
# icalendar 7.3.2 and ical 14.3.1 write REFRESH-INTERVAL, SOURCE and CONFERENCE without the VALUE that RFC 7986 asks for.
#
# Seen: icalendar's `Calendar.new(refresh_interval=…, source=…)` writes `REFRESH-INTERVAL:PT1H` and a bare SOURCE, and
# `from_jcal` makes those of the jCal that its own `to_jcal` made of a calendar that has VALUE; read from iCalendar and written
# again, VALUE stays. ical drops it there too. Both keep the VALUE=URI of IMAGE and the VALUE=DATE of DTSTART.
# Expected, as ical.js 2.2.1 writes them: RFC 7986 (5.7, 5.8, 5.11) gives these properties "no default" type, so that VALUE has
# to name it (RFC 5545, 3.2.20); of REFRESH-INTERVAL it says that VALUE=DURATION is REQUIRED.
# What works instead with icalendar: `add("refresh-interval", …, parameters={"VALUE": "DURATION"})`.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 (3.10 or later) with venv, and node 18 or
# later, with npm.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'ical==14.3.1' 'icalendar==7.3.2'
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1

printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//Example//EN 'REFRESH-INTERVAL;VALUE=DURATION:PT1H' \
  'SOURCE;VALUE=URI:https://example.org/a.ics' BEGIN:VEVENT UID:1 DTSTAMP:20260105T093000Z 'DTSTART;VALUE=DATE:20260601' \
  'IMAGE;VALUE=URI:https://example.org/a.png' 'CONFERENCE;VALUE=URI:https://example.org/c' END:VEVENT END:VCALENDAR >calendar.ics
cat >write.py <<'PYTHON'
import json
from datetime import timedelta

from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

NAMES = ("REFRESH-INTERVAL", "SOURCE", "CONFERENCE", "IMAGE", "DTSTART")


def show(what, text):
    lines = [line.partition(":")[0] for line in text.splitlines()]
    print(f"{what}:", *(line for name in NAMES for line in lines if line.partition(";")[0] == name))


with open("calendar.ics", newline="") as file:
    text = file.read()
read = Calendar.from_ical(text)
made = Calendar.new(refresh_interval=timedelta(hours=1), source="https://example.org/a.ics")
added = Calendar()
added.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
show("icalendar, read and written", read.to_ical().decode())
show("icalendar, by way of jCal", Calendar.from_jcal(json.loads(json.dumps(read.to_jcal()))).to_ical().decode())
show("icalendar, new", made.to_ical().decode())
show("icalendar, with parameters", added.to_ical().decode())
show("ical, read and written", IcsCalendarStream.calendar_to_ics(IcsCalendarStream.calendar_from_ics(text)))
PYTHON
cat >write.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
const jcal = JSON.parse(JSON.stringify(ICAL.parse(readFileSync("calendar.ics", "utf8"))));
const lines = ICAL.stringify(jcal).split("\r\n").map((line) => line.split(":")[0]);
const names = ["REFRESH-INTERVAL", "SOURCE", "CONFERENCE", "IMAGE", "DTSTART"];
console.log("ical.js, by way of jCal:", ...names.flatMap((name) => lines.filter((line) => line.split(";")[0] === name)));
JAVASCRIPT
{ venv/bin/python write.py; node write.mjs; } | tee seen
diff - seen <<'EXPECTED'
icalendar, read and written: REFRESH-INTERVAL;VALUE=DURATION SOURCE;VALUE=URI CONFERENCE;VALUE=URI IMAGE;VALUE=URI DTSTART;VALUE=DATE
icalendar, by way of jCal: REFRESH-INTERVAL SOURCE CONFERENCE IMAGE;VALUE=URI DTSTART;VALUE=DATE
icalendar, new: REFRESH-INTERVAL SOURCE
icalendar, with parameters: REFRESH-INTERVAL;VALUE=DURATION
ical, read and written: REFRESH-INTERVAL SOURCE CONFERENCE IMAGE;VALUE=URI DTSTART;VALUE=DATE
ical.js, by way of jCal: REFRESH-INTERVAL;VALUE=DURATION SOURCE;VALUE=URI CONFERENCE;VALUE=URI IMAGE;VALUE=URI DTSTART;VALUE=DATE
EXPECTED
