"""What a request can make a real server believe of where it is, and what every kind of answer says to browsers."""

import http.client
import io
import re
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests import live

pytestmark = pytest.mark.browser
ORIGIN = "https://roadmap.example.org"
PICTURE = "markdown/0123456789abcdef0123456789abcdef.png"
# Of every answer. Each with what it must say, as a whole.
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin|no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin|cross-origin",
    "Permissions-Policy": r".*camera=\(\).*microphone=\(\).*clipboard-write=\(self\).*",
    "Strict-Transport-Security": "max-age=3600",
    "Content-Security-Policy": r"(?!.*unsafe)(?!.*\*).*default-src 'none'.*",
}
POLICY = {
    "script-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
    "default-src 'none'",
}


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@pytest.fixture(scope="module")
def site(sample_folder, tmp_path_factory):
    """As on a real server: behind a proxy that ends TLS, under a name of its own."""
    state_dir = tmp_path_factory.mktemp("front-door")
    settings = {
        "LOCAL": "false",
        "SECRET_KEY": "a" * 50,
        "ALLOWED_HOSTS": "roadmap.example.org,127.0.0.1",
        "BEHIND_PROXY": "true",
        "PUBLIC_ORIGIN": ORIGIN,
        "SECURITY_CONTACT": "security@example.org",
    }
    picture = state_dir / "media" / PICTURE
    picture.parent.mkdir(parents=True)
    content = io.BytesIO()
    Image.new("RGB", (1, 1)).save(content, "PNG")
    picture.write_bytes(content.getvalue())
    with live.serving(sample_folder, state_dir, "", **settings) as site:
        yield site


