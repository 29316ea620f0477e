"""A page store between a watch and a Django that a test sets."""

import threading

import pytest

from roadmap.web.page_store.application import PageStore
from tests.web.page_store.stand_ins import FakeDjango, StillWatch


@pytest.fixture
def watch():
    return StillWatch()


@pytest.fixture
def django(watch):
    return FakeDjango(watch)


@pytest.fixture
def site(django, watch, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    return PageStore(django, watch)


@pytest.fixture
def may_end(django):
    """Django answers as soon as it is set, and at the end of the test."""
    event = threading.Event()
    django.wait = event.wait
    yield event
    event.set()
