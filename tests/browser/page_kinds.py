"""Every kind of page for readers, by its address on the site that `EVERYTHING` fills."""

from typing import Any

from tests import live

# The sample with its six later editions, what strains a layout, and a roadmap with nothing in it but a notice.
EVERYTHING = f"""
from tests.web import story
story.tell()
{live.WIDE_ROADMAP}
make.edition(make.roadmap(title="Nothing yet", slug="nothing-yet", reference_prefix="NY", hides_date_history=True,
    notice_title="The sandbox is closed on 5 December", notice_body="From 8am to 10am. See [status](https://example.org/).",
    notice_starts_at=make.at("2020-01-01"), notice_ends_at=make.at("2090-01-01")))
many = make.roadmap(title="Many things", slug="many", reference_prefix="MANY", description="Forty things.")
apis = [make.api(name=f"Things (MTD) API number {{number}}", url="https://example.org/") for number in range(8)]
for number in range(42):
    make.item(many, title=f"Retrieve and amend things of the kind {{number // 2}}", audiences="Agents, Businesses",
        kind="api", test="May 2026", apis=((apis[number % 8], "1.0"),), live="November 2027", is_breaking=number < 9)
make.edition(many)
many.items.filter(title__endswith=" 7").delete()
make.edition(many)
"""

PAGE_KINDS = {
    "roadmaps": "/",
    "search": "/search/",
    "search-found": "/search/?q=returns",
    "search-none": "/search/?q=zebra",
    "search-refused": "/search/?q=returns&roadmap=sometime",
    "items-of-all": "/items/",
    "items-of-all-refused": "/items/?roadmap=sometime",
    "follow-all": "/follow/",
    "accessibility": "/accessibility/",
    "privacy": "/privacy/",
    "home": "/vat-mtd/",
    "home-of-long-words": "/wide/",
    "home-of-nothing": "/nothing-yet/",
    "items": "/vat-mtd/items/",
    "items-chosen": "/vat-mtd/items/?stage=backlog&kind=api",
    "items-table": "/many/items/?view=table",
    "items-timeline": "/many/items/?view=timeline",
    "items-lanes": "/many/items/?view=timeline&lanes=api",
    "items-refused": "/vat-mtd/items/?stage=sometime",
    "items-none": "/vat-mtd/items/?q=nothing+has+this",
    "items-timeline-refused": "/vat-mtd/items/?view=timeline&sort=sometime",
    "items-many": "/many/items/",
    "item": "/vat-mtd/items/VAT-7/",
    "item-fullest": "/wide/items/WIDE-1/",
    "item-withdrawn": "/vat-mtd/items/VAT-1/",
    "apis-of-roadmap": "/many/apis/",
    "edition-of-many": "/many/editions/2/",
    "api-of-roadmap": "/many/apis/things-mtd-api-number-1/",
    "follow": "/vat-mtd/follow/",
    "follow-chosen": "/vat-mtd/follow/?stage=test&kind=api",
    "subscribe": "/vat-mtd/subscribe/",
    "subscribe-chosen": "/vat-mtd/subscribe/?stage=test&kind=api&q=returns",
    "subscribe-refused": "/vat-mtd/subscribe/?stage=sometime",
    "subscribe-all": "/subscribe/",
    "emails": "/emails/",
    "emails-not-found": "/emails/yours/not-signed/",
    "page": "/wide/pages/wide/",
    "changelog": "/vat-mtd/changelog/",
    "changes": "/vat-mtd/changes/?since=2026-01-01",
    "changes-compared": "/vat-mtd/changes/?since=2026-01-20&until=2026-02-17",
    "changes-none": "/vat-mtd/changes/?since=2026-03-25",
    "dates": "/vat-mtd/dates/?outcome=open",
    "dates-not-found": "/nothing-yet/dates/",
    "changes-refused": "/vat-mtd/changes/?since=sometime",
    "editions": "/vat-mtd/editions/",
    "edition": "/vat-mtd/editions/3/",
    "edition-first": "/vat-mtd/editions/1/",
    "day": "/vat-mtd/at/2026-02-03/",
    "day-items": "/vat-mtd/at/2026-02-03/items/?view=table",
    "day-not-found": "/vat-mtd/at/sometime/",
    "programs": "/api/v1/",
    "not-found": "/nothing/",
    "not-found-in-a-roadmap": "/vat-mtd/items/VAT-999/",
}

# How a reader's browser may show any of them, as Playwright's `emulate_media` takes it.
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}
