"""Kinds of model field that several working copies share. Each refuses, at the field, what could not be shown."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from roadmap.dates import MAX_LENGTH, UnclearDate, parse, parse_first_grammar
from roadmap.markdown import MAX_MARKDOWN_LENGTH, MarkdownTooLong, settled

MAX_WHEN_LENGTH = MAX_LENGTH


def validate_when(text: str) -> None:
    try:
        parse(text)
    except UnclearDate as error:
        raise ValidationError(str(error), code="unclear_date") from error


def validate_one_line(text: str) -> None:
    """Refuses control characters: a line break in a subject would begin another header of the email (RFC 6068)."""
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in text):
        raise ValidationError("Write this on one line, without control characters.", code="several_lines")
    if any(unicodedata.bidirectional(character) in ("LRO", "RLO") for character in text):
        raise ValidationError("Take out the invisible sign that turns the direction of the text.", code="override")


def validate_markdown(text: str) -> None:
    if len(text) > MAX_MARKDOWN_LENGTH:
        raise ValidationError(str(MarkdownTooLong(len(text))), code="max_length")


def clean_row(row: models.Model, *without: str) -> None:
    """What a form would ask of every column, those that point at other rows left out: asks the database nothing.

    Raises ValidationError with a line for every column: "title: It is too long."
    """
    try:
        row.clean_fields(exclude={*without, *(field.name for field in row._meta.fields if field.is_relation)})
    except ValidationError as error:
        said = [
            f"{row._meta.get_field(name).verbose_name}: {' '.join(messages)}"  # type: ignore[union-attr]
            for name, messages in error.message_dict.items()
        ]
        raise ValidationError(said) from error


class OneLineField(models.CharField):
    default_validators = [validate_one_line]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"max_length": 200} | kwargs)

    def to_python(self, value: Any) -> Any:
        """Also what is written: see Django's get_prep_value."""
        text = super().to_python(value)
        return text and settled(text).strip()


class WhenField(models.CharField):
    """An approximate date as typed: see roadmap.dates."""

    default_validators = [validate_when]

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"max_length": MAX_WHEN_LENGTH} | kwargs)

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Refuses, whoever writes it, what readers could never be shown. Raises UnclearDate.

        What was published before the grammar changed can be written again.
        """
        if isinstance(value, str) and value:
            try:
                parse_first_grammar(value)
            except UnclearDate:
                parse(value)
        return super().get_db_prep_save(value, connection)


class PlainTextField(models.TextField):
    """A text of several lines, settled where it comes in: nobody changes it by saving."""

    def to_python(self, value: Any) -> Any:
        """Also what is written: see Django's get_prep_value."""
        text = super().to_python(value)
        return text and settled(text)

    def formfield(self, **kwargs: Any) -> Any:
        """As typed: the spaces of the first line may begin a block of code."""
        return super().formfield(**{"strip": False} | kwargs)


class MarkdownField(PlainTextField):
    """Markdown as typed; roadmap.markdown makes it safe when it is shown, never when it is saved."""

    default_validators = [validate_markdown]


class PositionField(models.PositiveIntegerField):
    """A place among those of the same `within`, counted from 0: after the last of them where none is given."""

    MOST = 2_147_483_647

    def __init__(self, *args: Any, within: Sequence[str] = (), **kwargs: Any):
        self.within = [*within]
        super().__init__(*args, **{"default": None, "blank": True} | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "within": self.within}

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if getattr(model_instance, self.attname) is None:
            beside = {name: getattr(model_instance, name) for name in self.within}
            others = type(model_instance)._base_manager.filter(**beside).exclude(pk=model_instance.pk)
            last = others.aggregate(last=models.Max(self.attname))["last"]
            setattr(model_instance, self.attname, 0 if last is None else min(last + 1, self.MOST))
        return super().pre_save(model_instance, add)
