#!/usr/bin/env bash
# vdirsyncer 0.21.0 keeps one event of a calendar that has a UID of its own (RFC 7986, section 5.3), however many there are.
#
# Seen: it cuts the calendar into its events, each with all properties of the calendar around it, and takes the first UID
# in that text for the event's (`Item.uid` in vobject.py). So every event has the calendar's, and over http each takes
# the place of the one before it. Nothing is said of the others.
# Expected: an event's identity is the UID within its VEVENT.
# What works instead: a calendar without a UID of its own, which is optional.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 with venv.
set -euo pipefail
work="$(mktemp -d)"
served=
trap '[[ -z $served ]] || kill "$served"; rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check 'vdirsyncer==0.21.0'

calendar() { # of three events; $1 is what else the calendar says
  printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n%b' "$1"
  for number in 1 2 3; do
    printf 'BEGIN:VEVENT\r\nUID:event-%s\r\nDTSTAMP:20260105T093000Z\r\n' "$number"
    printf 'DTSTART;VALUE=DATE:2026060%s\r\nSUMMARY:Event %s\r\nEND:VEVENT\r\n' "$number" "$number"
  done
  printf 'END:VCALENDAR\r\n'
}
mkdir served
calendar '' >served/without.ics
calendar 'UID:calendar\r\n' >served/with.ics

cat >serve.py <<'PYTHON'
import functools
import http.server

handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="served")
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
    with open("port", "w") as port:
        port.write(f"{server.server_port}\n")
    server.serve_forever()
PYTHON
mkfifo port
python3 serve.py 2>/dev/null &
served=$!
read -r port <port

export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1
for name in without with; do
  cat >"$name.conf" <<CONFIG
[general]
status_path = "$work/status-$name/"
[pair calendar]
a = "there"
b = "here"
collections = null
[storage there]
type = "http"
url = "http://127.0.0.1:$port/$name.ics"
[storage here]
type = "filesystem"
path = "$work/$name/"
fileext = ".ics"
CONFIG
  mkdir "$name"
  yes | venv/bin/vdirsyncer --config "$name.conf" discover >>log 2>&1 || true
  venv/bin/vdirsyncer --config "$name.conf" sync >>log 2>&1 || { cat log; exit 1; }
  echo "$name: $(find "$name" -name '*.ics' | wc -l) of 3 events"
done | tee seen
diff - seen <<'EXPECTED'
without: 3 of 3 events
with: 1 of 3 events
EXPECTED
