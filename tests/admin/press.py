"""A page of the admin as somebody fills it in: its form as a browser would send it, with what they changed."""

from html.parser import HTMLParser
from typing import Any


class Form(HTMLParser):
    """What the form of a page would send: every field as it stands, only what is ticked or chosen, no buttons."""

    def __init__(self, html: str):
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.buttons: list[tuple[str, str]] = []  # value, words
        self._is_open = False
        self._textarea = self._button = self._select = ""
        self._words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = "logout" not in found.get("action", "")
        if not self._is_open:
            return
        name, kind = found.get("name", ""), found.get("type", "text")
        is_sent = "checked" in found if kind in ("checkbox", "radio") else kind != "submit"
        if tag == "input" and name and is_sent:
            self.fields.append((name, found.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "textarea":
            self._textarea, self._words = name, []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self.fields.append((self._select, found.get("value", "")))
        elif tag == "button" and found.get("type") == "submit":
            self._button, self._words = found.get("value", ""), []

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea:
            # A browser drops the line break that begins a text area, and sends CR and LF.
            text = "".join(self._words).removeprefix("\n")
            self.fields.append((self._textarea, text.replace("\r", "").replace("\n", "\r\n")))
            self._textarea = ""
        elif tag == "button" and self._button:
            self.buttons.append((self._button, " ".join("".join(self._words).split())))
            self._button = ""

    def handle_data(self, data: str) -> None:
        self._words.append(data)


def filled(response: Any, untick: tuple[Any, ...] = (), tick: tuple[Any, ...] = (), **typed: str) -> dict[str, Any]:
    """What the page's form sends once these were done to it. To tick or untick is (name, value)."""
    sent: dict[str, Any] = {}
    for name, value in [*Form(response.content.decode()).fields, *tick]:
        if (name, value) not in untick and name not in typed:
            sent.setdefault(name, []).append(value)
    return sent | {name: value for name, value in typed.items() if value is not None}


def press(client: Any, response: Any, button: str, **changes: Any) -> Any:
    """Presses the button that says this, on a page that was got before; follows where it leads."""
    values = [value for value, words in Form(response.content.decode()).buttons if words == button]
    assert values, f"no button says {button!r}: {Form(response.content.decode()).buttons}"
    url = response.request["PATH_INFO"]
    return client.post(url, filled(response, **changes) | {"action": values[-1]}, follow=True)