def ask(site, path, method="GET", body=None, **headers):
    """With headers as they are written here, whatever a client would make of them."""
    there = urlsplit(site.url)
    connection = http.client.HTTPConnection(there.hostname, there.port, timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": "roadmap.example.org", "X-Forwarded-Proto": "https"}
    for name, value in {**sent, **{name.replace("__", "-"): value for name, value in headers.items()}}.items():
        if value is not None:
            connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    found = Answer(answer.status, answer.headers, answer.read())
    connection.close()
    return found


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script__Name", "PATH_INFO", "X__Script__Name"])
def test_no_header_moves_an_address(site, name):
    """gunicorn believed one from this machine: /vat-mtd/ was then the list of roadmaps, for whoever kept it."""
    pages = [ask(site, "/vat-mtd/", **{name: "/vat-mtd"}), ask(site, "/vat-mtd/")]
    for page in pages:
        assert page.status in (200, 400)
        assert b"<h1" not in page.body or re.search(rb"<h1[^>]*>\s*VAT \(MTD\) roadmap", page.body)
    assert pages[1].status == 200


def test_nor_does_it_where_gunicorn_believes_it(sample_folder, tmp_path):
    """Without our configuration, and as a plain WSGI site."""
    plain = ("--no-control-socket", "--worker-class", "gthread", "roadmap_site.wsgi")
    with live.serving(sample_folder, tmp_path, "", gunicorn=plain) as site:
        page = ask(site, "/vat-mtd/", Host="localhost", SCRIPT_NAME="/vat-mtd")
        assert page.status == 200
        assert re.search(rb"<h1[^>]*>\s*VAT \(MTD\) roadmap", page.body)


@pytest.mark.parametrize(
    "host", ["ROADMAP.example.org", "roadmap.example.org:81", "Roadmap.Example.ORG:443", "127.0.0.1:1"]
)
@pytest.mark.parametrize(
    "path", ["/vat-mtd/changes.atom", "/vat-mtd/items.ics", "/api/v1/roadmaps", "/sitemap.xml", "/vat-mtd/"]
)
def test_what_somebody_calls_the_site_is_in_no_answer_that_others_may_get(site, path, host):
    other = ask(site, path, Host=host)
    usual = ask(site, path)
    assert usual.status == 200
    assert other.body == usual.body
    assert (other.headers["ETag"], other.headers["Link"]) == (usual.headers["ETag"], usual.headers["Link"])
    assert ORIGIN.encode() in usual.body


def test_http_leads_to_the_sites_own_name_by_https(site):
    answer = ask(site, "/vat-mtd/", Host="ROADMAP.example.org:81", X__Forwarded__Proto="http")
    assert answer.status == 301
    assert answer.headers["Location"] == f"{ORIGIN}/vat-mtd/"
    assert ask(site, "/", Host="evil.example").status == 400


KINDS = {
    "page": ("/vat-mtd/", 200, {}),
    "page as Markdown": ("/vat-mtd/index.md", 200, {}),
    "search": ("/search/?q=vat", 200, {}),
    "feed": ("/vat-mtd/changes.atom", 200, {}),
    "calendar": ("/vat-mtd/items.ics", 200, {}),
    "file": ("/vat-mtd/items.csv", 200, {}),
    "spreadsheet": ("/vat-mtd/items.xlsx", 200, {}),
    "API": ("/api/v1/roadmaps", 200, {}),
    "API refused": ("/api/v1/roadmaps/vat-mtd/items?stage=nonsense", 400, {}),
    "API not found": ("/api/v1/roadmaps/nothing", 404, {}),
    "static": ("/static/favicon.svg", 200, {}),
    "static not found": ("/static/nothing.css", 404, {}),
    "picture": (f"/media/{PICTURE}", 200, {}),
    "picture not found": ("/media/markdown/nothing.png", 404, {}),
    "not found": ("/nothing/at/all/", 404, {}),
    "refused": ("/vat-mtd/items/?stage=nonsense", 400, {}),
    "null byte": ("/vat-mtd/?q=%00", 400, {}),
    "unknown host": ("/", 400, {"Host": "evil.example"}),
    "wrong method": ("/vat-mtd/", 405, {"method": "DELETE"}),
    "forged form": ("/admin/login/", 403, {"method": "POST", "body": b"username=x&password=y"}),
    "redirect": ("/vat-mtd", 301, {}),
    "redirect of the icon": ("/favicon.ico", 302, {}),
    "admin, signed out": ("/admin/", 302, {}),
    "login": ("/admin/login/", 200, {}),
    "no preview": ("/preview/forged/", 404, {}),
    "text": ("/robots.txt", 200, {}),
    "security.txt": ("/.well-known/security.txt", 200, {}),
    "health": ("/healthz", 200, {}),
    "ready": ("/readyz", 200, {}),
    "part": ("/vat-mtd/items.csv", 206, {"Range": "bytes=0-1"}),
    "no such part": ("/vat-mtd/items.csv", 416, {"Range": "bytes=99999999-"}),
    "preflight": ("/api/v1/roadmaps", 204, {"method": "OPTIONS", "Origin": "https://example.net"}),
}
# What a whole answer of that kind must say besides: whether caches may keep it.
KEPT = {"page", "page as Markdown", "search", "feed", "calendar", "file", "spreadsheet", "API", "static", "picture"}
FOR_ALL = {"feed", "calendar", "file", "spreadsheet", "API", "API refused", "API not found", "picture", "text"}
FOR_ALL |= {"picture not found", "no such part"}


def faults(kind, answer):
    for name, wanted in ALWAYS.items():
        if name == "Strict-Transport-Security" and kind == "health":
            continue  # who asks that is a machine beside it
        found = answer.headers.get_all(name) or []
        if len(found) != 1 or not re.fullmatch(wanted, found[0], re.DOTALL):
            yield f"{kind}: {name} is {found}"
    missing = POLICY - {part.strip() for part in (answer.headers["Content-Security-Policy"] or "").split(";")}
    if missing:
        yield f"{kind}: the policy lacks {missing}"
    if "Set-Cookie" in answer.headers and kind not in ("login", "forged form"):
        yield f"{kind}: sets {answer.headers['Set-Cookie']}"
    if "Server" in answer.headers and re.search(r"\d", answer.headers["Server"]):
        yield f"{kind}: says {answer.headers['Server']}"
    if kind in KEPT and "public" not in answer.headers.get("Cache-Control", ""):
        yield f"{kind}: Cache-Control is {answer.headers['Cache-Control']}"
    if kind.startswith(("admin", "login", "no preview", "forged")) and not re.search(
        "no-store|no-cache|private", answer.headers.get("Cache-Control", "")
    ):
        yield f"{kind}: Cache-Control is {answer.headers['Cache-Control']}"
    is_for_all = answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    if is_for_all and kind not in FOR_ALL and "Access-Control-Allow-Origin" not in answer.headers:
        yield f"{kind}: may be taken by other sites"
    if kind in FOR_ALL and not is_for_all:
        yield f"{kind}: may not be taken by other sites"


def test_every_kind_of_answer_says_to_browsers_what_it_must(site):
    wrong = []
    for kind, (path, status, how) in KINDS.items():
        for again in ("", ", held"):  # made, and as it is held
            answer = ask(site, path, **how)
            if answer.status != status:
                wrong.append(f"{kind}{again}: {answer.status}, not {status}")
            wrong += faults(kind, answer)
        if status == 200 and (etag := answer.headers["ETag"]):
            known = ask(site, path, **{**how, "If__None__Match": etag})
            wrong += [] if known.status == 304 else [f"{kind}: {known.status}, not 304"]
            wrong += faults(kind, known)
    assert not wrong, "\n".join(wrong)
