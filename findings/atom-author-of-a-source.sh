#!/usr/bin/env bash
# Four readers of Atom take whoever gathered a feed for the author of an entry that came from another feed.
#
# Seen with feedparser-rs 0.7.1 and atoma 0.0.17 for Python, and feedparser 2.6.0 and @rowanmanning/feed-parser 2.1.5 for Node:
# an entry has no author of its own, its `source` names one, and the feed around it another. All four give the feed's, and none
# says that it is not the entry's own. feedparser 6.0.14 for Python gives none at all, with the right one in `source`.
# Expected: RFC 4287, 4.2.1: where an entry has no author, that of its `source` is taken; the feed's only where neither has one.
# What works instead, for whoever gathers a feed: an author in each entry.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs python3 (3.10 or later) with venv, and node 20 or
# later, with npm.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check feedparser==6.0.14 feedparser-rs==0.7.1 atoma==0.0.17
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund feedparser@2.6.0 @rowanmanning/feed-parser@2.1.5

cat >feed.atom <<'XML'
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>All roadmaps</title><id>urn:all</id><updated>2026-03-02T10:00:00Z</updated><author><name>Gatherer</name></author>
<entry><title>Copied</title><id>urn:1</id><link href="https://example.org/1"/><updated>2026-03-01T10:00:00Z</updated>
<source><title>VAT roadmap</title><id>urn:vat</id><updated>2026-03-01T10:00:00Z</updated><author><name>VAT team</name></author></source></entry>
<entry><title>Copied, with an author</title><id>urn:2</id><link href="https://example.org/2"/><updated>2026-03-01T10:00:00Z</updated>
<author><name>VAT team</name></author>
<source><title>VAT roadmap</title><id>urn:vat</id><updated>2026-03-01T10:00:00Z</updated></source></entry>
</feed>
XML
cat >read.py <<'PYTHON'
import atoma
import feedparser
import feedparser_rs

with open("feed.atom", "rb") as file:
    text = file.read()
print("feedparser (Python):", [entry.get("author") for entry in feedparser.parse(text).entries])
print("feedparser-rs:", [entry.author for entry in feedparser_rs.parse(text).entries])
print("atoma:", [entry.authors[0].name for entry in atoma.parse_atom_bytes(text).entries])
PYTHON
cat >read.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import FeedParser from "feedparser";
import { parseFeed } from "@rowanmanning/feed-parser";
const text = readFileSync("feed.atom", "utf8");
const told = (authors) => `['${authors.join("', '")}']`;
console.log("@rowanmanning/feed-parser:", told(parseFeed(text).items.map((item) => item.authors[0].name)));
const reader = new FeedParser({});
const items = [];
reader.on("data", (item) => items.push(item.author));
reader.on("end", () => console.log("feedparser (Node):", told(items)));
reader.end(text);
JAVASCRIPT
{ venv/bin/python read.py; node read.mjs; } 2>/dev/null | tee seen
diff - seen <<'EXPECTED'
feedparser (Python): [None, 'VAT team']
feedparser-rs: ['Gatherer', 'VAT team']
atoma: ['Gatherer', 'VAT team']
@rowanmanning/feed-parser: ['Gatherer', 'VAT team']
feedparser (Node): ['Gatherer', 'VAT team']
EXPECTED
