"""deploy/nginx.conf in a real nginx, before a server that stands for ours and counts what it is asked."""

import http.client
import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs("nginx")

CONF = Path(__file__).resolve().parents[2] / "deploy" / "nginx.conf"


class Behind(BaseHTTPRequestHandler):
    """Answers with a body for each coding, and an ETag; 503 where the server is told to fail."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        server.asked.append((self.path, dict(self.headers)))
        server.may_answer.wait()
        if self.path.endswith("/gone/"):
            self.close_connection = True  # without a word
            return
        coding = self.headers.get("Accept-Encoding", "")
        etag = f'"{server.edition}{coding}"'
        if server.fails:
            self.answer(503, b"away")
        elif self.path in server.lacks:
            self.answer(404, b"not here")
        elif self.headers.get("If-None-Match") == etag:
            self.answer(304, b"", ETag=etag)
        else:
            form = "Markdown, " if "markdown" in self.headers.get("Accept", "") else ""
            body = f"{form}edition {server.edition} in {coding or 'plain'}".encode()
            self.answer(200, body, ETag=etag, **({"Content-Encoding": coding} if coding else {}))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, dict(self.headers)))
        self.answer(200, body)

    def answer(self, status, body, **headers):
        self.send_response(status)
        self.send_header("X-Request-ID", "of whoever asked first")
        for name, value in {"Cache-Control": "public, max-age=10", "Vary": "Accept-Encoding", **headers}.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    server.asked, server.edition, server.fails, server.lacks, server.second = [], 1, False, (), None
    server.may_answer = threading.Event()
    server.may_answer.set()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.may_answer.set()
    server.shutdown()


@pytest.fixture
def behind():
    with serving() as server:
        yield server


@pytest.fixture
def second(behind):
    """Another machine, which the `nginx` of the same test knows of."""
    with serving() as behind.second:
        yield behind.second


@pytest.fixture
def folder():
    """One that nginx's workers may enter, who are another user where this one is root."""
    with tempfile.TemporaryDirectory(prefix="nginx-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture
def nginx(behind, folder):
    """ask(path, **headers) is what nginx answers: status, headers, body."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    assert program, "nginx is not installed"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = CONF.read_text("utf-8")
    beside = f"server 127.0.0.1:{behind.second.server_port}; " if behind.second else ""
    for old, new in (
        ("/var/log/nginx/roadmap.log roadmap buffer=64k flush=5s;", f"{folder}/access roadmap;"),
        ("/var/log/nginx/error.log crit;", f"{folder}/error crit;"),
        ("worker_processes auto;", f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error;"),
        ("http {", "http {\n" + "".join(f"{name}_temp_path {folder}/{name};\n" for name in TEMPORARY)),
        ("/var/cache/nginx/roadmap", f"{folder}/cache"),
        ("server 127.0.0.1:8000 ", f"{beside}server 127.0.0.1:{behind.server_port} "),
        ("listen 80 ", f"listen 127.0.0.1:{port} "),
    ):
        assert text.count(old) == 1, f"{old} is not once in deploy/nginx.conf"
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [program, "-e", str(folder / "error"), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        _await_port(port, process, folder / "error")
        yield Asker(port)
    finally:
        process.terminate()
        process.wait(10)


TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _await_port(port, process, log):
    for _ in range(1000):
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, log.read_text("utf-8") if log.exists() else process.stderr.read()
        threading.Event().wait(0.01)
    raise AssertionError("nginx did not start")


class Asker:
    def __init__(self, port):
        self.port = port

    def __call__(self, path, method="GET", body=None, **headers):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, path, body=body, headers=names)
        answer = line.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read().decode()
        line.close()
        return found


def test_the_two_forms_of_a_page_are_kept_apart(nginx, behind):
    browser, program = "text/html,*/*;q=0.8", "text/markdown, text/html;q=0.5"
    for accepted, form in ((browser, ""), (program, "Markdown, "), (browser, ""), (program, "Markdown, ")):
        assert nginx("/vat-mtd/", Accept=accepted)[2] == f"{form}edition 1 in plain", accepted
    assert {headers.get("Accept") for _, headers in behind.asked} == {None, program}


def test_readers_are_answered_from_what_is_kept_each_coding_apart(nginx, behind):
    for accepted, coding in (
        *(("br, gzip", "br"), ("gzip, deflate, br", "br"), ("BR", "br"), ("gzip;q=1.0", "gzip"), ("deflate", "plain")),
        *(("br;q=0, gzip", "gzip"), ("br;q=0.0", "plain"), ("identity", "plain"), ("*;q=0", "plain"), ("*", "gzip")),
        *(
            ("gzip, *;q=0", "gzip"),
            ("*;q=0, br", "br"),
            ("gzip;q=0, *", "plain"),
            ("X-GZip", "gzip"),
            ("xgzip", "plain"),
        ),
        ("gzip;q=1.0, identity; q=0.5, *;q=0", "gzip"),  # of RFC 9110, 12.5.3
    ):
        assert nginx("/vat-mtd/", Accept_Encoding=accepted)[2] == f"edition 1 in {coding}", accepted
    assert len([path for path, _ in behind.asked if path == "/vat-mtd/"]) <= 3 + 3  # a second may have passed


def test_what_is_kept_for_one_address_is_given_at_no_other(nginx):
    """Whose address ended with the name of a coding was given what was packed in that, of another address."""
    for filtered, whole, header in (
        ("/vat-mtd/items/?q=gzip", "/vat-mtd/items/?q=", {"Accept_Encoding": "gzip"}),
        ("/vat-mtd/br", "/vat-mtd/", {"Accept_Encoding": "br"}),
        ("/vat-mtd/items/?q=text/markdown", "/vat-mtd/items/?q=", {"Accept": "text/markdown"}),
        ("/static/a.brgzip", "/static/a.br", {"Accept_Encoding": "gzip"}),
    ):
        nginx(whole, **header)
        assert nginx(filtered)[2] == "edition 1 in plain", filtered


def test_no_cookie_of_a_reader_goes_further_and_the_address_is_the_one_that_was_seen(nginx, behind):
    nginx("/", Cookie="sessionid=1", Authorization="Basic x", X_Forwarded_For="9.9.9.9", Host="Roadmap.Example:81")
    _, headers = behind.asked[0]
    assert {"Cookie", "Authorization"}.isdisjoint(headers)
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["Host"] == "roadmap.example"


def test_staff_are_passed_on_and_never_kept(nginx, behind):
    for _ in range(3):
        nginx("/admin/", Cookie="sessionid=1")
        nginx("/preview/token/items/")
    assert [path for path, _ in behind.asked] == ["/admin/", "/preview/token/items/"] * 3
    assert behind.asked[0][1]["Cookie"] == "sessionid=1"
    status, _, body = nginx("/admin/import/", "POST", body="x" * 300_000)
    assert (status, len(body)) == (200, 300_000)


def test_what_one_reader_is_sent_is_never_kept(nginx, behind):
    paths = ["/emails/", "/emails/yours/token/", "/subscribe/", "/vat-mtd/subscribe/?stage=test"]
    for path in paths * 2:
        assert nginx(path)[0] == 200
    assert [path for path, _ in behind.asked] == paths * 2


def test_a_token_goes_on_where_one_is_asked_for_and_nowhere_else(nginx, behind):
    """It was taken from GOV.UK Notify too: behind this file no receipt of it was ever believed."""
    carriers = ["/emails/receipts/", "/emails/reports/"]
    for path in (*carriers, "/emails/", "/vat-mtd/", "/admin/", "/metrics", "/x/../emails/receipts/x"):
        nginx(path, Authorization="Bearer of a carrier")
    assert [path for path, headers in behind.asked if headers.get("Authorization")] == carriers
    assert len(behind.asked) == 7


def test_what_is_kept_is_given_while_no_process_answers(nginx, behind):
    nginx("/vat-mtd/items.csv")
    behind.fails = True
    _until_expired(nginx, "/vat-mtd/items.csv", behind)
    assert nginx("/vat-mtd/items.csv")[::2] == (200, "edition 1 in plain")
    assert nginx("/vat-mtd/never/")[0] == 503


def test_a_new_edition_is_seen_after_a_second(nginx, behind):
    nginx("/vat-mtd/")
    behind.edition = 2
    _until_expired(nginx, "/vat-mtd/", behind)
    assert _eventually(lambda: nginx("/vat-mtd/")[2] == "edition 2 in plain")


def _until_expired(nginx, path, behind):
    """Asks until nginx asks again: a second after it did."""
    before = len(behind.asked)
    assert _eventually(lambda: nginx(path) and len(behind.asked) > before)


def _eventually(check):
    return any(check() or threading.Event().wait(0.02) for _ in range(500))


def test_many_who_ask_at_once_are_one_request(nginx, behind):
    behind.may_answer.clear()
    answers = []
    crowd = [threading.Thread(target=lambda: answers.append(nginx("/vat-mtd/changes.atom")[0])) for _ in range(20)]
    for reader in crowd:
        reader.start()
    assert _eventually(lambda: len(behind.asked) == 1)
    behind.may_answer.set()
    for reader in crowd:
        reader.join()
    assert answers == [200] * 20
    assert len(behind.asked) == 1


def test_guessing_passwords_is_slowed(nginx):
    found = [nginx("/admin/login/", "POST", body="a=b")[0] for _ in range(30)]
    assert found[:20] == [200] * 20
    assert 429 in found


def test_who_asks_too_often_is_told_so_and_when_to_come_back(nginx):
    found = next(
        answer for answer in (nginx("/admin/login/", "POST", body="a=b") for _ in range(40)) if answer[0] == 429
    )
    assert found[1]["retry-after"] == "2"
    assert (found[1]["content-type"], found[1]["cache-control"]) == ("text/plain", "no-store")
    assert found[2] == "Too many requests came from your address. Wait a few seconds, then try again.\n"
    assert len(found[1]["x-request-id"]) == 32


def test_readers_are_told_in_words_that_no_process_answers(nginx):
    status, headers, body = nginx("/vat-mtd/gone/")
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "60", "no-store")
    assert body == "Sorry, this site cannot be reached at the moment. Try again in a minute.\n"


def test_machines_that_say_that_the_database_is_away_are_there(second, nginx, behind):
    """A few of staff who were told so had all machines left out: for ten seconds nobody read what these still held."""
    behind.fails = second.fails = True
    assert {nginx("/admin/")[0] for _ in range(8)} == {503}
    behind.fails = second.fails = False
    assert {nginx(f"/vat-mtd/items/VAT-{number}/")[0] for number in range(8)} == {200}


def test_readers_wait_for_no_machine_that_hangs(second, nginx, behind):
    """It takes what it is asked, and says nothing: another is asked before anybody has gone away."""
    behind.may_answer.clear()
    began = time.monotonic()
    assert {nginx(f"/vat-mtd/items/VAT-{number}/")[0] for number in range(2)} == {200}
    assert time.monotonic() - began < 15
    assert len(behind.asked) == 1


def test_a_file_that_one_machine_lacks_is_asked_of_the_other(second, nginx, behind):
    """As while one has the next version, and another not yet."""
    behind.lacks = ("/static/old-1.css", "/static/old-2.css", "/static/none.css")
    second.lacks = ("/static/new-1.css", "/static/new-2.css", "/static/none.css")
    for path in (*behind.lacks[:2], *second.lacks[:2]):  # whoever is asked first, one of them is not there
        assert nginx(path)[0] == 200, path
    assert nginx("/static/none.css")[0] == 404


def test_a_request_has_one_id_here_and_behind(nginx, behind, folder):
    one, other = (nginx("/vat-mtd/")[1]["x-request-id"] for _ in range(2))
    assert len(one) == len(other) == 32
    assert one != other  # what is kept is for all, its id is not
    assert behind.asked[0][1]["X-Request-ID"] == one
    nginx("/admin/", X_Request_ID="made-up-by-a-client")
    assert behind.asked[-1][1]["X-Request-ID"] != "made-up-by-a-client"
    assert [line["request_id"] for line in _logged(folder, 3)[:2]] == [one, other]


def test_the_access_log_has_no_token(nginx, behind, folder):
    token = "C4nary" + "xY" * 20
    secret = [
        f"/preview/{token}/items/",
        "/preview/short-C4nary/",
        "/%70review/short-C4nary/",
        f"/admin/invitation/MQ/{token}/",
        "/admin/invitation/C4nary/set-password/",
        f"/emails/confirm/MQ:C4nary:{'a' * 43}/",
        "/emails/yours/C4nary/",
        f"/x/MQ.{'C4nary' * 7}a/",
        f"/unsubscribe?{token}",
        "/unsubscribe?a=b&token=C4nary",
        "/admin/login/?next=/preview/C4nary/",
    ]
    for path in secret:
        nginx(path)
    plain = ["/vat-mtd/items/?stage=test&q=a", "/static/a.3f2a1bcd4e5f.css", "/media/markdown/0123456789abcdef.png"]
    for path in plain:
        nginx(path)
    told = _logged(folder, len(secret) + len(plain))
    assert "C4nary" not in str(told)
    assert [line["address"] for line in told[-3:]] == plain
    assert told[0]["address"] == "/preview/…"
    assert (told[-1]["method"], told[-1]["status"], told[-1]["client"]) == ("GET", 200, "127.0.0.1")
    assert nginx("/preview/C4nary/gone/")[0] == 502
    assert "C4nary" not in (folder / "error").read_text("utf-8")


def _logged(folder, number):
    """A line is written once the answer has left."""
    assert _eventually(lambda: len((folder / "access").read_text("utf-8").splitlines()) >= number)
    return [json.loads(line) for line in (folder / "access").read_text("utf-8").splitlines()]


def test_the_numbers_of_the_site_are_never_kept(nginx, behind):
    for _ in range(2):
        nginx("/metrics")
    assert [path for path, _ in behind.asked] == ["/metrics", "/metrics"]
