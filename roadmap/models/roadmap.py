"""Working copies of a roadmap, and of what it is made of besides its items; and what staff saved of them all."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import URLResolver, get_resolver, reverse
from django.utils.text import slugify

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, HORIZON_LABELS, Environment, Noun
from roadmap.content.things import Content, EnvironmentLabels, from_json
from roadmap.models.fields import MarkdownField, OneLineField, PlainTextField, PositionField, WhenField
from roadmap.models.published import Immutable, ImmutableQuerySet


def addresses_of_site() -> frozenset[str]:
    """The first part of each address that the site itself uses: no roadmap's may begin so."""
    served = (urlsplit(url).path for url in (settings.STATIC_URL, settings.MEDIA_URL))
    routes = (route.strip("/").split("/")[0] for route in (*served, *_routes(get_resolver())))
    return frozenset(first for first in routes if re.fullmatch(r"[\w.-]+", first))


def _routes(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLResolver) and not route:
            yield from _routes(pattern)
        else:
            yield route


def validate_slug_is_free(slug: str) -> None:
    if slug.lower() in addresses_of_site():
        raise ValidationError(f"The site itself uses the address “{slug}”. Choose another.", code="reserved")


def label_field(name: str, environment: Environment, examples: str) -> OneLineField:
    usual = DEFAULT_ENVIRONMENT_LABELS[environment]
    return OneLineField(name, max_length=50, default=usual, help_text=f"For example {examples}.")


class RoadmapQuerySet(models.QuerySet["Roadmap"]):
    def lock(self, pk: int) -> Roadmap:
        """The roadmap, held until the transaction ends: whoever writes working copies or publishes takes it first.

        So an Edition never holds half of somebody's save. Raises Roadmap.DoesNotExist; needs a transaction.
        """
        return self.select_for_update(of=("self",)).get(pk=pk)


