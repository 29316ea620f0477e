"""The page of one webhook: whoever confirmed a subscription makes it here, by the signed link of every mail."""

import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase

from roadmap.models.subscription import Subscription
from roadmap.models.webhook import Webhook
from roadmap.published import store
from roadmap.published.filters import Problem
from roadmap.subscriptions import links
from roadmap.subscriptions.limits import may_make_webhook
from roadmap.subscriptions.views import answered, gone, told
from roadmap.subscriptions.webhooks import acts, network
from roadmap.subscriptions.webhooks.network import BadUrl, NotFound, NotPublic, read_url
from roadmap.web.responses import page

SHOWN = 5  # posts
_DONE = {
    "tested": "We post a test within a minute or so. Load this page again to see what came of it.",
    "too-often": "You have had ten tests in the last hour. Try again later.",
    "ended": "The webhook has been taken away. Nothing is posted any more.",
}


@answered
def webhook(request: HttpRequest, token: str, pk: int) -> HttpResponseBase:
    subscriber, now = links.subscriber_of(token), store.now()
    of = subscriber and subscriber.subscriptions.filter(pk=pk, confirmed_at__isnull=False).first()
    if not of:
        return gone()
    there = Webhook.objects.filter(subscription=of).first()
    if request.method != "POST":
        return _page(token, of, there, now, done=request.GET.get("done", ""))
    act, done = request.POST.get("act", ""), ""
    if act == "make" and there is None:
        return _made(request, token, of, now)
    if act == "test" and there:
        is_right = acts.may_test(there, now)
        done = "tested" if is_right else "too-often"
        if is_right:
            acts.test(there, now)
    if act == "end" and there:
        acts.take_away(there)
        done = "ended"
    return HttpResponseRedirect(f"{request.path}?done={done}" if done else request.path)


def _made(request: HttpRequest, token: str, of: Subscription, now: datetime.datetime) -> HttpResponse:
    """The one page that has the secret."""
    typed = request.POST.get("url", "")
    try:
        url = read_url(typed, is_local=settings.LOCAL)
        if not may_make_webhook(of.subscriber.uid, now):
            raise BadUrl("You have tried ten addresses in the last hour. Try again later")
        parts = urlsplit(url)
        network.OUT.way_to(parts.hostname or "", parts.port or 443)
    except BadUrl as error:
        return _page(token, of, None, now, typed=typed, problem=str(error))
    except (NotFound, NotPublic) as error:
        return _page(token, of, None, now, typed=typed, problem=f"We cannot post there: {error}")
    made = acts.make(of, url, now)
    return _page(token, of, made or of.webhook, now, secret=made.secret if made else "")


def _page(
    token: str,
    of: Subscription,
    there: Webhook | None,
    now: datetime.datetime,
    *,
    typed: str = "",
    problem: str = "",
    done: str = "",
    secret: str = "",
) -> HttpResponse:
    problems = [Problem("url", "", problem)] if problem else []
    context: dict[str, Any] = {"webhook": there, "typed": typed, "problem": problem, "secret": secret}
    subscriber = of.subscriber
    return page(
        "subscriptions/pages/webhook.html",
        status=400 if problems else 200,
        problems=problems,
        told=told([of], now)[0],
        done=_DONE.get(done, ""),
        posts=[*there.posts.select_related("letter").order_by("-pk")[:SHOWN]] if there else [],
        back=links.manage_path(subscriber.uid),
        most=network.MOST,
        **context,
    )
