"""A file to import: the form that takes it, all that can be said against it, and its wait for the page that applies it.

What waits is a row of the table of sessions, though nobody's session: private, expiring, seen by every web process, and
without a table of its own. See docs/decisions/0013-an-upload-waits-in-the-database.md.
"""

import datetime
import secrets
from dataclasses import dataclass
from typing import Any

import msgspec
from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from roadmap.admin.permissions import editable_roadmaps
from roadmap.models import Roadmap
from roadmap.models.roadmap import validate_slug_is_free
from roadmap.techdocs import ImportRefused, ParsedRoadmap, Source, check_fits, make_plan, parse
from roadmap.techdocs.sources import MAX_FILE_SIZE, MAX_ZIP_SIZE, read_upload, shown

WAITS = datetime.timedelta(days=1)
MOST = 3  # of one person; a further one takes the place of the oldest

_PREFIX = "import-"
_SALT = "roadmap.admin.imports.uploads"

# Of a whole request: beyond, not even what was typed beside the file is read.
MAX_BODY_SIZE = 5 * MAX_ZIP_SIZE  # bytes

_MOST_ZIP, _MOST_FILE = f"{MAX_ZIP_SIZE // 1_000_000} MB", f"{MAX_FILE_SIZE // 1_000} kB"
TOO_LONG = (
    f"This file is larger than {_MOST_ZIP}. Pack only the Markdown files of the roadmap into the zip file, and choose "
    "that."
)
NO_CONTACT = (
    "The file names no email address, and a new roadmap needs one for its enquiry link. Give the team's address here, "
    "and choose the file again."
)
OTHER_CONTACT = (
    "The file names {}. Leave this empty, and choose the file again. Change the address on the roadmap's own page "
    "afterwards: imports then leave it alone."
)


@dataclass(frozen=True)
class Upload:
    """Immutable: what was read of a file, and where it is to go. The file itself is not kept."""

    name: str
    source: Source
    roadmap_pk: int | None  # None: a new roadmap
    slug: str = ""  # of the new roadmap
    contact: str = ""  # an email address, instead of the source's


@dataclass(frozen=True)
class Waiting:
    """Immutable: an upload that waits, and until when."""

    key: str
    upload: Upload
    until: datetime.datetime


