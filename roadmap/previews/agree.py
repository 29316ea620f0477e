"""Where whoever holds a preview link, without an account, agrees to a draft or says what they think of it.

The page lists what differs, and what is said is kept with the digest of each of those drafts: nobody agrees to what
they have not seen. The link itself is what lets them in, so there is no session and nothing for another site to forge.
"""

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from roadmap.content.meanings import digest
from roadmap.models import Agreement, PreviewLink
from roadmap.models.agreement import MAX_COMMENT_LENGTH
from roadmap.models.fields import validate_one_line
from roadmap.previews import draft as drafts
from roadmap.previews import links
from roadmap.previews.banner import PreviewBanner
from roadmap.previews.draft import Draft
from roadmap.previews.links import LinkEnded, NoSuchLink
from roadmap.previews.views import never_kept
from roadmap.published.filters import Problem
from roadmap.web.responses import page

MOST_SAID = 200  # by one link: who holds it may be anybody
MARK_LENGTH = 16  # of each digest, in the form

CHANGED = (
    "The draft has changed since you opened this page, so nothing has been recorded. Read below what it says now, then "
    "choose again."
)
ENOUGH = (
    "This link has been used to answer many times, so it takes no more answers. Ask whoever sent it for a new one, or "
    "answer them by email."
)
_SEEN = re.compile(r"([0-9a-f-]{36})=([0-9a-f]*)")


class AgreeForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        strip=True,
        validators=[validate_one_line],
        error_messages={
            "required": "Enter your name",
            "max_length": "Your name must be %(limit_value)s characters or fewer",
        },
    )
    comment = forms.CharField(
        max_length=MAX_COMMENT_LENGTH,
        required=False,
        error_messages={"max_length": "Your comment must be %(limit_value)s characters or fewer"},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("answer") not in ("agree", "comment"):
            self.add_error(None, "Choose to agree, or to leave a comment")
        elif self.data["answer"] == "comment" and not cleaned.get("comment") and "comment" not in self.errors:
            self.add_error("comment", "Enter your comment")
        return cleaned

    @property
    def problems(self) -> list[Problem]:
        """Each leads to its field."""
        names = {"__all__": ""}
        return [Problem(names.get(name, name), "", str(text)) for name, texts in self.errors.items() for text in texts]


@never_kept
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def agree_view(request: HttpRequest, token: str) -> HttpResponse:
    now = links.current_time()
    try:
        link = links.open_link(token, now)
    except (NoSuchLink, LinkEnded) as error:
        return page("previews/closed.html", status=410 if isinstance(error, LinkEnded) else 404)
    draft = drafts.as_saved(link.roadmap, now)
    about = request.GET.get("about", "")
    about = about if about in draft.differences else ""
    seen = {uid: mark for uid, mark in digests(draft).items() if uid == about or not about}
    form = AgreeForm(request.POST if request.method == "POST" else None)
    refusal = status = None
    if request.method == "POST":
        if link.agreements.count() >= MOST_SAID:
            refusal, status = ENOUGH, 429
        elif not seen or dict(_SEEN.findall(request.POST.get("seen", ""))) != _marks(seen):
            refusal, status = CHANGED, 409
        elif form.is_valid():
            is_agreed = request.POST["answer"] == "agree"
            _keep(link, form.cleaned_data, seen, is_agreed=is_agreed)
            return _show(link, draft, about, seen, form, thanks="agreed" if is_agreed else "commented")
    return _show(link, draft, about, seen, form, refusal=refusal, status=status or 200)


def digests(draft: Draft) -> dict[str, str]:
    """By uid, of all that the draft has otherwise than readers: what a ReadyNote and an Agreement are tied to."""
    return {uid: digest(changes.after) if changes.after else "" for uid, changes in draft.differences.items()}


def _marks(seen: dict[str, str]) -> dict[str, str]:
    return {uid: whole[:MARK_LENGTH] for uid, whole in seen.items()}


def _keep(link: PreviewLink, said: dict[str, str], seen: dict[str, str], *, is_agreed: bool) -> None:
    comment = said["comment"].replace("\r\n", "\n")
    told = {"name": said["name"], "comment": comment, "is_agreed": is_agreed, "seen": seen}
    Agreement.objects.create(roadmap=link.roadmap, link=link, said_at=links.current_time(), **told)


def _show(
    link: PreviewLink,
    draft: Draft,
    about: str,
    seen: dict[str, str],
    form: AgreeForm,
    *,
    status: int = 200,
    **said: Any,
) -> HttpResponse:
    addresses = links.addresses_by_link(link)
    banner = PreviewBanner(draft=draft, addresses=addresses, page_name="home", parts={}, expires_at=link.expires_at)
    lines = [banner.line(draft.differences[uid]) for uid in seen]
    context = {
        "title": draft.would_be.snapshot.roadmap.title,
        "lines": lines,
        "about": about,
        "seen": " ".join(f"{uid}={mark}" for uid, mark in _marks(seen).items()),
        "form": form,
        "problems": form.problems if form.is_bound and not said.get("refusal") and not said.get("thanks") else [],
        "home": addresses.home,
        "back": lines[0].url if about and lines and lines[0].url else addresses.home,
        "all_url": reverse("preview_agree", args=[links.token_of(link)]),
        "refusal": "",
        "thanks": "",
        **said,
    }
    return page("previews/agree.html", status=status, **context)
