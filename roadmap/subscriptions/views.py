"""The pages by which people ask for mails, and by which they change and end them: see `urls`.

No cookie is set, and nobody signs in: what a form may do follows from the signed link that led to it. What a mail
program or a scanner of links opens by itself changes nothing, because a page asks for a press of a button.
"""

import datetime
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt

from roadmap.content.things import joined
from roadmap.models.published import Edition
from roadmap.models.subscription import Often, Subscription
from roadmap.published import store
from roadmap.published.filters import BadFilter, Filters, Problem, read_filters
from roadmap.published.roadmap import PublishedRoadmap
from roadmap.subscriptions import acts, links, selection
from roadmap.subscriptions.acts import TooLate, Wish
from roadmap.subscriptions.addresses import key_of
from roadmap.subscriptions.form import AGAIN, STAMP, TRAP, AddressForm, AskForm, is_in_time, is_of_program, stamp
from roadmap.subscriptions.letters import ALL_ROADMAPS, HOW_OFTEN
from roadmap.subscriptions.limits import Limit, network_of, passed_limit
from roadmap.web.addresses import public_addresses
from roadmap.web.pages.all_reading import AllReading
from roadmap.web.pages.reading import RoadmapReading, of_newest, page_of
from roadmap.web.problems import Format, problem
from roadmap.web.responses import page, site_of

View = Callable[..., HttpResponseBase]

BUSY = (
    "Too many people have asked for emails in the last hour. Nothing has been sent. Try again in an hour, or follow by "
    "a feed, which you need not ask for."
)
BUSY_NETWORK = (
    "Your network has asked for emails too often in the last hour. Nothing has been sent. Try again in an hour, or "
    "follow by a feed, which you need not ask for."
)
_BUSY = {Limit.ALL: BUSY, Limit.NETWORK: BUSY_NETWORK}
GONE = "A roadmap that is no more"
NOT_SIGNED = (
    "This link is not complete, or not one of ours. Copy all of it from the email, or open the email and press the "
    "link there."
)


def answered(view: View) -> View:
    """For one person alone: kept by no cache, found by no search, and told to no other site."""

    @csrf_exempt  # there is no session that another site could use
    @wraps(view)
    def answering(request: HttpRequest, **parts: Any) -> HttpResponseBase:
        if not settings.SENDS_EMAIL:
            return problem(Format.PAGE, 404, "This site sends no email.")
        if request.method not in ("GET", "HEAD", "POST"):
            detail = f"A {request.method} request cannot be sent to it, only GET, HEAD or POST."
            return problem(Format.PAGE, 405, detail, allow="GET, HEAD, POST")
        try:
            answer = view(request, **parts)
        except BadFilter as error:
            answer = problem(Format.PAGE, 400, str(error), error.problems)
        answer["Cache-Control"] = "no-store"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        answer["Referrer-Policy"] = "same-origin"
        return answer

    return answering


# Asking


@answered
def subscribe(request: HttpRequest, **parts: Any) -> HttpResponseBase:
    return of_newest(_subscribe)(request, **parts)


def _subscribe(request: HttpRequest, reading: RoadmapReading) -> HttpResponse:
    problems: list[Problem] = []
    try:
        filters = read_filters(request.GET, reading.published, reading.now)
    except BadFilter as error:
        filters, problems = error.understood, error.problems
    # The names of filters are no fields here: they lead nowhere.
    problems = [one._replace(name="") for one in problems]
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not problems:
        if is_of_program(request.POST):
            return _asked(reading, filters)
        if form.is_valid() and is_in_time(request.POST, reading.now):
            return _ask(request, reading, filters, form)
        problems = form.problems or [Problem("continue", "", AGAIN)]
    return _form_page(request, reading, filters, form, problems)


def _form_page(
    request: HttpRequest, reading: RoadmapReading, filters: Filters, form: AskForm, problems: list[Problem]
) -> HttpResponse:
    roadmaps = " or ".join(choice.name for choice in reading.roadmap_choices if choice.is_chosen)
    return page_of(
        "subscriptions/pages/subscribe.html",
        reading,
        section="follow",
        status=400 if problems else 200,
        is_passing=True,
        problems=problems,
        form=form,
        often=[(value, label, form["how_often"].value() == value) for value, label in Often.choices],
        chosen="; ".join(filter(None, (roadmaps, selection.in_words(filters, reading.published)))),
        is_of_all=reading.around is None,
        follow_url=reading.addresses.to("follow", query=filters.values),
        action=reading.addresses.to("subscribe", query=filters.values),
        link_url=reverse("web:emails"),
        stamp=stamp(reading.now),
        STAMP=STAMP,
        TRAP=TRAP,
    )