class UploadForm(forms.Form):
    """Valid, it has `upload`, of which a plan can be made."""

    roadmap = forms.ModelChoiceField(
        Roadmap.objects.none(),
        required=False,
        empty_label="A new roadmap",
        label="Roadmap",
        help_text="The roadmap that the file is about.",
        error_messages={
            "invalid_choice": "This is not a roadmap that you may edit. Choose another.",
            "required": "Choose the roadmap that the file is about.",
        },
    )
    slug = forms.SlugField(
        required=False,
        max_length=Roadmap._meta.get_field("slug").max_length,
        validators=[validate_slug_is_free],
        label="Address of the new roadmap",
        help_text="For example vat-mtd. Leave it empty if you chose a roadmap above.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    contact = forms.EmailField(
        required=False,
        label="Email address for enquiries",
        help_text="Only for a new roadmap whose file names none.",
        widget=forms.EmailInput(attrs={"class": "vTextField"}),
    )
    file = forms.FileField(
        label="File",
        help_text="A zip file of the roadmap's folder, or of its whole tech-docs repository, of at most "
        f"{_MOST_ZIP}; or one Markdown file of at most {_MOST_FILE}.",
        widget=forms.FileInput(attrs={"accept": ".md,.markdown,.erb,.zip"}),
        error_messages={
            "required": "Choose a zip file or a Markdown file.",
            "empty": "This file is empty. Choose another.",
            "invalid": "No file came with the form. Choose it again.",
        },
    )

    upload: Upload | None = None

    def __init__(self, *args: Any, user: User | AnonymousUser, into: Roadmap | None = None, **kwargs: Any):
        """`into` is the roadmap where there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.into = into
        if into is not None or not user.has_perm("roadmap.add_roadmap"):
            del self.fields["slug"], self.fields["contact"]
        if into is not None:
            del self.fields["roadmap"]
            return
        choice: Any = self.fields["roadmap"]
        choice.queryset = editable_roadmaps(user)
        if "slug" not in self.fields:
            choice.required, choice.empty_label = True, "Choose a roadmap"

    def clean_file(self) -> tuple[str, Source, ParsedRoadmap]:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_ZIP_SIZE:
            raise ValidationError(TOO_LONG)
        try:
            name = shown(file.name)
            source = read_upload(file.read(), name=name)
            return name, source, parse(source)
        except ImportRefused as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        roadmap = self.into or cleaned.get("roadmap")
        if roadmap is not None:
            # What is not going to be used is kept as it was typed, and not complained of.
            for name in ("slug", "contact"):
                self.errors.pop(name, None)
        elif "slug" in cleaned and not cleaned["slug"]:
            self.add_error("slug", "Give the address of the new roadmap, or choose a roadmap above.")
        elif "slug" in cleaned and Roadmap.objects.filter(slug=cleaned["slug"]).exists():
            self.add_error("slug", "A roadmap has this address already. Choose that roadmap above, or give another.")
        if not self.errors:
            self._plan(roadmap, *cleaned["file"])
        elif "file" in cleaned:
            self.add_error("file", "There is nothing against this file, but browsers do not keep it: choose it again.")
        return cleaned

    def _plan(self, roadmap: Roadmap | None, name: str, source: Source, parsed: ParsedRoadmap) -> None:
        """That it can be planned now says that it can be shown: the plan itself is made anew on its page."""
        slug, contact = ("", "") if roadmap else (self.cleaned_data["slug"], self.cleaned_data["contact"])
        named = parsed.contact.email if parsed.contact else ""
        if roadmap is None and not contact and not named:
            self.add_error("contact", NO_CONTACT)
        elif contact and named and named != contact:
            # The next import would not know of it, and put the source's back. What staff edit afterwards it keeps.
            self.add_error("contact", OTHER_CONTACT.format(named))
        else:
            try:
                check_fits(make_plan(parsed, slug=roadmap.slug if roadmap else slug, contact=contact))
            except ImportRefused as error:
                self.add_error("file", str(error))
                return
            self.upload = Upload(name, source, roadmap.pk if roadmap else None, slug, contact)


# Its wait


def keep(upload: Upload, *, user_pk: int, now: datetime.datetime) -> str:
    """The key under which that person finds it again. Whatever has expired goes, whosever it is."""
    Session.objects.filter(session_key__startswith=_PREFIX, expire_date__lte=now).delete()
    own = Session.objects.filter(session_key__startswith=_mine(user_pk)).order_by("-expire_date")
    too_many = [*own.values_list("session_key", flat=True)[MOST - 1 :]]
    Session.objects.filter(session_key__in=too_many).delete()
    key = _mine(user_pk) + secrets.token_urlsafe(15)
    # Signed with a salt of its own, so that the row is no session to anybody who sends its key as one.
    text = signing.dumps(msgspec.to_builtins(upload), salt=_SALT, compress=True)
    Session.objects.create(session_key=key, session_data=text, expire_date=now + WAITS)
    return key


def find(key: str, *, user_pk: int, now: datetime.datetime) -> Waiting | None:
    """None where there is none, or none any more, that this person uploaded."""
    row = Session.objects.filter(session_key=key, expire_date__gt=now).first()
    if row is None or not key.startswith(_mine(user_pk)):
        return None
    try:
        upload = msgspec.convert(signing.loads(row.session_data, salt=_SALT), Upload)
    except (signing.BadSignature, msgspec.ValidationError):
        return None  # the site's secret has changed since, or the site itself
    return Waiting(key, upload, row.expire_date)


def drop(waiting: Waiting) -> None:
    Session.objects.filter(session_key=waiting.key).delete()


def _mine(user_pk: int) -> str:
    return f"{_PREFIX}{user_pk}-"
