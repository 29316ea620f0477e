"""What is counted, by several processes too, and who may read it."""

import datetime
import os
import re
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.utils import timezone

from roadmap.web import counts as module
from roadmap.web.counts import Counts, kind_of, site_counts
from roadmap_site.check_settings import listed
from tests import make
from tests.cases import each_case

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def networks(settings, tmp_path):
    """networks("10.0.0.0/8") lets these read the numbers."""

    def let_in(*written):
        settings.METRICS_NETWORKS = [ip_network(word) for word in listed([*written])]
        site_counts.cache_clear()

    settings.STATE_DIR = tmp_path
    yield let_in
    site_counts.cache_clear()


def numbers(answer):
    found = re.findall(r"^(\w+(?:\{[^}]*\})?) (\S+)$", answer.content.decode(), re.MULTILINE)
    return {name: float(number) for name, number in found}


@each_case(
    ("path", "kind"),
    [
        ("/", "page"),
        ("/vat-mtd/items/", "page"),
        ("/vat-mtd/items.ics", "feed"),
        ("/sitemap.xml", "feed"),
        ("/api/v1/roadmaps", "api"),
        ("/media/markdown/a.png", "picture"),
        ("/static/a.css", "static"),
        ("/preview/a/", "preview"),
        ("/admin/", "admin"),
        ("/admin-guide/", "page"),
        ("/readyz", "health"),
    ],
)
def test_each_address_is_of_a_kind(path, kind):
    assert kind_of(path) == kind


# Counting


ELSEWHERE = """
import sys
from pathlib import Path
from roadmap.web.counts import Counts
counts = Counts(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    counts.add("store", "memory")
"""


def test_several_processes_count_together_and_the_sum_stays(tmp_path):
    counts = Counts(tmp_path)
    counts.add("store", "memory")
    for times in (10, 5):
        subprocess.run([sys.executable, "-c", ELSEWHERE, tmp_path, str(times)], cwd=ROOT, check=True)
    assert counts.sums()["store", "memory"] == 16
    assert (tmp_path / counts._path.name).stat().st_mode & 0o777 == 0o600


def test_a_process_that_was_forked_has_a_row_of_its_own(tmp_path):
    counts = Counts(tmp_path)
    counts.add("store", "disk")
    child = os.fork()
    if not child:
        counts.add("store", "disk", amount=2)
        os._exit(0)
    os.waitpid(child, 0)
    counts.add("store", "disk")
    assert counts.sums()["store", "disk"] == 4
    assert counts._row[0] == counts._whole[0]


def test_where_no_file_can_be_made_a_process_counts_for_itself(tmp_path, caplog):
    counts = Counts(tmp_path / "not" / "there")
    counts.request("page", 200)
    counts.request("page", 299)
    sums = counts.sums()
    assert (sums["requests", "page", "200"], sums["requests", "page", "0"]) == (1, 1)
    assert "Each process counts for itself" in caplog.text


def test_more_processes_than_rows_lose_nothing_but_their_own_row(tmp_path, monkeypatch):
    monkeypatch.setattr(module.fcntl, "lockf", lambda *_: (_ for _ in ()).throw(BlockingIOError))
    counts = Counts(tmp_path)
    counts.add("store", "memory")
    assert counts.sums()["store", "memory"] == 1


# Reading


@pytest.mark.django_db
def test_the_numbers_are_those_of_the_site(networks, client, settings):
    networks("127.0.0.0/8")
    make.edition(make.roadmap(slug="vat-mtd"), at=timezone.now() - datetime.timedelta(hours=2))
    now = timezone.now()
    to_come = make.roadmap(slug="itsa", reference_prefix="ITSA")
    make.edition(to_come, at=now + datetime.timedelta(days=1), now=now)
    assert client.get("/vat-mtd/").status_code == 200
    assert client.get("/vat-mtd/nowhere/").status_code == 404
    answer = client.get("/metrics")
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "text/plain; version=0.0.4; charset=utf-8",
        "no-store",
    )
    assert "Access-Control-Allow-Origin" not in answer
    found = numbers(answer)
    assert found['roadmap_requests_total{kind="page",status="200"}'] == 1
    assert found['roadmap_requests_total{kind="page",status="404"}'] == 1
    assert found['roadmap_renders_total{kind="page"}'] == 2
    assert found['roadmap_render_seconds_total{kind="page"}'] > 0
    assert found['roadmap_queries_total{database="default"}'] > 2
    assert found['roadmap_publishes_total{roadmap="vat-mtd"}'] == 1
    assert 7200 <= found['roadmap_edition_age_seconds{roadmap="vat-mtd"}'] < 7800
    assert found['roadmap_notice_on{roadmap="vat-mtd"}'] == 0
    assert found["roadmap_database_up"] == 1
    assert found[f'roadmap_info{{version="{settings.VERSION}"}}'] == 1
    assert not [name for name in found if "itsa" in name]


@pytest.mark.django_db
def test_the_text_is_as_prometheus_reads_it(networks, client):
    networks("127.0.0.1")
    text = client.get("/metrics").content.decode()
    names = re.findall(r"^# TYPE (\w+) (?:counter|gauge)$", text, re.MULTILINE)
    assert len(names) == len({*names}) == 11
    told = set(re.findall(r"^(\w+)[ {]", text, re.MULTILINE))
    assert told <= {*names}
    assert text.endswith("\n")


@pytest.mark.django_db
def test_while_the_database_is_away_it_is_said_here(networks, client, monkeypatch):
    networks("127.0.0.1")

    def away(*_, **__):
        raise DatabaseError

    monkeypatch.setattr("roadmap.models.published.Edition.objects.live", away)
    monkeypatch.setattr("roadmap.published.store.newest_of_each", away)
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert numbers(answer)["roadmap_database_up"] == 0


@each_case(
    ("network", "address", "forwarded", "status"),
    [
        ("10.0.0.0/8", "10.1.2.3", None, 200),
        ("10.0.0.0/8", "11.1.2.3", None, 404),
        ("10.0.0.0/8", "11.1.2.3", "10.1.2.3", 404),  # anybody can write that
        ("10.0.0.0/8", "::ffff:10.1.2.3", None, 200),
        ("2001:db8::/32", "2001:db8::1", None, 200),
        ("2001:db8::/32", "10.1.2.3", None, 404),
        ("10.0.0.0/8", "", None, 404),
    ],
)
@pytest.mark.django_db
def test_only_the_networks_of_staff_see_it(networks, client, network, address, forwarded, status):
    networks(network)
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


@pytest.mark.django_db
def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw(networks, client, settings):
    networks("10.0.0.0/8")
    settings.BEHIND_PROXY = True

    def status(forwarded):
        return client.get("/metrics", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": forwarded}).status_code

    assert [status("10.1.2.3"), status("9.9.9.9"), status("10.1.2.3, 9.9.9.9")] == [200, 404, 404]


@pytest.mark.django_db
def test_prometheus_may_ask_a_machine_without_tls(networks, client, settings):
    networks("127.0.0.1")
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/metrics").status_code == 200


def test_where_nobody_may_see_them_nothing_is_counted_and_there_is_no_such_address(networks, client, tmp_path):
    networks()
    assert client.get("/metrics").status_code == 404
    assert [*tmp_path.iterdir()] == []
