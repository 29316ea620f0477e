"""What tests of importing in the admin share: a source, who uploads it, and what the page that follows says."""

import html
import re

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from roadmap.models import Roadmap
from tests import make
from tests.admin.press import press

LINE = "| Weigh a parcel | Software weighs a parcel on the depot's scales and sends us the grams. | Businesses |"
ROUTE = "| Choose a route | Customers choose between three routes on a map and see each price. | Agents |"
ADDRESS = 'Write to <a href="mailto:parcels@example.gov.uk">the parcel team</a>.'
PAGE = f"""\
# Parcel tax roadmap

What parcel software can do.

{ADDRESS}

## Near term

| Name | Description | End user |
| --- | --- | --- |
{LINE}
{ROUTE}

## Who we are

We are two teams. See [more](more.html).
"""
WORDS = "Each parcel gets a number of its own, which the receiver types in to see where it is"
NUMBERS = PAGE.replace(f"{LINE}\n{ROUTE}", f"| Number A | {WORDS} by noon | |\n| Number B | {WORDS} at midnight | |")
NUMBER_C = PAGE.replace(f"{LINE}\n{ROUTE}", f"| Number C | {WORDS} at dawn | |")

NEW, ACT = "admin:roadmap_roadmap_import", "Apply"


def signed_in(*, group: str = "", **fields) -> Client:
    user = make.user(is_superuser=not group, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def file(content, name="parcels.md"):
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def upload(client, content, name="parcels.md", roadmap=None, **typed):
    """The page that follows: the plan, or the form again."""
    url = reverse(f"{NEW}_again", args=[roadmap.pk]) if roadmap else reverse(NEW)
    fields = typed if roadmap else {"roadmap": "", "slug": "parcel-tax", "contact": "", **typed}
    return client.post(url, {**fields, "file": file(content, name)}, follow=True)


def words(response) -> str:
    """What a person reads, without the marks of what differs."""
    page = response.content.decode().split('id="content-main"', 1)[-1]
    page = re.sub(r'<span class="visually-hidden">[^<]*</span>|</?(?:del|ins)>', "", page)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def imported(client, content=PAGE, **options) -> Roadmap:
    assert "Imported parcels.md." in told(press(client, upload(client, content, **options), ACT))[0]
    return Roadmap.objects.get()


def is_plan(response) -> bool:
    return "This is only the plan: nothing has been changed." in words(response)


def conflicting(client) -> Roadmap:
    """Staff and the source have both changed one description, which the page asks about."""
    roadmap = imported(client)
    roadmap.items.filter(title="Weigh a parcel").update(description="Staff's own words.")
    return roadmap


SOURCE_CHANGED = PAGE.replace("the grams", "the pounds")


def doubtful(client):
    """Two that are gone, and a new one that might be either: it was taken for one of them."""
    roadmap = imported(client, NUMBERS)
    page = upload(client, NUMBER_C, roadmap=roadmap)
    items = {item.title: item for item in roadmap.items.all()}
    return roadmap, page, items


def left(roadmap) -> dict[str, str]:
    return dict(roadmap.items.values_list("title", "reference"))
