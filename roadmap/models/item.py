"""Working copies of items and of the rows below them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.urls import reverse

from roadmap.content.choices import DEFAULT_ENVIRONMENT_LABELS, KIND_LABELS, Environment, Stage
from roadmap.content.things import when_typed
from roadmap.models.fields import MarkdownField, OneLineField, PositionField, WhenField
from roadmap.models.roadmap import Api, Field, Release, Roadmap


class ItemQuerySet(models.QuerySet["Item"]):
    def with_stage(self) -> ItemQuerySet:
        """Adds `stage`, for lists to sort and filter by: the rule of snapshot.PlacedItem.stage, as SQL."""

        def arrived(environment: Environment) -> Exists:
            return Exists(Milestone.objects.filter(item=OuterRef("pk"), environment=environment, is_deployed=True))

        return self.annotate(
            stage=Case(
                When(arrived(Environment.LIVE) | Q(release__is_deployed=True), then=Value(Stage.LIVE.value)),
                When(arrived(Environment.CONTROLLED_GO_LIVE), then=Value(Stage.CONTROLLED_GO_LIVE.value)),
                When(arrived(Environment.TEST), then=Value(Stage.TEST.value)),
                default=Value(Stage.BACKLOG.value),
            )
        )


class Item(models.Model):
    """Working copy of one thing on the roadmap."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    roadmap = models.ForeignKey(Roadmap, on_delete=models.CASCADE, related_name="items")
    reference = models.CharField(max_length=30, editable=False)
    title = OneLineField(help_text="What developers get, in a few words.")
    description = MarkdownField(blank=True)
    journey = OneLineField(blank=True, help_text="The customer journey it belongs to, for example “Payments”.")
    kind = models.CharField(max_length=20, blank=True, choices=[*KIND_LABELS.items()])
    audiences = OneLineField(blank=True, help_text="Who uses it, separated by commas: Businesses, Agents.")
    apis: models.ManyToManyField[Api, ItemApi] = models.ManyToManyField(
        Api, through="ItemApi", blank=True, related_name="items"
    )
    is_breaking = models.BooleanField(
        "breaking",
        null=True,
        blank=True,
        help_text="Whether software that works today must be changed. “Unknown” shows nothing to readers.",
    )
    release = models.ForeignKey(
        Release,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="items",
        help_text="When the release is marked as deployed, this item shows as live.",
    )
    position = PositionField(
        within=["roadmap", "release"],
        help_text="Its place in its release: 0 comes first. Leave empty to put it last.",
    )

    objects: ClassVar[ItemQuerySet] = ItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["roadmap", F("release__position").asc(nulls_last=True), "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["roadmap", "reference"], name="item_reference_is_used_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="item_has_a_reference"),
            models.CheckConstraint(condition=~Q(title=""), name="item_has_a_title"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.reference:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            roadmap = Roadmap.objects.lock(self.roadmap_id)
            roadmap.last_item_number += 1
            roadmap.save(update_fields=["last_item_number"])
            self.reference = f"{roadmap.reference_prefix}-{roadmap.last_item_number}"
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("web:item", args=[self.roadmap.slug, self.reference])

    def clean(self) -> None:
        if self.release and self.roadmap_id and self.release.roadmap_id != self.roadmap_id:
            raise ValidationError({"release": "This release belongs to another roadmap. Choose one of this roadmap."})


class ItemApi(models.Model):
    """Working copy of the fact that an item concerns an API, in one version or in all."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="item_apis")
    api = models.ForeignKey(Api, on_delete=models.PROTECT, related_name="item_apis", verbose_name="API")
    version = OneLineField(max_length=50, blank=True, help_text="For example v2.0. Leave empty for all versions.")
    position = PositionField(within=["item"])

    class Meta:
        verbose_name = "API"
        verbose_name_plural = "APIs"
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "api", "version"],
                name="item_api_version_is_named_once",
                violation_error_message="This API and version is there already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.api} {self.version}".strip()


class FieldValue(models.Model):
    """Working copy of what one item says in one of its roadmap's own columns."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="values")
    value = OneLineField(max_length=500)

    class Meta:
        ordering = ["field__position", "field__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "field"],
                name="field_value_once_per_item",
                violation_error_message="This field is filled in already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.value}"

    def clean(self) -> None:
        if self.field_id and self.item_id and self.field.roadmap_id != self.item.roadmap_id:
            raise ValidationError({"field": "This field belongs to another roadmap. Choose one of this roadmap."})


class Milestone(models.Model):
    """Working copy of an item's arrival in one environment."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="milestones")
    environment = models.CharField(max_length=20, choices=[*DEFAULT_ENVIRONMENT_LABELS.items()])
    when = WhenField("date", blank=True)
    is_deployed = models.BooleanField(
        "deployed", default=False, help_text="Tick when it is there. The item's stage follows from this."
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "environment"],
                name="milestone_once_per_environment",
                violation_error_message="This item has a milestone in this environment already.",
            ),
            models.CheckConstraint(
                condition=~Q(when="") | Q(is_deployed=True),
                name="milestone_has_a_date_or_is_deployed",
                violation_error_message="Give a date (TBC will do), or tick “deployed”.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item.roadmap.environment_labels[Environment(self.environment)]}: {self.in_words}"

    @property
    def in_words(self) -> str:
        """ "June 2026", "3 March 2026, deployed", "deployed"."""
        date = str(when_typed(self.when) or "")
        return ", ".join(part for part in (date, "deployed" if self.is_deployed else "") if part)

    def clean(self) -> None:
        when = when_typed(self.when)
        if when and when.says_deployed:
            self.is_deployed = True
