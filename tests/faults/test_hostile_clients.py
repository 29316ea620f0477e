"""A thousand connections that say nothing, half of it or too slowly, and a flood of log-ins, stop no reader."""

import os
import resource
import signal
import socket
import statistics
import threading
from contextlib import ExitStack
from urllib.parse import urlencode, urlsplit

import pytest

from tests.faults.clients import FORM, ask, ask_all
from tests.faults.cluster import children

pytestmark = pytest.mark.needs("postgresql", "styles")

HOME = "/vat-mtd/"
EACH = 250
LEAST = 0.02  # seconds: below, what a median is multiplied by says more about the machine


@pytest.fixture(autouse=True)
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture
def lines(site):
    """lines(text, receives) is that many connections more, each with that said on it, open until the test ends."""
    host, port = urlsplit(site.url).hostname, urlsplit(site.url).port
    with ExitStack() as stack:

        def connect(text, receives=0, within=10):
            found = []
            for _ in range(EACH):
                line = stack.enter_context(socket.socket())
                line.settimeout(within)
                if receives:
                    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
                line.connect((host, port))
                line.settimeout(10)
                line.sendall(text.encode())
                found.append(line)
            return found

        yield connect


def median(answers):
    assert {answer.status for answer in answers} == {200}
    return statistics.median(answer.seconds for answer in answers)


def test_a_thousand_connections_stop_nobody(site, lines):
    paths = [HOME, "/vat-mtd/items/", "/vat-mtd/items.csv", "/api/v1/roadmaps/vat-mtd/items"] * 100
    ask_all(site, paths)
    before = median(ask_all(site, paths))
    lines("")
    lines(f"GET {HOME} HTTP/1.1\r\nHost: localhost\r\nX-Half: ")
    post = f"POST /admin/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n"
    slow = lines(f"{post}Content-Length: 1000\r\n\r\nusername=")
    # Each asks for more than its buffers take, and reads but its beginning: by then each was heard, and what readers
    # wait for is none of the work of hearing them.
    for line in lines(f"GET {HOME} HTTP/1.1\r\nHost: localhost\r\n\r\n" * 10, receives=2048):
        assert line.recv(1)
    during = ask_all(site, paths)
    for line in slow:
        line.sendall(b"a")
    during += ask_all(site, paths)
    assert median(during) < max(2 * before, LEAST)
    assert max(answer.seconds for answer in during) < 1
    assert ask(site, "/admin/login/").status == 200


def test_a_crowd_that_comes_while_every_process_is_busy_waits_at_the_door(site, lines):
    """Who finds no room there asks again after a second, and then after three."""
    workers = children(site.server.pid)
    for worker in workers:
        os.kill(worker, signal.SIGSTOP)
    try:
        crowd = lines(f"GET {HOME} HTTP/1.1\r\nHost: {urlsplit(site.url).netloc}\r\n\r\n", within=0.9)
    finally:
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
    assert {line.recv(12) for line in crowd} == {b"HTTP/1.1 200"}


def test_a_flood_of_log_ins_stops_no_reader(site):
    paths = [HOME, "/vat-mtd/items/"] * 200
    ask_all(site, paths)
    before = median(ask_all(site, paths))
    is_over, refused = threading.Event(), []

    def guess(number):
        token = "a" * 32
        body = urlencode({"username": f"guess{number}", "password": "wrong", "csrfmiddlewaretoken": token}).encode()
        while not is_over.is_set():
            answer = ask(site, "/admin/login/", "POST", body, Content_Type=FORM, Cookie=f"csrftoken={token}")
            refused.append(answer.status)

    guessers = [threading.Thread(target=guess, args=(number,)) for number in range(30)]
    for guesser in guessers:
        guesser.start()
    try:
        during = ask_all(site, paths)
    finally:
        is_over.set()
        for guesser in guessers:
            guesser.join()
    assert {*refused} <= {200, 429}
    assert median(during) < max(2 * before, LEAST)
    assert ask(site, "/admin/login/").status == 200
