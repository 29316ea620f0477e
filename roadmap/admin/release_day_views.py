"""Release day's pages: mark items as deployed, in two steps, and move items to another release, in one.

Which items these are about stands in the address, as primary keys: `?items=1,2` or, for all that is in some releases,
`?releases=3`. What they write is in roadmap.working_copies.release_day.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from roadmap.admin.permissions import own_only
from roadmap.admin.to_check import tell
from roadmap.admin.views import next_step, page
from roadmap.content.choices import Environment
from roadmap.dates import parse
from roadmap.dates.clock import uk_date
from roadmap.models import Item, Release, Roadmap
from roadmap.models.fields import MAX_WHEN_LENGTH
from roadmap.publishing.audit_trail import recorded
from roadmap.working_copies import release_day
from roadmap.working_copies.release_day import Marked, Moved, ReleaseDayRefused

MOST_ITEMS = 400  # so that their keys fit into an address (gunicorn takes 4,094 characters), and ticks into a form
NO_RELEASE = "none"


def today() -> datetime.date:
    """In London. A function of its own, so that a test can say which day it is."""
    return timezone.localdate()


class NotPicked(Exception):
    """The address names nothing that this could be done to. The message says what to do."""


@dataclass(frozen=True)
class PickedItems:
    """What the page is about."""

    roadmap: Roadmap
    items: Sequence[Item]
    releases: Sequence[Release]

    @property
    def words(self) -> str:
        if self.releases:
            return " and ".join(release.title for release in self.releases)
        return f"{_items(len(self.items))} of {self.roadmap}"

    def undeployed(self, environment: Environment) -> list[Release]:
        """The releases that are deployed once all that is in them is there."""
        return [release for release in self.releases if environment is Environment.LIVE and not release.is_deployed]


class MarkForm(forms.Form):
    environment = forms.TypedChoiceField(coerce=Environment, widget=forms.RadioSelect, label="Where it is now")
    on = forms.CharField(
        max_length=MAX_WHEN_LENGTH,
        label="Deployed on",
        help_text="The real date, as readers will see it. Where you do not know the day: “March 2026”.",
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, roadmap: Roadmap, today: datetime.date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.roadmap, self.today = roadmap, today
        labels = roadmap.environment_labels
        choices: Any = self.fields["environment"]
        choices.choices = [(environment.value, labels[environment]) for environment in Environment]
        choices.error_messages["required"] = f"Choose {labels.test}, {labels.controlled_go_live} or {labels.live}."

    @property
    def asked(self) -> dict[str, Any]:
        """What `plan` and `mark_deployed` take, but for the items. Only where it was found valid."""
        said = {"environment": self.cleaned_data["environment"], "on_text": self.cleaned_data["on"]}
        return {"roadmap": self.roadmap, **said, "today": self.today}

    @property
    def label(self) -> str:
        return self.roadmap.environment_labels[self.cleaned_data["environment"]]

    def clean_on(self) -> str:
        text: str = self.cleaned_data["on"]
        try:
            release_day.deployment_date(text, self.today)
        except release_day.NotADeploymentDate as error:
            raise forms.ValidationError(str(error), code="not_a_deployment_date") from error
        return text


class MoveForm(forms.Form):
    release = forms.ChoiceField(
        widget=forms.RadioSelect,
        label="Move to",
        error_messages={
            "required": "Choose a release, or “No release”.",
            "invalid_choice": str(release_day.ReleaseGone()),
        },
    )

    def __init__(self, *args: Any, roadmap: Roadmap, **kwargs: Any):
        super().__init__(*args, **kwargs)
        releases = [
            (str(release.pk), f"{release} (deployed)" if release.is_deployed else str(release))
            for release in roadmap.releases.all()
        ]
        choices: Any = self.fields["release"]
        choices.choices = [*releases, (NO_RELEASE, "No release")]


@admin.action(description="Mark as deployed…", permissions=["change"])
def mark_as_deployed(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return _to_page(modeladmin, request, queryset, "mark_deployed")


@admin.action(description="Move to release…", permissions=["change"])
def move_items(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return _to_page(modeladmin, request, queryset, "move")


def _to_page(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any], name: str) -> HttpResponse | None:
    """None, with a message, keeps the list as it is."""
    nouns = f"{modeladmin.opts.model_name}s"
    keys = sorted({*queryset.order_by().values_list("pk", flat=True)})
    try:
        if len(keys) > MOST_ITEMS:
            raise NotPicked(f"Choose {MOST_ITEMS} at most: you chose {len(keys):,}.")
        _picked(request.user, **{nouns: keys})
    except NotPicked as error:
        messages.error(request, str(error))
        return None
    query = [f"{nouns}={','.join(map(str, keys))}", modeladmin.get_preserved_filters(request)]
    return HttpResponseRedirect(f"{reverse(f'admin:roadmap_item_{name}')}?{'&'.join(filter(None, query))}")


def _of_picked(view: Callable[[HttpRequest, PickedItems], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view of the items in the address: back to the list, with a message, where they cannot be worked on."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("roadmap.change_item"):
            raise PermissionDenied
        wanted = {name: _keys(request.GET.get(name, "")) for name in ("items", "releases")}
        if wanted["releases"] and not request.user.has_perm("roadmap.change_release"):
            raise PermissionDenied
        try:
            picked = _picked(request.user, **wanted)
        except NotPicked as error:
            messages.error(request, str(error))
            return redirect(f"admin:roadmap_{'release' if wanted['releases'] else 'item'}_changelist")
        return view(request, picked)

    return answer


@_of_picked
def mark_deployed_view(request: HttpRequest, picked: PickedItems) -> HttpResponse:
    """Asks where and when, then shows what that would change, then does it."""
    day = today()
    step = request.POST.get("step")
    if step in ("check", "mark"):
        form = MarkForm(request.POST, roadmap=picked.roadmap, today=day)
        if form.is_valid():
            return (_mark if step == "mark" else _check)(request, picked, form)
    else:
        # Back from the second step: what was typed is kept, and nothing is refused yet.
        typed = {name: request.POST[name] for name in ("environment", "on") if name in request.POST}
        form = MarkForm(initial={"on": uk_date(day), **typed}, roadmap=picked.roadmap, today=day)
    labels = {environment: picked.roadmap.environment_labels[environment] for environment in Environment}
    rows = []
    for item in picked.items:
        dates = milestone_dates(item)
        rows.append((item, [(label, dates.get(environment, "–")) for environment, label in labels.items()]))
    context = {"form": form, "rows": rows, "labels": [*labels.values()]}
    return _show(request, picked, "mark", "Mark as deployed", context)


def milestone_dates(item: Item) -> dict[str, str]:
    """By environment, in words."""
    return {milestone.environment: milestone.in_words for milestone in item.milestones.all()}


def _check(
    request: HttpRequest, picked: PickedItems, form: MarkForm, *, ticked: Iterable[int] | None = None, refusal: str = ""
) -> HttpResponse:
    """What would change. An item that was deployed there on a date of its own is offered without a tick."""
    found = release_day.plan(items=[item.pk for item in picked.items], **form.asked)
    chosen = {mark.item.pk for mark in found if not mark.was_deployed_on} if ticked is None else {*ticked}
    context = {
        "form": form,
        "rows": [(mark, mark.item.pk in chosen) for mark in found if not mark.is_so_already],
        "already": [mark for mark in found if mark.is_so_already],
        "becomes": found[0].becomes if found else "",
        "has_own_dates": any(mark.was_deployed_on and not mark.is_so_already for mark in found),
        "undeployed": picked.undeployed(form.cleaned_data["environment"]),
        "refusal": refusal,
    }
    return _show(request, picked, "check", "Mark as deployed", context)


def _mark(request: HttpRequest, picked: PickedItems, form: MarkForm) -> HttpResponse:
    # By item, what the person saw that it was: the boxes send both.
    ticks = (tick.partition(" ") for tick in request.POST.getlist("item"))
    seen = {pk: was for key, _, was in ticks for pk in _keys(key)}
    undeployed = [release.pk for release in picked.undeployed(form.cleaned_data["environment"])]
    if not seen and not undeployed:
        return _check(request, picked, form, ticked=[], refusal="Tick at least one item.")
    try:
        done = recorded(
            picked.roadmap,
            lambda: release_day.mark_deployed(items=seen, releases=undeployed, seen=seen, **form.asked),
            by=request.user,
            action=f"Marked as deployed: {form.label}",
        )
    except ReleaseDayRefused as error:
        return _check(request, picked, form, ticked=seen, refusal=str(error))
    words = _marked_words(done, form.label, str(parse(form.cleaned_data["on"])))
    return _done(request, picked, words, is_change=bool(done.changed or done.deployed))


def _marked_words(done: Marked, label: str, date: str) -> list[str]:
    words = [f"Marked {_items(len(done.changed))} as deployed ({label}: {date})."] if done.changed else []
    if done.unchanged:
        words.append(f"{_items(len(done.unchanged))} had this date already.")
    words += [f"The release “{release.title}” is marked as deployed too." for release in done.deployed]
    words += [
        f"The release “{release.title}” is not marked as deployed: something in it is not {label} yet."
        for release in done.waiting
    ]
    return words


@_of_picked
def move_view(request: HttpRequest, picked: PickedItems) -> HttpResponse:
    form = MoveForm(request.POST if request.method == "POST" else None, roadmap=picked.roadmap)
    if form.is_valid():
        key = form.cleaned_data["release"]
        items, release = [item.pk for item in picked.items], None if key == NO_RELEASE else int(key)
        try:
            done = recorded(
                picked.roadmap,
                lambda: release_day.move_to_release(roadmap=picked.roadmap, items=items, release=release),
                by=request.user,
                action=lambda done: f"Moved to {_where(done)}",
            )
        except ReleaseDayRefused as error:
            form.add_error(None, str(error))
        else:
            return _done(request, picked, _moved_words(done), is_change=bool(done.changed))
    return _show(request, picked, "move", "Move to release", {"form": form})


def _where(done: Moved) -> str:
    return f"the release “{done.release.title[:100]}”" if done.release else "no release"


def _moved_words(done: Moved) -> list[str]:
    words = [f"Moved {_items(len(done.changed))} to {_where(done)}."] if done.changed else []
    if done.unchanged:
        words.append(f"{_items(len(done.unchanged))} {'was' if len(done.unchanged) == 1 else 'were'} there already.")
    return words


# What both pages share


def _keys(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part.isascii() and part.isdecimal() and len(part) < 19]


def _picked(user: Any, items: Sequence[int] = (), releases: Sequence[int] = ()) -> PickedItems:
    """Raises NotPicked where they are gone, are not this person's, are none, too many, or of several roadmaps."""
    if len(items) > MOST_ITEMS:
        raise NotPicked(f"Choose {MOST_ITEMS} items at most.")
    found_releases = _found(user, Release.objects.select_related("roadmap"), releases)
    rows = Item.objects.select_related("roadmap", "release").prefetch_related("milestones")
    if releases:
        found_items = [*own_only(user, rows.filter(release__in=releases))[: MOST_ITEMS + 1]]
        if len(found_items) > MOST_ITEMS:
            raise NotPicked(f"These releases have more than {MOST_ITEMS} items. Choose items from their list instead.")
        if not found_items:
            raise NotPicked("There are no items in this release, so there is nothing to mark as deployed.")
    else:
        found_items = _found(user, rows, items)
    roadmaps = {thing.roadmap for thing in [*found_items, *found_releases]}
    if len(roadmaps) != 1:
        names = " and ".join(sorted(str(roadmap) for roadmap in roadmaps))
        several = f"These belong to {names}. Choose from one roadmap at a time."
        raise NotPicked(several if roadmaps else "Nothing was chosen. Tick what you mean in the list first.")
    return PickedItems(roadmaps.pop(), found_items, found_releases)