class Roadmap(models.Model):
    """Working copy of one service's roadmap."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = OneLineField(help_text="As readers see it, for example “VAT (MTD) roadmap”.")
    slug = models.SlugField(
        "address",
        unique=True,
        validators=[validate_slug_is_free],
        help_text="The part of its web address: /vat-mtd/. It stays for good once the roadmap has been published.",
    )
    reference_prefix = models.CharField(
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z][A-Z0-9]*\Z", "Use capital letters and digits, a letter first: VAT.")],
        help_text="Begins the reference of every new item: VAT gives VAT-1, VAT-2 and so on.",
    )
    position = PositionField(help_text="Its place in the list of roadmaps: 0 comes first. Leave empty to put it last.")
    description = PlainTextField(
        max_length=1000,
        blank=True,
        help_text="One or two sentences under the title, and in the list of roadmaps. Plain text.",
    )
    contact_name = OneLineField("team", help_text="Who answers enquiries.")
    contact_email = models.EmailField("email address", help_text="Where the enquiry link on every page writes to.")
    contact_subject = OneLineField(
        "subject line",
        blank=True,
        default="Roadmap enquiry",
        help_text="The subject that the enquiry link fills in. An item's link adds its reference and title.",
    )
    test_label = label_field("name of the test environment", Environment.TEST, "Sandbox or Test")
    controlled_go_live_label = label_field(
        "name of controlled go-live", Environment.CONTROLLED_GO_LIVE, "Controlled go-live or Private beta"
    )
    live_label = label_field("name of the live environment", Environment.LIVE, "Live or Production")
    footer = MarkdownField(blank=True, help_text="At the foot of every page of this roadmap.")
    notice_title = OneLineField(
        "title of the notice",
        blank=True,
        help_text="Stands at the top of every page between the two times below, for example “Sandbox closed for "
        "maintenance”. Leave it and the times empty for no notice.",
    )
    notice_body = MarkdownField("text of the notice", blank=True)
    notice_starts_at = models.DateTimeField("shown from", null=True, blank=True, help_text="London time.")
    notice_ends_at = models.DateTimeField("shown until", null=True, blank=True, help_text="London time.")
    asks_reasons = models.BooleanField(
        "ask why when a date moves later",
        default=True,
        help_text="Publishing then needs a reason for every such date. Readers see it beside the change.",
    )
    asks_second_person = models.BooleanField(
        "another person publishes",
        default=False,
        help_text="What somebody edited is then published by somebody else. Nobody publishes their own changes.",
    )
    hides_date_history = models.BooleanField(
        "keep earlier dates to ourselves",
        default=False,
        help_text="Readers then see what a date is, not what it was: on items, in changes, feeds and the API. "
        "The roadmap as it stood on an earlier day is not shown either.",
    )
    team = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="roadmaps",
        help_text="Who may edit and publish this roadmap. Leave empty for everybody whose role allows it.",
    )
    last_item_number = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[RoadmapQuerySet] = RoadmapQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["position", "title"]
        permissions = [("publish_roadmap", "Can publish a roadmap")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="roadmap_has_a_title"),
            models.CheckConstraint(condition=~Q(contact_email=""), name="roadmap_has_a_contact"),
            models.CheckConstraint(
                condition=Q(notice_starts_at=None)
                | Q(notice_ends_at=None)
                | Q(notice_ends_at__gt=models.F("notice_starts_at")),
                name="notice_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ValidationError where a new roadmap's address is one of the site's own, ValueError where that of a
        published one would change: its Editions are kept under it.
        """
        if self._state.adding:
            validate_slug_is_free(self.slug)
        if self.pk and Roadmap.objects.filter(pk=self.pk, editions__isnull=False).exclude(slug=self.slug).exists():
            raise ValueError(f"“{self.title}” has been published: its address stays.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("web:home", args=[self.slug])

    def clean(self) -> None:
        """A notice is whole: a title and both times."""
        said: dict[str, Any] = {"notice_title": self.notice_title, "notice_body": self.notice_body}
        said |= {"notice_starts_at": self.notice_starts_at, "notice_ends_at": self.notice_ends_at}
        asked = {
            "notice_title": "Give the notice a title.",
            "notice_starts_at": "Say from when the notice is shown.",
            "notice_ends_at": "Say until when the notice is shown.",
        }
        missing = {name: words for name, words in asked.items() if not said[name]}
        if missing and any(said.values()):
            raise ValidationError(missing)
        if self.notice_starts_at and self.notice_ends_at and self.notice_ends_at <= self.notice_starts_at:
            raise ValidationError({"notice_ends_at": "This must be later than when the notice begins."})

    @property
    def title_and_address(self) -> str:
        """In a choice and in a list: another roadmap may have the same title."""
        return f"{self.title} (/{self.slug}/)"

    @property
    def environment_labels(self) -> EnvironmentLabels:
        return EnvironmentLabels(
            test=self.test_label, controlled_go_live=self.controlled_go_live_label, live=self.live_label
        )


class Page(models.Model):
    """Working copy of one Markdown page of a roadmap."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="pages")
    title = OneLineField()
    slug = models.SlugField(
        "address",
        blank=True,
        max_length=80,
        help_text="Made from the title if you leave it empty. It stays for good once the page has been published.",
    )
    body = MarkdownField("text", blank=True)
    is_on_home = models.BooleanField(
        "show on the home page",
        default=False,
        help_text="Shows the whole text on the roadmap's home page too, under the page's title.",
    )
    position = PositionField(
        within=["roadmap"], help_text="Its place among the pages: 0 comes first. Leave empty to put it last."
    )

    class Meta:
        ordering = ["roadmap", "position", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["roadmap", "slug"],
                name="page_slug_is_used_once",
                violation_error_message="Another page of this roadmap has this address. Choose another.",
            ),
            models.CheckConstraint(condition=~Q(slug=""), name="page_has_a_slug"),
            models.CheckConstraint(condition=~Q(title=""), name="page_has_a_title"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("web:page", args=[self.roadmap.slug, self.slug])

    def clean(self) -> None:
        if not self.slug:
            self.slug = slugify(self.title)[:80].strip("-")
        if not self.slug:
            raise ValidationError({"slug": "Give an address: the title has no letters or digits to make one from."})


class Release(models.Model):
    """Working copy of a dated group of items."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="releases")
    title = OneLineField(help_text="For example “June 2026” or “Near term”.")
    when = WhenField("date", blank=True, help_text="When it is expected, if the title does not say so.")
    horizon = models.CharField(
        "term",
        max_length=10,
        blank=True,
        choices=[*HORIZON_LABELS.items()],
        help_text="Where its items stand in the backlog. Leave empty for “Planned”.",
    )
    is_deployed = models.BooleanField(
        "deployed", default=False, help_text="Tick when it has gone live: all its items then show as live."
    )
    introduction = MarkdownField(blank=True, help_text="Shown above its items.")
    position = PositionField(
        within=["roadmap"],
        help_text="Its place among the releases: 0 comes first, and releases in the same place go by date. "
        "Leave empty to put it last.",
    )

    class Meta:
        ordering = ["roadmap", "position", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="release_has_a_title")]

    def __str__(self) -> str:
        return f"{self.title}: {self.when}" if self.when and self.when != self.title else self.title


