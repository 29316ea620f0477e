#!/usr/bin/env bash
# sfeed 1.7 (Debian 12's) takes an Atom entry's title, id, link and date from its `source`, where that comes first.
#
# Seen, of an entry that was copied from another feed and says so (RFC 4287, 4.2.11): with `source` after the entry's own
# elements, title, id, link and date are the entry's, and the category of the source is added to it; with `source` before them,
# all four are the source's. Then two entries of one source have one id, one title and one link, by which sfeed_update knows
# what it has seen already, so that it shows the second of them never.
# Expected: what is in `source` is of the feed that it came from. RFC 4287, 4.1.2: the order of an entry's children says nothing.
# What works instead: `source` last in the entry, and without categories.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs Debian 12, and python3.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -qq sfeed=1.7-1 >/dev/null 2>&1
dpkg-deb -x sfeed_*.deb .

cat >write.py <<'PYTHON'
import sys

SOURCE = """<source><title>VAT roadmap</title><id>urn:vat</id><link href="https://example.org/vat/"/>
<updated>2020-01-01T00:00:00Z</updated><category term="tax"/></source>"""


def entry(number):
    own = f"""<title>Edition {number}</title><id>urn:vat:{number}</id><link href="https://example.org/vat/{number}/"/>
<updated>2026-03-0{number}T00:00:00Z</updated><author><name>VAT team</name></author><category term="moved"/>"""
    return f"<entry>{SOURCE + own if sys.argv[1] == 'first' else own + SOURCE}</entry>"


print(f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>All roadmaps</title><id>urn:all</id><updated>2026-03-02T00:00:00Z</updated>
{entry(1)}{entry(2)}</feed>""")
PYTHON
for place in last first; do
  echo "source $place: date, title, link, id, categories"
  python3 write.py "$place" | usr/bin/sfeed | cut -f 1-3,6,9 | tr '\t' ' '
done | tee seen
diff - seen <<'EXPECTED'
source last: date, title, link, id, categories
1772323200 Edition 1 https://example.org/vat/1/ urn:vat:1 moved|tax
1772409600 Edition 2 https://example.org/vat/2/ urn:vat:2 moved|tax
source first: date, title, link, id, categories
1577836800 VAT roadmap https://example.org/vat/ urn:vat tax|moved
1577836800 VAT roadmap https://example.org/vat/ urn:vat tax|moved
EXPECTED
