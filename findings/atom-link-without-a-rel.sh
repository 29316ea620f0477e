#!/usr/bin/env bash
# rss-parser 3.13.0 and @extractus/feed-extractor 8.0.3 lead from an Atom entry to what it is related to, not to its own page.
#
# Seen, of a feed and an entry with a link of rel="related" before one without a rel: both give the address of the related one
# as `link`, of the feed as of the entry, and nothing gives the other. With rel="alternate" written out, rss-parser gives the
# right one; feed-extractor gives the first link whatever its rel, so that its own page has to be first too.
# Expected, as feedparser 2.6.0 and @rowanmanning/feed-parser 2.1.5 do it: RFC 4287, 4.2.7.2: a link without a rel MUST be
# interpreted as rel="alternate"; 4.1.2: the order of an entry's children says nothing.
# What works instead, for whoever writes a feed: rel="alternate" written out, in the first link.
# Ends with 0 while this is so, and with 1 as soon as it is otherwise. Needs node 20 or later, with npm.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund rss-parser@3.13.0 @extractus/feed-extractor@8.0.3 feedparser@2.6.0 @rowanmanning/feed-parser@2.1.5

cat >read.mjs <<'JAVASCRIPT'
import { extractFromXml } from "@extractus/feed-extractor";
import { parseFeed } from "@rowanmanning/feed-parser";
import FeedParser from "feedparser";
import RssParser from "rss-parser";

const updated = "<updated>2026-03-01T10:00:00Z</updated>";
const related = `<link rel="related" href="https://example.org/guide/"/>`;
const bare = `<link href="https://example.org/own/"/>`;
const alternate = `<link rel="alternate" href="https://example.org/own/"/>`;
const feed = (links) => `<feed xmlns="http://www.w3.org/2005/Atom"><title>All</title><id>urn:all</id>${updated}${links}
<author><name>Team</name></author><entry><title>One</title><id>urn:1</id>${updated}${links}</entry></feed>`;
const read = (text) =>
  new Promise((done) => {
    const reader = new FeedParser({});
    reader.on("data", (item) => done([item.meta.link, item.link]));
    reader.end(text);
  });
for (const [what, links] of [["without a rel", related + bare], ["alternate", related + alternate], ["alternate first", alternate + related]]) {
  const text = feed(links);
  const show = (name, found) => console.log(`${what}, ${name}: feed ${found[0]}, entry ${found[1]}`);
  const parsed = await new RssParser().parseString(text);
  show("rss-parser", [parsed.link, parsed.items[0].link]);
  const extracted = extractFromXml(text);
  show("feed-extractor", [extracted.link, extracted.entries[0].link]);
  show("feedparser", await read(text));
  show("feed-parser", [parseFeed(text).url, parseFeed(text).items[0].url]);
}
JAVASCRIPT
node read.mjs | tee seen
diff - seen <<'EXPECTED'
without a rel, rss-parser: feed https://example.org/guide/, entry https://example.org/guide/
without a rel, feed-extractor: feed https://example.org/guide/, entry https://example.org/guide/
without a rel, feedparser: feed https://example.org/own/, entry https://example.org/own/
without a rel, feed-parser: feed https://example.org/own/, entry https://example.org/own/
alternate, rss-parser: feed https://example.org/own/, entry https://example.org/own/
alternate, feed-extractor: feed https://example.org/guide/, entry https://example.org/guide/
alternate, feedparser: feed https://example.org/own/, entry https://example.org/own/
alternate, feed-parser: feed https://example.org/own/, entry https://example.org/own/
alternate first, rss-parser: feed https://example.org/own/, entry https://example.org/own/
alternate first, feed-extractor: feed https://example.org/own/, entry https://example.org/own/
alternate first, feedparser: feed https://example.org/own/, entry https://example.org/own/
alternate first, feed-parser: feed https://example.org/own/, entry https://example.org/own/
EXPECTED
