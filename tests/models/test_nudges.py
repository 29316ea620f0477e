"""A word between processes: who serves readers hears it, whoever else lives on that machine."""

import os

import pytest
from django.db import transaction

from roadmap.models.nudges import Nudges, nudge
from roadmap.publishing import publish
from tests import make


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    return tmp_path


def test_each_process_hears_what_another_says():
    ours, theirs = Nudges(), Nudges()
    before = ours.last
    for say in (theirs.nudge, nudge, ours.nudge):
        say()
        assert ours.last == theirs.last != before
        before = ours.last


def test_there_are_always_more_words():
    nudges = Nudges()
    seen = [nudges.last]
    for _ in range(300):
        nudge()
        assert nudges.last != seen[-1]
        seen.append(nudges.last)


def test_who_speaks_before_anybody_listens_is_heard_by_nobody(folder):
    nudge()
    assert not [*folder.iterdir()]


def test_where_no_file_can_be_the_processes_that_part_still_hear_each_other(settings, folder, caplog):
    settings.STATE_DIR = folder / "not-there"
    nudges, before = Nudges(), 0
    nudge()
    if not (child := os.fork()):
        nudges.nudge()
        os._exit(0)
    os.waitpid(child, 0)
    assert nudges.last == before + 1
    assert "within a second" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_publishing_says_so_once_it_has_happened():
    roadmap, nudges = make.roadmap(slug="vat-mtd", reference_prefix="VAT"), Nudges()
    make.item(roadmap, title="Losses")
    before = nudges.last
    with transaction.atomic():
        publish(roadmap=roadmap, by=None)
        assert nudges.last == before
    assert nudges.last != before