class Api(models.Model):
    """Working copy of a named API with its documentation, kept once and linked from items."""

    name = OneLineField(unique=True, help_text="As the Developer Hub names it, for example “VAT (MTD) API”.")
    url = models.URLField(
        "documentation", blank=True, max_length=500, help_text="Items that concern this API link here."
    )

    class Meta:
        verbose_name = "API"
        verbose_name_plural = "APIs"
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="api_has_a_name")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuses a name that is another's but for capitals: whoever types that name could get either."""
        alike = Api.objects.filter(name__iexact=self.name).exclude(pk=self.pk).exclude(name=self.name).first()
        if alike is not None and not Api.objects.filter(pk=self.pk, name=self.name).exists():
            raise ValidationError({"name": f"There is “{alike}” already. Use that, or choose another name."})


class Field(models.Model):
    """Working copy of a column that one roadmap adds to its items."""

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="fields")
    name = OneLineField(help_text="The heading of the column, for example “Tax years”.")
    key = models.SlugField(
        max_length=80, editable=False, help_text="Its name in the CSV and the API, made from its first name, for good."
    )
    explanation = MarkdownField(blank=True, help_text="What it means, for readers.")
    position = PositionField(
        within=["roadmap"], help_text="Its place among the columns: 0 comes first. Leave empty to put it last."
    )

    class Meta:
        ordering = ["roadmap", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "key"], name="field_key_is_used_once"),
            models.UniqueConstraint(
                fields=["roadmap", "name"],
                name="field_name_is_used_once",
                violation_error_message="Another field of this roadmap has this name.",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="field_has_a_key"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.key:
            self.key = self._free_key()
        super().save(*args, **kwargs)

    def _free_key(self) -> str:
        base = slugify(self.name)[:70].strip("-") or "field"
        taken = set(Field.objects.filter(roadmap=self.roadmap, key__startswith=base).values_list("key", flat=True))
        return next(key for key in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if key not in taken)


class ChangelogEntry(models.Model):
    """Working copy of a dated note for readers."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="changelog_entries")
    title = OneLineField()
    when = WhenField("date", help_text="As readers see it, for example “October 2018”. The newest comes first.")
    body = MarkdownField("text", blank=True, help_text="Points as a list: each on a line that begins with “- ”.")
    position = models.PositiveIntegerField(
        default=0, help_text="Its place among entries of the same date. Those in the same place go newest first."
    )

    class Meta:
        verbose_name_plural = "changelog entries"
        ordering = ["roadmap", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="changelog_entry_has_a_title"),
            models.CheckConstraint(condition=~Q(when=""), name="changelog_entry_has_a_date"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.when})"


# What staff saved, drafts included: the history that only staff see


class SaveQuerySet(ImmutableQuerySet):
    def of_thing(self, uid: str) -> SaveQuerySet:
        """Every save of one thing, newest first."""
        return self.filter(uid=uid).order_by("-saved_at", "-pk")


class Save(Immutable):
    """Immutable: one working copy as one person left it; without content where they deleted it."""

    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="saves")
    noun = models.CharField(max_length=20, choices=[(noun.value, noun.value) for noun in Noun])
    uid = models.UUIDField()
    title = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)  # as in Revision
    action = models.CharField(max_length=200, default="Saved")  # in words: "Marked as deployed in sandbox"
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects: ClassVar[SaveQuerySet] = SaveQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Immutable.Meta):
        ordering = ["-saved_at", "-pk"]
        indexes = [models.Index(fields=["uid", "-saved_at"], name="save_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.title}: {self.action}"

    def as_content(self) -> Content | None:
        return from_json(Noun(self.noun), self.content) if self.content else None
