"""Mails by real processes: those who send are killed, the other side or the database is away, clocks are wrong.

None is lost, and none is sent twice but where a kill falls between an answer and its note.
"""

import contextlib
import random
import shutil
import time
from collections import Counter

import pytest

from tests import live
from tests.faults.disks import full
from tests.faults.senders import SIX_EDITIONS, told, working
from tests.faults.waiting import until

pytestmark = pytest.mark.needs("postgresql", "styles")

PEOPLE = 700
KILLS = 30
FEWER = 200
FEWEST = 100
# Nothing of a typo, nor of what was undone before anybody was told.
OF_SIX = (
    "Losses moves to September 2030",
    "Losses is now in sandbox",
    "Refunds is withdrawn",
    "Penalties moves to August 2030",
)
LONG = 40  # seconds of a loan: longer than anything here is away
PATIENCE = 120  # seconds, on a machine that is busy


def told_to(smtp):
    return Counter(message["To"] for message in smtp.messages)


def until_all_are_told(smtp, people):
    until(lambda: len(told_to(smtp)) == people, PATIENCE)


def until_written_down(cluster, site):
    database = site.settings["DATABASE_URL"].rpartition("/")[2]
    waiting = "SELECT count(*) FROM roadmap_outgoingmail WHERE state <> 'sent'"
    until(lambda: cluster.sql(waiting, database) == "0", PATIENCE)


def until_quiet(smtp):
    """Nothing came for a second."""
    seen = [(0, time.monotonic())]

    def is_quiet():
        if len(smtp.messages) != seen[-1][0]:
            seen.append((len(smtp.messages), time.monotonic()))
        return time.monotonic() - seen[-1][1] > 1

    until(is_quiet, PATIENCE)


@pytest.fixture
def sending(serve, smtp, tmp_path):
    """sending(two clocks) is a site, with processes that tell of an edition by them, once some were told."""
    with contextlib.ExitStack() as stack:

        def begin(*clocks):
            site = serve(EMAIL_URL=smtp.url, MAIL_WAIT="0")
            told(site, FEWER)
            workers = stack.enter_context(working(site, tmp_path / "senders.log", lent_for=LONG))
            for wrong in clocks:
                workers.begin(wrong)
            until(lambda: len(smtp.messages) >= FEWER // 10, PATIENCE)
            return site, workers

        yield begin


def until_one_was_killed_thirty_times(workers, smtp, mails):
    """Anywhere: while it notices, borrows, sends or writes down. Beside another, of so many mails in all."""
    chance = random.Random(17)
    workers.begin()
    for _ in range(KILLS):
        victim = workers.begin()
        some = min(len(smtp.messages) + chance.randrange(1, mails // KILLS + 1), mails)
        until(lambda some=some: len(smtp.messages) >= some, PATIENCE)
        workers.kill(victim)


def test_two_send_and_one_is_killed_thirty_times(serve, smtp, tmp_path):
    site = serve(EMAIL_URL=smtp.url, MAIL_WAIT="0")
    told(site, PEOPLE)
    with working(site, tmp_path / "senders.log", lent_for=8) as workers:
        until_one_was_killed_thirty_times(workers, smtp, PEOPLE)
        until_all_are_told(smtp, PEOPLE)
    names = Counter(message["Message-ID"] for message in smtp.messages)
    people = told_to(smtp)
    assert len(names) == len(people) == PEOPLE
    assert sum(people.values()) - PEOPLE <= KILLS  # each between an answer and its note, under the same name
    site.manage("send_mail")
    assert len({message["Message-ID"] for message in smtp.messages}) == PEOPLE


def test_of_six_editions_each_mailbox_has_what_it_should_though_one_of_two_is_killed_thirty_times(
    serve, smtp, tmp_path
):
    site = serve(EMAIL_URL=smtp.url, MAIL_WAIT="0")
    told(site, FEWEST, SIX_EDITIONS)
    with working(site, tmp_path / "senders.log", lent_for=8, wait=2) as workers:
        until_one_was_killed_thirty_times(workers, smtp, FEWEST * len(OF_SIX))
        until(lambda: len({message["Message-ID"] for message in smtp.messages}) == FEWEST * len(OF_SIX), PATIENCE)
    # Once each: whatever came twice did so under one name, as a mail program shows it.
    mails = {message["Message-ID"]: (message["To"], message["Subject"]) for message in smtp.messages}
    assert len(smtp.messages) - len(mails) <= KILLS
    assert Counter(mails.values()) == Counter(
        (f"p{number}@example.org", f"VAT: {words}") for number in range(FEWEST) for words in OF_SIX
    )
    before = len(smtp.messages)
    site.manage("send_mail")
    assert len(smtp.messages) == before


@pytest.mark.parametrize(("fault", "command"), [("refuses", "MAIL"), ("hangs", "DATA"), ("cuts", "DATA")])
def test_a_server_of_mail_that_fails_for_a_while_is_given_each_mail_once(sending, smtp, cluster, fault, command):
    site, workers = sending(0, 0)
    setattr(smtp, fault, command)
    until(lambda: workers.said.count("Mail cannot be sent at the moment") >= 2, PATIENCE)
    setattr(smtp, fault, "")
    until_all_are_told(smtp, FEWER)
    until_written_down(cluster, site)
    assert {*told_to(smtp).values()} == {1}


@pytest.mark.parametrize("away", ["stopped", "hung"])
def test_while_the_database_is_away_nothing_is_sent_and_then_each_once(sending, smtp, cluster, away):
    """What was being sent is written down when it is back."""
    site, workers = sending(0, 0)
    (cluster.stop if away == "stopped" else cluster.hang)()
    try:
        if away == "stopped":
            # What it says of itself while it has a mail to write down, and otherwise.
            said = ("cannot be written down yet", "The database cannot be reached")
            until(lambda: any(words in workers.said for words in said), PATIENCE)
        until_quiet(smtp)
    finally:
        (cluster.start if away == "stopped" else cluster.wake)()
    until_all_are_told(smtp, FEWER)
    until_written_down(cluster, site)
    assert {*told_to(smtp).values()} == {1}


def test_two_machines_whose_clocks_are_wrong_tell_each_once(sending, smtp, cluster):
    site, _ = sending(-3600, 3600)
    until_all_are_told(smtp, FEWER)
    until_written_down(cluster, site)
    assert {*told_to(smtp).values()} == {1}


def test_while_the_disk_is_full_nothing_is_sent_and_then_each_once(prepared_sqlite, small_disk, smtp, tmp_path):
    prepared, password = prepared_sqlite
    database = small_disk / "roadmap.sqlite3"
    shutil.copy(prepared / "roadmap.sqlite3", database)
    settings = {"DATABASE_URL": f"sqlite:///{database}", "EMAIL_URL": smtp.url, "MAIL_WAIT": "0"}
    site = live.LiveSite("", "", password, tmp_path, None, settings)  # nobody reads it
    told(site, FEWER)
    with working(site, tmp_path / "senders.log", lent_for=LONG) as workers:
        workers.begin()
        until(lambda: len(smtp.messages) >= FEWER // 10, PATIENCE)
        with full(small_disk):
            until(lambda: "disk is full" in workers.said, PATIENCE)
            until_quiet(smtp)
        until_all_are_told(smtp, FEWER)
    assert {*told_to(smtp).values()} == {1}