def _ask(request: HttpRequest, reading: RoadmapReading, filters: Filters, form: AskForm) -> HttpResponse:
    asked = Wish(
        address=form.cleaned_data["address"],
        site=site_of(request),
        how_often=Often(form.cleaned_data["how_often"]),
        roadmap_pk=None if isinstance(reading, AllReading) else _roadmap_pk(reading.published),
        query=selection.query_of(reading, filters),
        title=reading.title,
        words=selection.in_words(filters, reading.published, with_typed=False),
    )
    limit = _limit(request, asked.address, reading.now)
    if limit in _BUSY:
        return _busy(_BUSY[limit])
    if limit is None:
        acts.ask(asked, reading.now)
    return _asked(reading, filters)


def _limit(request: HttpRequest, address: str, now: datetime.datetime) -> Limit | None:
    """Which one is passed by sending this form; that of an address is not told."""
    return passed_limit(key_of(address), network_of(_client(request)), now)


def _client(request: HttpRequest) -> str:
    """Whose the request is, as it is known for signing in too: behind a proxy, as that saw them."""
    found = getattr(settings, "AXES_CLIENT_IP_CALLABLE", None)
    return import_string(found)(request) if found else str(request.META.get("REMOTE_ADDR", ""))


def _busy(words: str) -> HttpResponse:
    answer = page("subscriptions/pages/message.html", status=429, title="Nothing has been sent", words=words)
    answer["Retry-After"] = "3600"
    return answer


def _roadmap_pk(published: PublishedRoadmap) -> int:
    return int(Edition.objects.values_list("roadmap_id", flat=True).get(uid=published.edition.uid))


def _asked(reading: RoadmapReading, filters: Filters) -> HttpResponse:
    """The same whoever asked, and whether we know them."""
    back = reading.addresses.to("items", query=filters.values)
    context: dict[str, Any] = {
        "title": reading.title,
        "chosen": selection.in_words(filters, reading.published),
        "back": back,
    }
    return page_of("subscriptions/pages/asked.html", reading, section="follow", is_passing=True, **context)


@answered
def emails(request: HttpRequest) -> HttpResponseBase:
    """For somebody who has no mail at hand: a link to all that they get, sent to them."""
    now = store.now()
    form = AddressForm(request.POST if request.method == "POST" else None)
    problems: list[Problem] = []
    if request.method == "POST":
        is_valid, is_person = form.is_valid(), not is_of_program(request.POST)
        if is_valid and is_in_time(request.POST, now):
            limit = _limit(request, form.cleaned_data["address"], now) if is_person else Limit.ADDRESS
            if limit in _BUSY:
                return _busy(_BUSY[limit])
            if limit is None:
                acts.ask_for_link(form.cleaned_data["address"], now)
            words = (
                "If you get emails from us at that address, we have sent you one more, with a link to all of them. It "
                "may take a few minutes."
            )
            return page("subscriptions/pages/message.html", title="Check your email", words=words)
        problems = form.problems or [Problem("continue", "", AGAIN)]
    return page(
        "subscriptions/pages/emails.html",
        status=400 if problems else 200,
        problems=problems,
        form=form,
        stamp=stamp(now),
        STAMP=STAMP,
        TRAP=TRAP,
    )


# By the links of mails


@answered
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    subscription, now = links.subscription_of(token), store.now()
    if subscription is None:
        return gone()
    if request.method == "POST":
        try:
            acts.confirm(subscription, now)
        except TooLate:
            return _too_late()
        return HttpResponseRedirect(f"{links.manage_path(subscription.subscriber.uid)}?confirmed={subscription.pk}")
    if acts.is_too_late(subscription, now):
        return _too_late()
    if subscription.confirmed_at:
        return HttpResponseRedirect(links.manage_path(subscription.subscriber.uid))
    return page("subscriptions/pages/confirm.html", told=told([subscription], now)[0])


@answered
def manage(request: HttpRequest, token: str) -> HttpResponseBase:
    subscriber, now = links.subscriber_of(token), store.now()
    if subscriber is None:
        return gone()
    there = [*subscriber.subscriptions.filter(confirmed_at__isnull=False).select_related("webhook")]
    done = ""
    if request.method == "POST":
        done = _changed(request, there, now)
        there = [*subscriber.subscriptions.filter(confirmed_at__isnull=False)]
        if not there:
            return _ended()
        return HttpResponseRedirect(f"{request.path}?done={done}" if done else request.path)
    if request.GET.get("confirmed", "").isdecimal():
        done = "confirmed"
    return page(
        "subscriptions/pages/manage.html",
        token=token,
        address=subscriber.address,
        told=told(there, now),
        is_any_paused=any(one.paused_at for one in there),
        is_any_on=any(not one.paused_at for one in there),
        often=Often.choices,
        done=_DONE.get(done or request.GET.get("done", ""), ""),
    )


