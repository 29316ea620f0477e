"""What changed, as feeds in pages (RFC 5005): Atom (RFC 4287), and JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from datetime import datetime
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from roadmap.web.feeds.entries import Feed, asked
from roadmap.web.pages.reading import RoadmapReading, of_newest
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse


@in_format(Format.XML)
@of_newest
def atom(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    feed = asked(request, reading, "atom")
    daily = feed.filters.depends_on_today
    answer = LazyResponse(lambda: _as_atom(feed), content_type=_Atom.content_type, changes_daily=daily)
    return _with_hubs(answer, feed)


def _with_hubs(answer: LazyResponse, feed: Feed) -> LazyResponse:
    """As a header too, which whoever subscribes reads first: https://www.w3.org/TR/websub/#discovery."""
    if feed.hubs:
        named = [*((hub, "hub") for hub in feed.hubs), (feed.url(1), "self")]
        answer["Link"] = ", ".join(f'<{address}>; rel="{relation}"' for address, relation in named)
    return answer


class _Atom(Atom1Feed):
    def latest_post_date(self) -> datetime:
        """Django's would be the clock's for a feed without entries."""
        updated_at: datetime = self.feed["updated_at"]
        return updated_at

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for relation, address in self.feed["pages"].items():
            if address:
                handler.addQuickElement("link", "", {"rel": relation, "href": address})
        for hub in self.feed["hubs"]:
            handler.addQuickElement("link", "", {"rel": "hub", "href": hub})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("summary", item["summary"], {"type": "text"})
        handler.addQuickElement("content", item["content"], {"type": "html"})
        # Where else it is: RFC 4287, 4.2.11. After all that is the entry's own: findings/sfeed-atom-source.sh.
        if source := item.get("source"):
            handler.startElement("source", AttributesImpl({}))
            for name, text in source.items():
                handler.addQuickElement(name, text)
            handler.endElement("source")


def _as_atom(feed: Feed) -> str:
    pages = {"first": feed.url(1), "next": feed.next_url, "previous": feed.previous_url}
    more: dict[str, Any] = {"updated_at": feed.updated_at, "pages": pages, "hubs": feed.hubs}
    written = _Atom(description=None, language="en-GB", **more, **feed.about)
    for entry in feed.entries:
        # The description would be the summary, but as HTML.
        written.add_item(description=None, **entry)  # type: ignore[arg-type]
    return written.writeString("utf-8")


@in_format(Format.JSON)
@of_newest
def json_feed(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    feed = asked(request, reading, "json_feed")
    answer = LazyResponse(
        lambda: json.dumps(_as_json(feed), ensure_ascii=False, indent=1),
        content_type="application/feed+json; charset=utf-8",
        changes_daily=feed.filters.depends_on_today,
    )
    return _with_hubs(answer, feed)


def _as_json(feed: Feed) -> dict[str, Any]:
    about = feed.about
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": about["title"],
        "home_page_url": about["link"],
        "feed_url": about["feed_url"],
        "description": about["subtitle"],
        **({"next_url": feed.next_url} if feed.next_url else {}),
        "authors": [{"name": about["author_name"]}],
        "language": "en-GB",
        **({"hubs": [{"type": "WebSub", "url": hub} for hub in feed.hubs]} if feed.hubs else {}),
        "items": [
            {
                "id": entry["unique_id"],
                "url": entry["link"],
                "title": entry["title"],
                "summary": entry["summary"],
                "content_html": entry["content"],
                "date_published": entry["pubdate"].isoformat(),
                "date_modified": entry["updateddate"].isoformat(),
                "authors": [{"name": entry["author_name"]}],
                "tags": entry["categories"],
            }
            for entry in feed.entries
        ],
    }