def _found(user: Any, rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    found = [*own_only(user, rows.filter(pk__in=keys))]
    if gone := len({*keys}) - len(found):
        nouns = rows.model._meta.verbose_name if gone == 1 else rows.model._meta.verbose_name_plural
        raise NotPicked(
            f"{gone} {nouns} of those you chose {'is' if gone == 1 else 'are'} not there any more. "
            "Nothing was changed: choose again from what is left."
        )
    return found


def _show(
    request: HttpRequest, picked: PickedItems, template: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    noun: type[Model] = Release if picked.releases else Item
    shared = {"title": title, "subtitle": picked.words, "opts": noun._meta, "picked": picked}
    return page(request, f"release_day/{template}", {**shared, "back": _back_url(request, picked), **context})


def _back_url(request: HttpRequest, picked: PickedItems) -> str:
    """The release, or the list from which the items were chosen, filtered as it was."""
    if len(picked.releases) == 1:
        return reverse("admin:roadmap_release_change", args=[picked.releases[0].pk])
    noun = Release if picked.releases else Item
    url = reverse(f"admin:roadmap_{noun._meta.model_name}_changelist")
    filters = request.GET.get("_changelist_filters")
    return f"{url}?{filters}" if filters else url


def _done(request: HttpRequest, picked: PickedItems, words: list[str], *, is_change: bool) -> HttpResponse:
    if is_change:
        messages.success(request, format_html("{} {}", " ".join(words), next_step(request.user, picked.roadmap)))
        uids = [*(str(item.uid) for item in picked.items), *(str(release.uid) for release in picked.releases)]
        tell(request, picked.roadmap, uids, today())
    else:
        messages.warning(request, " ".join(["Nothing was changed.", *words]))
    return HttpResponseRedirect(_back_url(request, picked))


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"
