"""What is done to many items at once: each of these gives one item as it would be. Pure, but for what raises.

Each raises ValidationError where this item cannot be so; which of the others are changed is for the caller to know.
"""

import datetime

from django.core.exceptions import ValidationError
from msgspec.structs import replace

from roadmap.content.choices import Environment
from roadmap.content.consistency import Severity, of_date
from roadmap.content.things import ApiVersion, FieldValueContent, ItemContent, MilestoneContent
from roadmap.dates import parse


def with_date(item: ItemContent, environment: Environment, text: str, label: str, today: datetime.date) -> ItemContent:
    """With that date there; without text, with none. Whether it has been deployed stays as it is.

    `text` is understood, and `label` is what the roadmap calls the environment.
    """
    there = item.milestone(environment)
    others = [milestone for milestone in item.milestones if milestone.environment is not environment]
    if not text:
        if there and there.is_deployed:
            raise ValidationError(f"{label} is deployed, so its date stays. Change that on the item itself.")
        return replace(item, milestones=tuple(others))
    is_deployed = bool(there and there.is_deployed)
    found = of_date(label, parse(text), is_deployed, today)
    if found and found[0] is Severity.IMPOSSIBLE:
        raise ValidationError(found[1])
    milestone = MilestoneContent(environment=environment, typed=text, is_deployed=is_deployed)
    order = [*Environment]
    return replace(item, milestones=tuple(sorted([*others, milestone], key=lambda one: order.index(one.environment))))


def with_value(item: ItemContent, key: str, value: str) -> ItemContent:
    """With that value in the column of that key; without a value, with none."""
    fields = [own for own in item.fields if own.key != key]
    if value:
        fields.append(FieldValueContent(key=key, value=value))
    return replace(item, fields=tuple(sorted(fields, key=lambda own: own.key)))


def with_api(item: ItemContent, name: str, url: str, version: str) -> ItemContent:
    """With that API in that version, after those that it has; it stays where it stands in that version already."""
    if any(api.name == name and api.version == version for api in item.apis):
        return item
    return replace(item, apis=(*item.apis, ApiVersion(name=name, url=url, version=version)))


def without_api(item: ItemContent, name: str) -> ItemContent:
    """Without that API in any version."""
    return replace(item, apis=tuple(api for api in item.apis if api.name != name))


def with_audience(item: ItemContent, name: str) -> ItemContent:
    if name.casefold() in {audience.casefold() for audience in item.audiences}:
        return item
    return replace(item, audiences=(*item.audiences, name))


def without_audience(item: ItemContent, name: str) -> ItemContent:
    return replace(
        item, audiences=tuple(audience for audience in item.audiences if audience.casefold() != name.casefold())
    )
