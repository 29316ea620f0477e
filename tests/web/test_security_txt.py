"""/.well-known/security.txt (RFC 9116), which says whom to tell that the site is not secure."""

import datetime

import pytest

from roadmap.published import store
from roadmap.web.page_store.watch import Seen
from tests import make

URL = "/.well-known/security.txt"
NOW = make.at("2026-06-03")


@pytest.fixture(autouse=True)
def _on_a_day_in_june(monkeypatch):
    monkeypatch.setattr(store, "now", lambda: NOW)


def test_whoever_finds_a_hole_is_told_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = ["security@example.org", "https://example.org/report"]
    settings.SECURITY_POLICY_URL = "https://example.org/policy"
    answer = client.get(URL, headers={"host": "testserver"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.content.decode().split("\n") == [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/report",
        "Expires: 2026-11-30T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: http://testserver/.well-known/security.txt",
        "Policy: https://example.org/policy",
        "",
    ]


def test_it_ends_within_a_year_and_says_another_day_tomorrow(client, settings, monkeypatch):
    settings.SECURITY_CONTACT = ["mailto:security@example.org"]
    today = client.get(URL)
    assert "Contact: mailto:security@example.org\n" in today.content.decode()
    assert client.get(URL, headers={"if-none-match": today["ETag"]}).status_code == 304
    # What a process holds of it is right today alone, whatever is published.
    seen = Seen({}, frozenset(["an edition"]), NOW.date())
    assert seen.confirms(today.basis)
    assert not Seen({}, seen.of_all, NOW.date() + datetime.timedelta(days=1)).confirms(today.basis)
    monkeypatch.setattr(store, "now", lambda: NOW + datetime.timedelta(days=1))
    assert "Expires: 2026-12-01T00:00:00Z" in client.get(URL, headers={"if-none-match": today["ETag"]}).content.decode()


def test_a_site_that_names_nobody_has_none(client):
    answer = client.get(URL)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
