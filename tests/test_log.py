import logging

import pytest

from roadmap_site.log import Discreet


def record(message, *arguments, **extra):
    made = logging.LogRecord(
        "django.request", logging.WARNING, __file__, 1, message, arguments, (ValueError, None, None)
    )
    made.__dict__.update(extra)
    assert Discreet().filter(made)
    return made


def test_the_token_of_a_preview_link_is_not_logged():
    told = record("%s: %s", "Not Found", "/preview/MQ:abc-DEF_123/items/VAT-1/").getMessage()
    assert told == "Not Found: /preview/…/items/VAT-1/"


@pytest.mark.parametrize(("status", "traced"), [(403, False), (400, False), (500, True), (None, True)])
def test_only_an_error_of_ours_is_logged_with_its_trace(status, traced):
    extra = {"status_code": status} if status else {}
    assert bool(record("%s", "x", **extra).exc_info) is traced
