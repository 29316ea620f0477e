"""What a mail says, as text and as HTML: of what changed, line by line as the feed has it; and of a subscription.

A letter is written once for all who get the same. The links that are each one's own stand in it as those of
roadmap.subscriptions.links, and are filled in when it is sent.
"""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from roadmap.content.choices import Noun
from roadmap.dates.clock import uk_date
from roadmap.markdown import plain_text
from roadmap.models.subscription import Letter, Often
from roadmap.published.change_words import news_first, shortened, stopped
from roadmap.published.filters import Filters
from roadmap.published.history import History, PastEdition
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.published.runs import for_mail, told_from
from roadmap.subscriptions.links import CONFIRM, MANAGE, SITE
from roadmap.subscriptions.selection import AnyOf, in_words
from roadmap.subscriptions.subject import subject_of, with_roadmap
from roadmap.web.addresses import Addresses, public_addresses
from roadmap.web.feeds.entries import MOST_THINGS, counts_of, line_of
from roadmap.web.problems import printable

MOST_TEXT = 2000  # characters of a new changelog entry: the rest is on the page
HOW_OFTEN = {
    Often.EDITION: "each time something changes",
    Often.DAILY: "once a day, at 8am",
    Often.WEEKLY: "once a week, on Monday at 8am",
}
ALL_ROADMAPS = "All roadmaps"


@dataclass(frozen=True)
class Selected:
    """What somebody asked for: a selection, and the last Edition of which they are told nothing."""

    filters: Filters
    after: int


def letter_of_news(
    published: PublishedRoadmap,
    history: History,
    selected: Sequence[Selected],
    until: int,
    how_often: str,
    now: datetime.datetime,
    roadmap_pk: int,
) -> Letter | None:
    """What the Editions up to that number changed of what was selected; None where that is nothing. Not saved."""
    edition = history.edition(until)
    things: dict[str, Any] = {}
    for after in sorted({one.after for one in selected}):
        told = told_from(history, after, until)
        if told is None:
            continue
        filters = AnyOf(each=[one.filters for one in selected if one.after == after])
        for thing in for_mail(filters.told(told), history, after):
            things.setdefault(thing.uid, thing)
    if not things or edition is None:
        return None
    in_order = sorted(things.values(), key=lambda thing: news_first(thing, thing.news))
    filters = AnyOf(each=[one.filters for one in selected])
    addresses = public_addresses(published.edition.roadmap_slug, SITE)
    is_first = edition.number == 1
    listed = [thing for thing in in_order if not (is_first and thing.noun is Noun.ROADMAP)]
    lines = [line_of(thing, edition, addresses, filters, is_first=is_first) for thing in listed[:MOST_THINGS]]
    for thing, line in zip(listed, lines, strict=False):
        if thing.noun is Noun.ITEM:
            line["url"] = addresses.item(thing.address)  # which says that it was withdrawn, where it was
        line["kind"] = thing.noun.value
        if "body" in line:
            line["text"] = shortened(plain_text(thing.after.body), MOST_TEXT)
    counts = counts_of(in_order)
    subject = with_roadmap(f"first published, with {counts}", edition.roadmap) if is_first else ""
    return _written(
        published,
        "news",
        roadmap_pk,
        now,
        kind=how_often,
        subject=subject or subject_of(in_order, edition.roadmap),
        edition=edition,
        addresses=addresses,
        counts=counts if is_first else "",
        lines=lines,
        left=max(len(listed) - MOST_THINGS, 0),
        after=min(one.after for one in selected),
        asked=" or ".join(dict.fromkeys(in_words(one.filters, published) or "everything on it" for one in selected)),
        how_often=HOW_OFTEN[Often(how_often)],
    )


def letter_to_confirm(title: str, words: str, how_often: str, now: datetime.datetime, roadmap_pk: int | None) -> Letter:
    """To somebody who may not have asked: nothing in it is what anybody typed."""
    context = {"title": title, "words": words, "how_often": HOW_OFTEN[Often(how_often)], "confirm_url": CONFIRM}
    return _letter("confirm", "confirm", f"Confirm that you want emails: {title}", now, roadmap_pk, context)


def letter_of_known(title: str, words: str, now: datetime.datetime, roadmap_pk: int | None) -> Letter:
    """To somebody who gets it already."""
    context = {"title": title, "words": words}
    return _letter("known", "known", f"You get these emails already: {title}", now, roadmap_pk, context)


def letter_with_link(now: datetime.datetime) -> Letter:
    """To somebody who wants to change what they get."""
    return _letter("link", "link", "Change or stop your emails", now, None, {})


def letter_of_ended_webhook(host: str, why: str, now: datetime.datetime) -> Letter:
    """To its owner."""
    return _letter("webhook", "webhook", f"Your webhook has stopped: {host}", now, None, {"host": host, "why": why})