_DONE = {
    "confirmed": "You will get these emails from now on.",
    "changed": "How often we write has been changed.",
    "paused": "Your emails are paused. We keep what you chose, and send nothing until you go on.",
    "resumed": "You will get emails again from now on.",
    "ended": "That has ended: we will not write about it again.",
}


def _changed(request: HttpRequest, there: list[Subscription], now: datetime.datetime) -> str:
    """Does what was pressed; what, by its name in _DONE. Nothing for what no button of the page says."""
    act, _, which = request.POST.get("act", "").partition(":")
    chosen = [one for one in there if str(one.pk) == which] if which else there
    match act:
        case "change" if chosen and which:
            how_often = request.POST.get(f"how_often:{which}", "")
            if how_often in Often.values:
                acts.change(chosen[0], Often(how_often), now)
                return "changed"
        case "pause":
            acts.pause(chosen, now)
            return "paused"
        case "resume":
            acts.go_on(chosen, now)
            return "resumed"
        case "end":
            acts.end(chosen)
            return "ended"
    return ""


@answered
def end(request: HttpRequest, token: str) -> HttpResponseBase:
    """A POST ends it, whoever sends it: a mail program does, by the header that names it (RFC 8058)."""
    left = links.left_by(token)
    if left is None:
        return gone()
    if request.method == "POST":
        acts.end(left)
        return _ended()
    if not left:
        return _ended()
    return page("subscriptions/pages/end.html", told=told(left, store.now()))


def told(subscriptions: list[Subscription], now: datetime.datetime) -> list[dict[str, Any]]:
    """Each as a page names it: what it is of, and whether there is anything left that it could tell."""
    every = store.newest_of_each(now)
    uids = dict(Edition.objects.filter(uid__in=[known.edition.uid for known in every]).values_list("uid", "roadmap_id"))
    pks = {UUID(known.edition.uid): known for known in every}
    by_roadmap = {roadmap: pks[uid] for uid, roadmap in uids.items()}
    found = []
    for one in subscriptions:
        among = [by_roadmap[one.roadmap_id]] if one.roadmap_id in by_roadmap else []
        if one.roadmap_id is None:
            among = [known for known in every if selection.is_for(one.query, known.edition.roadmap_slug)]
        understood = [
            (known, filters) for known in among if (filters := selection.read(one.query, known, now)) is not None
        ]
        found.append(
            {
                "pk": one.pk,
                "title": _title(one, among, len(every)),
                "words": selection.in_words(understood[0][1], understood[0][0]) if understood else "",
                "url": _url(one, among),
                "is_meaningless": not understood,
                "how_often": one.how_often,
                "often": HOW_OFTEN[Often(one.how_often)],
                "is_paused": bool(one.paused_at),
                "is_confirmed": bool(one.confirmed_at),
                "program": _program(one),
            }
        )
    return found


def _program(one: Subscription) -> str:
    """What the link to its webhook says."""
    webhook = getattr(one, "webhook", None)
    if webhook is None:
        return ""
    if webhook.ended_at:
        return "Your program is not told any more"
    return "Your program does not answer as it must" if webhook.failing_since else "Your program is told too"


def _title(one: Subscription, among: Sequence[PublishedRoadmap], every: int) -> str:
    if one.roadmap_id is None and (len(among) == every or not among):
        return ALL_ROADMAPS
    return joined([known.snapshot.roadmap.title for known in among]) or GONE


def _url(one: Subscription, among: Sequence[PublishedRoadmap]) -> str:
    """Where it can be seen; empty where its roadmap is no more."""
    query = QueryDict(one.query)
    values = [(name, value) for name, values in query.lists() for value in values]
    if one.roadmap_id is None:
        return reverse("web:all:items", query=values or None)
    return public_addresses(among[0].edition.roadmap_slug).to("items", query=values) if among else ""


# What is not there


def gone() -> HttpResponse:
    return page(
        "subscriptions/pages/message.html",
        status=404,
        title="This link does not work",
        words=f"{NOT_SIGNED} It may also be that you ended all your emails: then we have forgotten your address.",
    )


def _too_late() -> HttpResponse:
    words = "A link to confirm works for a day, and this one is older. Ask for the emails again, and we send a new one."
    return page("subscriptions/pages/message.html", status=410, title="This link is too old", words=words)


def _ended() -> HttpResponse:
    words = "We will not write to you about it again. Whoever gets no emails from us any more is forgotten."
    return page("subscriptions/pages/message.html", title="Your emails have ended", words=words)
