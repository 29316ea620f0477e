"""What changed, as a JSON Feed (version 1.1, https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from django.http import HttpRequest

from roadmap.web.feeds.entries import Feed, FeedEntry, asked
from roadmap.web.pages.dispatch import of_newest
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse

VERSION = "https://jsonfeed.org/version/1.1"


@in_format(Format.JSON)
@of_newest
def json_feed(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    feed = asked(request, reading, "json_feed")
    return LazyResponse(
        lambda: json.dumps(_written(feed), ensure_ascii=False, indent=1),
        content_type="application/feed+json; charset=utf-8",
    )


def _written(feed: Feed) -> dict[str, Any]:
    return {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.html_url,
        "feed_url": feed.url(feed.page),
        "description": feed.subtitle,
        **({"next_url": feed.next_url} if feed.next_url else {}),
        "authors": [{"name": feed.author}],
        "language": "en-GB",
        "items": [_item(entry) for entry in feed.entries],
    }


def _item(entry: FeedEntry) -> dict[str, Any]:
    published = entry.published_at.isoformat()
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.content,
        "date_published": published,
        "date_modified": published,
        "authors": [{"name": entry.author}],
        "tags": entry.acts,
    }
