"""Release day's pages: mark items as deployed, in two steps, and move items to another release, in one.

Which items these are about stands in the address: see roadmap.admin.bulk.picked_items. What they write is in
roadmap.working_copies.release_day.
"""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from roadmap.admin.bulk import picked_items
from roadmap.admin.bulk.picked_items import PickedItems, finish, items_in_words, keys_in, of_picked, show, to_page
from roadmap.content.choices import Environment
from roadmap.dates import parse
from roadmap.dates.clock import uk_date
from roadmap.models import Item, Roadmap
from roadmap.models.fields import MAX_WHEN_LENGTH
from roadmap.publishing.audit_trail import recorded
from roadmap.working_copies import release_day
from roadmap.working_copies.many_items import ManyItemsRefused
from roadmap.working_copies.release_day import Marked, Moved

NO_RELEASE = "none"


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
    return to_page(modeladmin, request, queryset, "mark_deployed")


@admin.action(description="Move to release…", permissions=["change"])
def move_items(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
    return to_page(modeladmin, request, queryset, "move")


@of_picked
def mark_deployed_view(request: HttpRequest, picked: PickedItems) -> HttpResponse:
    """Asks where and when, then shows what that would change, then does it."""
    day = picked_items.today()
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
    return show(request, picked, "mark", "Mark as deployed", context)


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
    return show(request, picked, "check", "Mark as deployed", context)


def _mark(request: HttpRequest, picked: PickedItems, form: MarkForm) -> HttpResponse:
    # By item, what the person saw that it was: the boxes send both.
    ticks = (tick.partition(" ") for tick in request.POST.getlist("item"))
    seen = {pk: was for key, _, was in ticks for pk in keys_in(key)}
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
    except ManyItemsRefused as error:
        return _check(request, picked, form, ticked=seen, refusal=str(error))
    words = _marked_words(done, form.label, str(parse(form.cleaned_data["on"])))
    return finish(request, picked, words, is_change=bool(done.changed or done.deployed))


def _marked_words(done: Marked, label: str, date: str) -> list[str]:
    words = [f"Marked {items_in_words(len(done.changed))} as deployed ({label}: {date})."] if done.changed else []
    if done.unchanged:
        words.append(f"{items_in_words(len(done.unchanged))} had this date already.")
    words += [f"The release “{release.title}” is marked as deployed too." for release in done.deployed]
    words += [
        f"The release “{release.title}” is not marked as deployed: something in it is not {label} yet."
        for release in done.waiting
    ]
    return words


@of_picked
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
        except ManyItemsRefused as error:
            form.add_error(None, str(error))
        else:
            return finish(request, picked, _moved_words(done), is_change=bool(done.changed))
    return show(request, picked, "move", "Move to release", {"form": form})


def _where(done: Moved) -> str:
    return f"the release “{done.release.title[:100]}”" if done.release else "no release"


def _moved_words(done: Moved) -> list[str]:
    words = [f"Moved {items_in_words(len(done.changed))} to {_where(done)}."] if done.changed else []
    if done.unchanged:
        words.append(
            f"{items_in_words(len(done.unchanged))} {'was' if len(done.unchanged) == 1 else 'were'} there already."
        )
    return words
