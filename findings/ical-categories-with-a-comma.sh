#!/usr/bin/env bash
# ical 14.3.1, Home Assistant's library for calendars, cuts a category at a comma that belongs to it.
#
# Seen: of `CATEGORIES:Private beta\, by invitation,API` it reads three categories, the first with the backslash at its end
# and the second with a space before it, and writes them back as three, with the backslash doubled. What is read from its own
# text is the same again. A comma in SUMMARY is read and written as it should be. node-ical 0.26.1 cuts it too.
# Expected, as icalendar 7.3.2 and ical.js 2.2.1 do it: two categories. RFC 5545, 3.3.11: a comma in a text is `\,`; 3.8.1.2:
# CATEGORIES is a list of texts, which only a bare comma divides.
# What works instead: category names without a comma.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 (3.10 or later) with venv, and node 18 or
# later, with npm.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'ical==14.3.1' 'icalendar==7.3.2'
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ical.js@2.2.1 node-ical@0.26.1

printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:-//Example//EN BEGIN:VEVENT UID:1 DTSTAMP:20260105T093000Z \
  'DTSTART;VALUE=DATE:20260601' 'SUMMARY:Set up\, view and cancel' 'CATEGORIES:Private beta\, by invitation,API' \
  END:VEVENT END:VCALENDAR >calendar.ics
cat >read.py <<'PYTHON'
import json

import icalendar
from ical.calendar_stream import IcsCalendarStream

with open("calendar.ics", newline="") as file:
    text = file.read()
event = icalendar.Calendar.from_ical(text).events[0]
print("icalendar", json.dumps([str(event["SUMMARY"]), *event.categories]))
for what in ("ical, first", "ical, from its own"):
    calendar = IcsCalendarStream.calendar_from_ics(text)
    print(what, json.dumps([calendar.events[0].summary, *calendar.events[0].categories]))
    text = IcsCalendarStream.calendar_to_ics(calendar)
    print(*(line for line in text.splitlines() if line.startswith("CATEGORIES")), sep="\n")
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import nodeIcal from "node-ical";
const text = readFileSync("calendar.ics", "utf8");
const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
console.log("ical.js", JSON.stringify(["summary", "categories"].flatMap((name) => event.getFirstProperty(name).getValues())));
const [other] = Object.values(nodeIcal.sync.parseICS(text)).filter(({ type }) => type === "VEVENT");
console.log("node-ical", JSON.stringify([other.summary, ...other.categories]));
JAVASCRIPT
{ node read.mjs; venv/bin/python read.py; } | tee seen
diff - seen <<'EXPECTED'
ical.js ["Set up, view and cancel","Private beta, by invitation","API"]
node-ical ["Set up, view and cancel","Private beta\\","by invitation","API"]
icalendar ["Set up, view and cancel", "Private beta, by invitation", "API"]
ical, first ["Set up, view and cancel", "Private beta\\", " by invitation", "API"]
CATEGORIES:Private beta\\
CATEGORIES: by invitation
CATEGORIES:API
ical, from its own ["Set up, view and cancel", "Private beta\\", " by invitation", "API"]
CATEGORIES:Private beta\\
CATEGORIES: by invitation
CATEGORIES:API
EXPECTED
