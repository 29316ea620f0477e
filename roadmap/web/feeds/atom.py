"""What changed, as an Atom feed (RFC 4287) in pages (RFC 5005)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from roadmap.web.feeds.entries import Feed, asked
from roadmap.web.pages.dispatch import of_newest
from roadmap.web.pages.reading import RoadmapReading
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import LazyResponse


@in_format(Format.XML)
@of_newest
def atom(request: HttpRequest, reading: RoadmapReading) -> LazyResponse:
    feed = asked(request, reading, "atom")
    return LazyResponse(lambda: _written(feed), content_type=_Atom.content_type)


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

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("summary", item["summary"], {"type": "text"})
        handler.addQuickElement("content", item["content"], {"type": "html"})


def _written(feed: Feed) -> str:
    written = _Atom(
        title=feed.title,
        link=feed.html_url,
        description=None,
        subtitle=feed.subtitle,
        language="en-GB",
        feed_url=feed.url(feed.page),
        feed_guid=feed.id,
        author_name=feed.author,
        updated_at=feed.updated_at,
        pages={"first": feed.url(1), "next": feed.next_url, "previous": feed.previous_url},
    )
    for entry in feed.entries:
        written.add_item(
            title=entry.title,
            link=entry.url,
            description=None,  # type: ignore[arg-type]  # it would be the summary, but as HTML
            unique_id=entry.id,
            author_name=entry.author,
            pubdate=entry.published_at,
            updateddate=entry.published_at,
            categories=entry.acts,
            summary=entry.summary,
            content=entry.content,
        )
    return written.writeString("utf-8")
