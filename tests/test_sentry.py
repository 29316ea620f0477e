"""Errors go to whoever SENTRY_DSN names, here a server that stands for it: nothing of persons, and nothing secret."""

import gzip
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parent.parent

FAILING = """
import logging, sys
from django.test import Client
from django.urls import path
import roadmap_site.urls as urls

def view(request, token):
    password = "canary-in-a-variable"
    raise ValueError(f"at /preview/{token}/ for jane.canary@example.org, postgres://roadmap:canary@db/")

urls.urlpatterns.insert(0, path("preview/<token>/fail/", view))
client = Client(raise_request_exception=False)
answer = client.post("/preview/canary-token/fail/?q=canary-query", {"text": "canary-typed"},
    headers={"Cookie": "sessionid=canary-cookie", "User-Agent": "canary-agent"}, REMOTE_ADDR="203.0.113.77",
    HTTP_HOST="localhost")
assert answer.status_code == 500, answer.status_code
print(answer["X-Request-ID"])
logging.getLogger("roadmap.x").warning("canary: no error")
"""


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        packed = self.headers.get("Content-Encoding")
        body = brotli.decompress(body) if packed == "br" else gzip.decompress(body) if packed else body
        self.server.got.append((self.path, dict(self.headers), body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def collector():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def run(tmp_path, command, **variables):
    return subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", command],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "roadmap_site.settings", "DATABASE_URL": "", **variables}
        | {"STATE_DIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_error_is_sent_with_its_place_and_nothing_else(collector, tmp_path):
    dsn = f"http://publickey@127.0.0.1:{collector.server_port}/42"
    done = run(tmp_path, FAILING, SENTRY_DSN=dsn)
    assert done.returncode == 0, done.stderr
    assert {path for path, _, _ in collector.got} == {"/api/42/envelope/"}
    events = [json.loads(body.splitlines()[2]) for _, _, body in collector.got]  # another: the styles are not there
    (event,) = [event for event in events if event["logger"] == "django.request"]
    assert event["tags"]["request_id"] == done.stdout.strip()
    assert event["extra"] == {"method": "POST", "address": "/preview/…/fail/"}
    assert event["release"].startswith("roadmap@")
    (fault,) = event["exception"]["values"]
    assert (fault["type"], fault["value"]) == ("ValueError", "at /preview/…/ for …, postgres://…@db/")
    assert fault["stacktrace"]["frames"][-1]["function"] == "view"
    for canary in ("jane", "canary-", "203.0.113.77", "sessionid", "cookie"):
        assert canary not in str(collector.got).lower(), canary


def test_while_nobody_answers_a_command_goes_on_and_ends(tmp_path):
    command = "import logging; logging.getLogger('x').error('a'); print('went on')"
    done = run(tmp_path, command, SENTRY_DSN="http://key@127.0.0.1:9/1")
    assert (done.returncode, done.stdout.strip()) == (0, "went on")


def test_what_is_not_set_is_not_loaded(tmp_path):
    named = "sentry_sdk", "boto3", "botocore", "storages", "prometheus_client"
    command = (
        f"import sys, roadmap_site.urls, roadmap.web.page_store.application; print({{*{named}}} & {{*sys.modules}})"
    )
    done = run(tmp_path, command, SENTRY_DSN="", UPLOADS_URL="", METRICS_NETWORKS="127.0.0.1")
    assert done.stdout.strip() == "set()", done.stderr
