"""One change of many items, in two steps: what to do, then each item before and after; one button does it.

Dates, the roadmap's own columns, APIs and audiences. What happens to one item is in roadmap.working_copies.bulk.
Marking as deployed and moving to a release are in release_day_views.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from roadmap.admin.bulk import picked_items
from roadmap.admin.bulk.picked_items import PickedItems, finish, items_in_words, keys_in, of_picked, show, to_page
from roadmap.content.choices import Environment
from roadmap.content.meanings import digest
from roadmap.content.things import ItemContent, in_words, joined
from roadmap.markdown import settled
from roadmap.models import Api, Field, FieldValue, Item, ItemApi, Roadmap
from roadmap.models.fields import MAX_WHEN_LENGTH, validate_one_line, validate_when
from roadmap.publishing.audit_trail import recorded
from roadmap.working_copies import bulk, from_content
from roadmap.working_copies.many_items import (
    ItemEdit,
    ItemsChanged,
    ItemsGone,
    ManyItemsRefused,
    by_key,
    edit_items,
)
from roadmap.working_copies.release_day import NO_DATE

NOTHING = "–"
GONE = "What you chose has been deleted meanwhile, so nothing was changed. Begin again from the list of items."
MARK_LENGTH = 32  # of the digest that says how an item was when it was shown


class OneLine(forms.CharField):
    def __init__(self, **kwargs: Any):
        widget = forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"})
        super().__init__(**{"widget": widget, "validators": [validate_one_line], **kwargs})

    def to_python(self, value: Any) -> str:
        return settled(super().to_python(value) or "").strip()


class BulkForm(forms.Form):
    """What is to be done. `change` and the words are asked only of a form that was found valid."""

    title: ClassVar[str]

    def __init__(self, *args: Any, roadmap: Roadmap, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.prepare(roadmap)

    def prepare(self, roadmap: Roadmap) -> None:
        """Gives fields their choices."""

    def change(self, item: ItemContent) -> ItemContent:
        """Raises ValidationError."""
        raise NotImplementedError

    def said(self, item: ItemContent) -> str:
        """Of an item, what this changes, in words: before and after."""
        raise NotImplementedError

    @property
    def heading(self) -> str:
        """Of the second step: what will be done."""
        raise NotImplementedError


class DateForm(BulkForm):
    title = "Set a date"
    environment = forms.TypedChoiceField(
        coerce=Environment,
        widget=forms.RadioSelect,
        label="Where",
        error_messages={"required": "Choose which date to set."},
    )
    when = OneLine(
        required=False,
        max_length=MAX_WHEN_LENGTH,
        validators=[validate_one_line, validate_when],
        label="Date",
        help_text="For example “March 2027”, “Q2 2027” or “to be confirmed”. Leave it empty to take the date away.",
    )

    def prepare(self, roadmap: Roadmap) -> None:
        self.labels = roadmap.environment_labels
        environment: Any = self.fields["environment"]
        environment.choices = [(environment.value, self.labels[environment]) for environment in Environment]

    def change(self, item: ItemContent) -> ItemContent:
        where, text = self.cleaned_data["environment"], self.cleaned_data["when"]
        return bulk.with_date(item, where, text, self.labels[where], picked_items.today())

    def said(self, item: ItemContent) -> str:
        milestone = item.milestone(self.cleaned_data["environment"])
        if milestone is None:
            return NO_DATE
        return f"{milestone.when or 'no date'}{', deployed' if milestone.is_deployed else ''}"

    @property
    def heading(self) -> str:
        return f"{self.labels[self.cleaned_data['environment']]}: {self.cleaned_data['when'] or NO_DATE}"


class ColumnForm(BulkForm):
    title = "Set one of the roadmap’s own fields"
    column = forms.ModelChoiceField(
        Field.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        label="Which",
        error_messages={"required": "Choose which one to set.", "invalid_choice": "Choose one of this roadmap’s."},
    )
    value = OneLine(
        required=False,
        max_length=FieldValue._meta.get_field("value").max_length,
        label="Value",
        help_text="Leave it empty to clear it.",
    )

    def prepare(self, roadmap: Roadmap) -> None:
        column: Any = self.fields["column"]
        column.queryset = roadmap.fields.all()
        column.label_from_instance = lambda found: found.name

    def change(self, item: ItemContent) -> ItemContent:
        return bulk.with_value(item, self.cleaned_data["column"].key, self.cleaned_data["value"])

    def said(self, item: ItemContent) -> str:
        key = self.cleaned_data["column"].key
        return next((own.value for own in item.fields if own.key == key), NOTHING)

    @property
    def heading(self) -> str:
        return f"{self.cleaned_data['column'].name}: {self.cleaned_data['value'] or 'empty'}"


ADD, REMOVE = "add", "remove"


class AddsOrRemoves(BulkForm):
    act = forms.ChoiceField(
        choices=[(ADD, "Add"), (REMOVE, "Remove")], widget=forms.RadioSelect, initial=ADD, label="What to do"
    )

    @property
    def adds(self) -> bool:
        return bool(self.cleaned_data["act"] == ADD)

    @property
    def verb(self) -> str:
        return "Add" if self.adds else "Remove"


class ApiForm(AddsOrRemoves):
    title = "Add or remove an API"
    api = forms.ModelChoiceField(
        Api.objects.order_by("name"),
        label="API",
        empty_label="Choose an API",
        help_text="One that is not there yet is added under APIs first.",
        error_messages={"required": "Choose an API."},
    )
    version = OneLine(
        required=False,
        max_length=ItemApi._meta.get_field("version").max_length,
        label="Version",
        help_text="Where you add it. To remove, every version goes.",
    )

    def prepare(self, roadmap: Roadmap) -> None:
        api: Any = self.fields["api"]
        api.label_from_instance = lambda found: found.name

    def change(self, item: ItemContent) -> ItemContent:
        api = self.cleaned_data["api"]
        if self.adds:
            return bulk.with_api(item, api.name, api.url, self.cleaned_data["version"])
        return bulk.without_api(item, api.name)

    def said(self, item: ItemContent) -> str:
        return joined([str(api) for api in item.apis]) or NOTHING

    @property
    def heading(self) -> str:
        version = self.cleaned_data["version"] if self.adds else ""
        return f"{self.verb} {self.cleaned_data['api'].name} {version}".strip()


class AudienceForm(AddsOrRemoves):
    title = "Add or remove an audience"
    audience = OneLine(
        max_length=100,
        label="Audience",
        help_text="One of them, for example “Agents”.",
        error_messages={"required": "Enter an audience."},
    )

    def clean_audience(self) -> str:
        name: str = self.cleaned_data["audience"]
        if "," in name or ";" in name:
            raise ValidationError("Enter one audience at a time, without a comma.")
        return name

    def change(self, item: ItemContent) -> ItemContent:
        apply = bulk.with_audience if self.adds else bulk.without_audience
        return apply(item, self.cleaned_data["audience"])

    def said(self, item: ItemContent) -> str:
        return in_words(item.audiences) or NOTHING

    @property
    def heading(self) -> str:
        return f"{self.verb} {self.cleaned_data['audience']}"


FORMS: dict[str, type[BulkForm]] = {"date": DateForm, "field": ColumnForm, "api": ApiForm, "audience": AudienceForm}


@dataclass(frozen=True)
class BulkStep:
    """One item, as it would be."""

    item: Item
    mark: str
    before: str
    after: str
    refusal: str = ""

    @property
    def is_so_already(self) -> bool:
        return self.before == self.after and not self.refusal


@of_picked
def bulk_view(request: HttpRequest, picked: PickedItems, what: str) -> HttpResponse:
    """`what` is one of FORMS; the steps are "ask", "check" and "do"."""
    if what not in FORMS:
        raise Http404
    contents = by_key(picked.roadmap, [item.pk for item in picked.items])
    step = request.POST.get("step")
    is_sent = step in ("check", "do")
    typed = {name: request.POST[name] for name in FORMS[what].base_fields if name in request.POST}
    form = FORMS[what](request.POST if is_sent else None, initial=typed, roadmap=picked.roadmap)
    if is_sent and form.is_valid():
        if step == "do":
            return _do(request, picked, form, contents)
        return _check(request, picked, form, contents)
    return show(request, picked, "change", form.title, {"form": form})


def _plan(picked: PickedItems, form: BulkForm, contents: dict[int, ItemContent]) -> list[BulkStep]:
    steps = []
    for item in picked.items:
        if (content := contents.get(item.pk)) is None:
            continue
        mark, before = digest(content)[:MARK_LENGTH], form.said(content)
        try:
            steps.append(BulkStep(item, mark, before, form.said(_checked(form, content))))
        except ValidationError as error:
            steps.append(BulkStep(item, mark, before, before, " ".join(error.messages)))
    return steps


def _checked(form: BulkForm, content: ItemContent) -> ItemContent:
    after = form.change(content)
    from_content.check(after)
    return after


def _check(
    request: HttpRequest,
    picked: PickedItems,
    form: BulkForm,
    contents: dict[int, ItemContent],
    *,
    ticked: Iterable[int] | None = None,
    refusal: str = "",
) -> HttpResponse:
    steps = _plan(picked, form, contents)
    chosen = {step.item.pk for step in steps if not step.refusal} if ticked is None else {*ticked}
    context = {
        "form": form,
        "rows": [(step, step.item.pk in chosen) for step in steps if not step.is_so_already and not step.refusal],
        "already": [step for step in steps if step.is_so_already],
        "refused": [step for step in steps if step.refusal],
        "refusal": refusal,
    }
    return show(request, picked, "change_check", form.title, context)


def _do(request: HttpRequest, picked: PickedItems, form: BulkForm, contents: dict[int, ItemContent]) -> HttpResponse:
    ticks = (tick.partition(" ") for tick in request.POST.getlist("item"))
    seen = {pk: mark for key, _, mark in ticks for pk in keys_in(key) if pk in {item.pk for item in picked.items}}
    if not seen:
        return _check(request, picked, form, contents, ticked=[], refusal="Tick at least one item.")

    def change_all() -> int:
        if not type(form)(request.POST, roadmap=picked.roadmap).is_valid():  # asked again under the lock
            raise ManyItemsRefused(GONE)
        done = edit_items(roadmap=picked.roadmap, edits={pk: _edit(form, mark) for pk, mark in seen.items()})
        if done.gone:
            raise ItemsGone(len(done.gone))
        if done.overtaken:
            raise ItemsChanged([content.title for content in done.overtaken.values()])
        if done.refused:  # shown without a box: somebody sent it by other means
            raise ManyItemsRefused(" ".join(next(iter(done.refused.values())).messages))
        return len(done.changed)

    try:
        count = recorded(picked.roadmap, change_all, by=request.user, action=form.heading[:200])
    except ManyItemsRefused as error:
        contents = by_key(picked.roadmap, [item.pk for item in picked.items])
        return _check(request, picked, form, contents, ticked=seen, refusal=str(error))
    words = [f"{form.heading}: done for {items_in_words(count)}."] if count else []
    return finish(request, picked, words, is_change=bool(count))


def _edit(form: BulkForm, mark: str) -> ItemEdit:
    return ItemEdit(
        change=lambda content: _checked(form, content),
        is_as_seen=lambda content: digest(content)[:MARK_LENGTH] == mark,
    )


def urls(guard: Callable[[Any], Any]) -> list[URLPattern]:
    return [path("change/<slug:what>/", guard(bulk_view), name="roadmap_item_bulk")]


def _action(what: str, form: type[BulkForm]) -> Any:
    @admin.action(description=f"{form.title}…", permissions=["change"])
    def act(modeladmin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        return to_page(modeladmin, request, queryset, "bulk", what=what)

    act.__name__ = f"bulk_{what}"
    return act


ACTIONS = [_action(what, form) for what, form in FORMS.items()]
