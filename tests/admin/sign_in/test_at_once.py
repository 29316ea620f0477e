"""Several who try at the same time get no more between them than one would: as processes and machines do."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from roadmap.admin.sign_in import limits, second_factor
from tests import make
from tests.admin.sign_in.codes import phone_of

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(do, times):
    """What each of them got, each with a connection of its own."""

    def alone(_):
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        return [*pool.map(alone, range(times))]


def test_a_share_of_ten_is_ten_for_all():
    keys = [limits.key(limits.NAME, "kim", "kim"), limits.key(limits.NETWORK, "192.0.2.1")]
    now = timezone.now()
    assert at_once(lambda: limits.take(keys, now), 30).count(None) == 10


def test_a_code_that_is_sent_twice_at_once_lets_in_one():
    kim = make.user(username="kim")
    code = phone_of(kim).code(time.time())
    assert sorted(at_once(lambda: second_factor.take_code(kim, code), 6)) == [""] * 5 + ["app"]


def test_a_recovery_code_that_is_sent_twice_at_once_lets_in_one():
    kim = make.user(username="kim")
    code, *_ = second_factor.new_recovery_codes(kim)
    assert sorted(at_once(lambda: second_factor.take_code(kim, code), 4)) == [""] * 3 + ["recovery"]
