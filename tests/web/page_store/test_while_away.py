"""What is given while the database is away or a page cannot be made: what there was, with its age."""

import time

from django.core.wsgi import get_wsgi_application

from roadmap.web.page_store.application import PageStore
from tests.web.page_store.asgi import run
from tests.web.page_store.stand_ins import HOME, TEXT


def test_what_is_held_is_given_while_the_database_is_away_with_its_age(site, django, watch):
    run(site, HOME)
    watch.is_away, watch.answered_at = True, time.time() - 90
    watch.sees("two")
    django.status = 503
    old, not_modified = run(site, HOME, (HOME, {"headers": {"If-None-Match": '"1"'}}))
    assert (old.status, old.body.decode()) == (200, TEXT)
    assert 0 <= int(old.headers["age"]) <= 95
    assert (not_modified.status, "age" in not_modified.headers) == (304, True)
    assert len(django.asked) == 1


def test_a_notice_that_begins_while_the_database_is_away_is_shown(site, django, watch, settings):
    django.has_notice = False
    run(site, HOME)
    watch.is_away = True
    watch.sees("one", with_notice=frozenset(["vat-mtd"]))
    django.text, django.has_notice = "With a notice. " * 50, True
    answers = run(site, HOME, HOME, HOME)
    another = run(PageStore(django, watch), HOME)  # which has what the first kept
    assert {answer.body.decode() for answer in [*answers, *another]} == {django.text}
    assert len(django.asked) == 2


def test_where_it_cannot_be_made_with_its_notice_the_page_is_given_without(site, django, watch):
    django.has_notice = False
    run(site, HOME)
    watch.is_away = True
    watch.sees("one", with_notice=frozenset(["vat-mtd"]))
    django.status = 503
    (old,) = run(site, HOME)
    assert (old.status, old.body.decode()) == (200, TEXT)


def test_what_is_only_of_the_software_is_made_once_and_has_no_age(django, watch, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    watch.is_away, watch.seen = True, None
    asked = []

    def answered(environ, start_response):
        asked.append(environ["PATH_INFO"])
        return get_wsgi_application()(environ, start_response)

    paths = ["/robots.txt", "/favicon.ico"]
    answers = run(PageStore(answered, watch), *paths * 2)
    assert [answer.status for answer in answers] == [200, 302] * 2
    assert [path for path, answer in zip(paths * 2, answers, strict=True) if "age" in answer.headers] == []
    assert asked == paths


def test_what_cannot_be_made_anew_is_given_as_it_was(site, django, watch):
    run(site, HOME)
    watch.sees("two")
    django.status = 503
    (old,) = run(site, HOME)
    assert (old.status, old.body.decode()) == (200, TEXT)


def test_what_was_never_made_is_a_503_in_the_format_asked_for(site, watch, monkeypatch, may_end):
    monkeypatch.setattr("roadmap.web.page_store.application.PATIENCE_AWAY", 0.001)
    watch.is_away = True
    page, json, csv = run(site, HOME, "/api/v1/roadmaps/vat-mtd/items", "/vat-mtd/items.csv")
    assert [answer.status for answer in (page, json, csv)] == [503] * 3
    assert [answer.headers["content-type"].split(";")[0] for answer in (page, json, csv)] == [
        "text/html",
        "application/problem+json",
        "text/plain",
    ]
    assert {answer.headers["retry-after"] for answer in (page, json, csv)} == {"60"}


def test_whoever_reads_the_second_form_is_told_in_it(site, watch, monkeypatch, may_end):
    monkeypatch.setattr("roadmap.web.page_store.application.PATIENCE_AWAY", 0.001)
    watch.is_away = True
    named, asked_for = run(site, f"{HOME}index.md", (HOME, {"headers": {"Accept": "text/markdown"}}))
    assert named.status == asked_for.status == 503
    assert named.headers["content-type"] == "text/markdown; charset=utf-8"
    assert named.body.decode().startswith("# Sorry, ")
    assert (asked_for.body, int(named.headers["content-length"])) == (named.body, len(named.body))


def test_a_process_that_begins_while_the_database_is_away_has_what_the_last_kept(site, django, watch):
    run(site, HOME)
    site.finish()
    watch.is_away, watch.seen, django.status = True, None, 503
    (old,) = run(PageStore(django, watch), HOME)
    assert (old.status, old.body.decode()) == (200, TEXT)
    assert len(django.asked) == 1
