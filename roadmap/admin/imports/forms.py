"""The form that takes a file to import: what may be sent, and all that can be said against it before it is kept."""

from io import BytesIO
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from roadmap.admin.imports.uploads import Upload
from roadmap.admin.permissions import editable_roadmaps
from roadmap.models import Roadmap
from roadmap.models.roadmap import validate_slug_is_free
from roadmap.techdocs import ImportRefused, ParsedRoadmap, Source, check_fits, make_plan, parse
from roadmap.techdocs.sources import MAX_FILE_SIZE, MAX_ZIP_SIZE, read_upload, shown

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


class CappedUpload(FileUploadHandler):
    """Keeps as much of all files together as one may have, in memory. The rest is read over, so that what was typed
    beside a file that is too large is there to show again."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.total = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.total += len(raw_data)
        if self.total <= MAX_ZIP_SIZE:
            self.kept.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept, self.field_name, self.file_name, self.content_type, file_size, self.charset
        )


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

    source: Source | None = None
    parsed: ParsedRoadmap | None = None
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

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_ZIP_SIZE:
            raise ValidationError(TOO_LONG)
        try:
            self.source = read_upload(file.read(), name=shown(file.name))
            self.parsed = parse(self.source)
        except ImportRefused as error:
            raise ValidationError(str(error)) from error
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        roadmap = self.into or cleaned.get("roadmap")
        if roadmap is None and "slug" in self.fields:
            self._check_new_one()
        elif roadmap is not None:
            # What is not going to be used is kept as it was typed, and not complained of.
            for name in ("slug", "contact"):
                self.errors.pop(name, None)
        if self.errors or self.source is None or self.parsed is None:
            if self.source is not None and "file" not in self.errors:
                self.add_error(
                    "file", "There is nothing against this file, but browsers do not keep it: choose it again."
                )
            return cleaned
        self._plan(roadmap, self.source, self.parsed)
        return cleaned

    def _check_new_one(self) -> None:
        slug = self.cleaned_data.get("slug", "")
        if "slug" in self.errors:
            return
        if not slug:
            self.add_error("slug", "Give the address of the new roadmap, or choose a roadmap above.")
        elif Roadmap.objects.filter(slug=slug).exists():
            self.add_error("slug", "A roadmap has this address already. Choose that roadmap above, or give another.")

    def _plan(self, roadmap: Roadmap | None, source: Source, parsed: ParsedRoadmap) -> None:
        """That it can be planned now says that it can be shown: the plan itself is made anew on its page."""
        slug = roadmap.slug if roadmap else self.cleaned_data["slug"]
        contact = "" if roadmap else self.cleaned_data["contact"]
        named = parsed.contact
        if roadmap is None and not contact and not (named and named.email):
            self.add_error("contact", NO_CONTACT)
            return
        if contact and named and named.email and named.email != contact:
            # The next import would not know of it, and put the source's back. What staff edit afterwards it keeps.
            self.add_error("contact", OTHER_CONTACT.format(named.email))
            return
        try:
            check_fits(make_plan(parsed, slug=slug, contact=contact))
        except ImportRefused as error:
            self.add_error("file", str(error))
            return
        self.upload = Upload(
            name=shown(self.cleaned_data["file"].name),
            source=source,
            roadmap_pk=roadmap.pk if roadmap else None,
            slug="" if roadmap else slug,
            contact=contact,
        )
