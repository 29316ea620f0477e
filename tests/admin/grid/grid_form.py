"""A grid as somebody fills it in: its page, what its form sends with what they changed, and what the next page says."""

import html
import re

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests import make
from tests.admin.press import Form


def editor(group="Editors"):
    user = make.user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def grid_url(roadmap, query=""):
    return reverse("admin:roadmap_roadmap_grid", args=[roadmap.pk]) + query


def fields(page):
    """What the form of the grid would send as it stands, without its buttons."""
    return dict(GridForm(page.content.decode()).fields)


class GridForm(Form):
    """The form of the table, and not that of the filters."""

    def handle_starttag(self, tag, attrs):
        super().handle_starttag(tag, attrs)
        if tag == "form" and dict(attrs).get("method") == "get":
            self._is_open = False


def cell(row, column):
    key = row if isinstance(row, str) else row.pk
    return f"{key}.{column}".replace("-", "~")


def post(client, url, sent, action="save", **more):
    return client.post(url, {**sent, **more, "action": action}, follow=True)


def change(client, roadmap, cells, query="", action="save", **more):
    """Opens the grid, types into cells (by row and column), and presses Save. None unticks."""
    url = grid_url(roadmap, query)
    return post(client, url, typed(fields(client.get(url)), cells), action, **more)


def typed(sent, cells):
    changed = {cell(*place): text for place, text in cells.items()}
    return {name: text for name, text in {**sent, **changed}.items() if text is not None}


def words(page):
    """What the page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def messages(page):
    return [str(message) for message in page.context["messages"]]


def errors(page):
    """By the cell that it stands at: what is wrong with it."""
    found = re.findall(r'<p class="grid-error" id="error\.([^"]+)">(.*?)</p>', page.content.decode())
    return {name: html.unescape(text) for name, text in found}