def _written(
    published: PublishedRoadmap,
    name: str,
    roadmap_pk: int,
    now: datetime.datetime,
    *,
    kind: str,
    subject: str,
    edition: PastEdition,
    addresses: Addresses,
    after: int,
    **context: Any,
) -> Letter:
    roadmap, number, day = published.snapshot.roadmap, edition.number, uk_date(edition.published_at)
    is_single = number <= max(after + 1, 1)
    told = {
        "roadmap": roadmap,
        "note": edition.note if is_single else "",
        "which": f"Edition {number}" if is_single else f"Editions {after + 1} to {number}",
        "when": f"published {day}" if is_single else f"the last on {day}",
        "edition_url": addresses.edition(number)
        if is_single
        else addresses.to("changes", query=[("since", str(after))]),
        "home_url": addresses.home,
        "contact": roadmap.contact,
        **context,
    }
    letter = _letter(name, kind, subject, now, roadmap_pk, told)
    letter.list_name = published.edition.roadmap_slug
    letter.data = json.dumps(_for_programs(letter.subject, letter.list_name, number, told), ensure_ascii=False)
    return letter


def _letter(
    name: str, kind: str, subject: str, now: datetime.datetime, roadmap_pk: int | None, context: dict[str, Any]
) -> Letter:
    subject = shortened("".join(letter if letter.isprintable() else " " for letter in subject), 190)
    context = {"subject": subject, "manage_url": MANAGE, "site_url": SITE, **context}
    return Letter(
        roadmap_id=roadmap_pk,
        kind=kind,
        subject=subject,
        text=printable("\n".join(_TEXTS[name](context)) + "\n"),
        html=printable(render_to_string(f"subscriptions/mail/{name}.html", context)),
        made_at=now,
    )


# For programs

_OF_A_THING = ("kind", "reference", "title", "url", "sentences", "members", "text")


def _for_programs(subject: str, slug: str, number: int, told: dict[str, Any]) -> dict[str, Any]:
    """With the sentences that people read."""
    things = [{name: line[name] for name in _OF_A_THING if line.get(name)} for line in told["lines"]]
    return {
        "roadmap": {"title": told["roadmap"].title, "slug": slug, "url": told["home_url"]},
        "edition": number,
        "which": told["which"],
        "url": told["edition_url"],
        "note": told["note"],
        "summary": subject,
        "selection": told["asked"],
        "things": [{**thing, "sentences": [stopped(one) for one in thing.get("sentences", ())]} for thing in things],
        "more_things": told["left"],
    }


# As text


def _news_text(told: dict[str, Any]) -> list[str]:
    lines = [told["roadmap"].title, f"{told['which']}, {told['when']}"]
    lines += ["", told["note"]] if told["note"] else []
    lines += ["", f"Everything here is new: {told['counts']}."] if told["counts"] else []
    for line in told["lines"]:
        reference = f" ({line['reference']})" if line.get("reference") else ""
        lines += ["", f"{line['title']}{reference}"]
        lines += [f"- {stopped(sentence)}" for sentence in line["sentences"]]
        lines += [f"- In it: {line['members']}"] if line.get("members") else []
        lines += [line["text"]] if line.get("text") else []
        lines += [line["url"]] if line["url"] else []
    lines += ["", f"And {told['left']} more."] if told["left"] else []
    lines += ["", "All that changed:", told["edition_url"]]
    return [*lines, "", "-- ", f"You asked for: {told['asked']}. You are told {told['how_often']}.", *_foot(told)]


def _foot(told: dict[str, Any]) -> list[str]:
    return ["Change, pause or end your emails:", told["manage_url"]]


def _confirm_text(told: dict[str, Any]) -> list[str]:
    return [
        "Somebody, we hope you, asked us to tell this address by email what changes on:",
        "",
        told["title"],
        *([told["words"]] if told["words"] else []),
        f"We would write {told['how_often']}.",
        "",
        "To get these emails, open this page within a day and press the button:",
        told["confirm_url"],
        "",
        "If you did not ask for this, do nothing, and these emails will not begin.",
    ]


def _known_text(told: dict[str, Any]) -> list[str]:
    return [
        "Somebody, we hope you, asked for emails that you get already:",
        "",
        told["title"],
        *([told["words"]] if told["words"] else []),
        "",
        "Nothing has changed. To change how often we write, or to stop:",
        told["manage_url"],
    ]


def _link_text(told: dict[str, Any]) -> list[str]:
    return [
        "With this link you can see, change, pause or end the emails that you get from us:",
        told["manage_url"],
        "",
        "If you did not ask for it, do nothing. Nothing has changed.",
    ]


def _webhook_text(told: dict[str, Any]) -> list[str]:
    return [
        "You asked us to post what changes to a program of yours, and we have stopped:",
        "",
        f"The program: {told['host']}",
        f"Why: {told['why']}.",
        "",
        "You still get the emails. To begin again, take the webhook away and make a new one:",
        told["manage_url"],
    ]


_TEXTS = {
    "news": _news_text,
    "confirm": _confirm_text,
    "known": _known_text,
    "link": _link_text,
    "webhook": _webhook_text,
}
