"""A grid as somebody fills it in: its page, what its form sends with what they changed, and what the next page says."""

import html
import re
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests import make
from tests.admin.press import Form


def editor(group: str = "Editors") -> Any:
    user = make.user(is_superuser=False)
    user.groups.add(Group.objects.get(name=group))
    client: Any = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.user = user
    return client


def grid_url(roadmap: Any, query: str = "") -> str:
    return reverse("admin:roadmap_roadmap_grid", args=[roadmap.pk]) + query


def fields(page: Any) -> dict[str, str]:
    """What the form of the grid would send as it stands, without its buttons."""
    return dict(GridForm(page.content.decode()).fields)


class GridForm(Form):
    """The form of the table, and not that of the filters."""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        super().handle_starttag(tag, attrs)
        if tag == "form" and dict(attrs).get("method") == "get":
            self._is_open = False


def cell(row: Any, column: str) -> str:
    key = row if isinstance(row, str) else row.pk
    return f"{key}.{column}".replace("-", "~")


def post(client: Any, url: str, sent: dict[str, Any], action: str = "save", **more: Any) -> Any:
    return client.post(url, {**sent, **more, "action": action}, follow=True)


def change(client: Any, roadmap: Any, cells: Any, query: str = "", action: str = "save", **more: Any) -> Any:
    """Opens the grid, types into cells (by row and column), and presses Save. None unticks."""
    url = grid_url(roadmap, query)
    return post(client, url, typed(fields(client.get(url)), cells), action, **more)


def typed(sent: dict[str, str], cells: Any) -> dict[str, Any]:
    changed = {cell(*place): text for place, text in cells.items()}
    return {name: text for name, text in {**sent, **changed}.items() if text is not None}


def words(page: Any) -> str:
    """What the page says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def messages(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def errors(page: Any) -> dict[str, str]:
    """By the cell that it stands at: what is wrong with it."""
    found = re.findall(r'<p class="grid-error" id="error\.([^"]+)">(.*?)</p>', page.content.decode())
    return {name: html.unescape(text) for name, text in found}
