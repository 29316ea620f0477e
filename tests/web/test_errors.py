import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import path

from roadmap_site import errors
from roadmap_site import urls as site_urls
from tests import make
from tests.web.read import Page, read

ODD = [
    "/nope/",
    "/%00/",
    "/vat-mtd%00/",
    "/vat-mtd/items/VAT-1%00/",
    "/vat-mtd/items/%F0%9F%92%A9/",
    "/vat-mtd/items/%ff%fe/",
    "/vat-mtd/items/VAT-1./",
    "/vat-mtd./",
    "/vat-mtd/items/VAT 1/",
    "/vat-mtd/items/VAT-1%0A/",
    "/vat-mtd/items/..%2F..%2Fadmin/",
    "/vat-mtd/pages/../../etc/passwd/",
    "/'%20OR%201=1--/",
    "/<script>alert(1)</script>/",
    "/" + "a" * 10_000 + "/",
    "/vat-mtd/items/" + "A" * 10_000 + "/",
    "/vat-mtd/items/" + "1" * 5_000 + "/",
    "/vat-mtd/nothing/here/",
    "/VAT-MTD/items/items/items/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("url", ODD, ids=lambda url: url[:40])
def test_an_address_that_does_not_exist_is_not_found_in_the_sites_look(client, url):
    roadmap = make.roadmap(slug="vat-mtd", reference_prefix="VAT")
    make.item(roadmap)
    make.edition(roadmap, at=make.at("2026-03-24"))
    page = read(client, url, status=404)
    assert page.one("h1").text == "Page not found"
    assert page.link("HMRC Developer Hub") == "/"
    assert page.all("script") == []


@pytest.mark.django_db
def test_a_missing_slash_never_leads_to_another_site(client):
    response = client.get("/", PATH_INFO="//example.org")
    assert response.status_code in {301, 404}
    assert not response.get("Location", "").startswith(("//", "http"))


def broken(request):
    raise RuntimeError("the details of a failure")


def forbidden(request):
    raise PermissionDenied("no")


def suspicious(request):
    raise SuspiciousOperation("odd")


class urls_with_failures:
    urlpatterns = [path("broken/", broken), path("forbidden/", forbidden), path("suspicious/", suspicious)]
    handler400, handler403 = site_urls.handler400, site_urls.handler403
    handler404, handler500 = site_urls.handler404, site_urls.handler500


@pytest.fixture
def failing_client(settings):
    """No database fixture: what asks it fails the test."""
    settings.ROOT_URLCONF = urls_with_failures
    return Client(raise_request_exception=False)


def test_a_failure_says_sorry_and_nothing_more(failing_client):
    page = read(failing_client, "/broken/", status=500)
    assert page.main.startswith("Sorry, there is a problem with this service Try again later.")
    assert "details of a failure" not in page.html
    assert "Traceback" not in page.html


def test_a_refusal_says_whom_to_ask(failing_client):
    assert "Your account does not have permission for this." in read(failing_client, "/forbidden/", status=403).main


def test_a_request_that_is_not_valid_is_told_so(failing_client):
    assert "is not valid" in read(failing_client, "/suspicious/", status=400).main


@pytest.mark.django_db
def test_a_form_that_is_out_of_date_is_explained():
    response = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This form is out of date" in Page(response.content.decode()).main


def test_a_host_that_is_not_ours_is_refused_in_words(client):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "is not valid" in Page(response.content.decode()).main


IN_MARKDOWN = {
    "/nope/index.md": (404, "# Page not found"),
    "/nope/": (404, "# Page not found"),
    "/nope/at/all/": (404, "# Page not found"),
    "/vat-mtd/index.md?q=%00": (400, "# This request cannot be read"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("url", IN_MARKDOWN)
def test_what_cannot_be_answered_is_said_in_the_form_that_was_asked_for(client, url):
    status, beginning = IN_MARKDOWN[url]
    make.edition(make.roadmap(slug="vat-mtd"), at=make.at("2026-03-24"))
    answer = client.get(url, headers={"accept": "" if ".md" in url else "text/markdown"})
    assert (answer.status_code, answer["Content-Type"]) == (status, "text/markdown; charset=utf-8")
    assert answer.content.decode().startswith(beginning)
    assert "<" not in answer.content.decode()


def test_a_failure_and_a_host_that_is_not_ours_are_told_in_either_form(failing_client, client):
    answer = failing_client.get("/broken/", headers={"accept": "text/markdown"})
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/markdown; charset=utf-8")
    assert answer.content.decode().startswith("# Sorry, there is a problem")
    assert client.get("/", headers={"host": "evil.example", "accept": "text/markdown"}).status_code == 400


@pytest.mark.django_db
def test_staff_are_told_on_a_page_whatever_their_browser_takes(client, admin_client):
    answer = admin_client.get("/admin/roadmap/nothing/", headers={"accept": "text/markdown"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_failure_is_answered_even_where_the_error_page_fails_too(monkeypatch, caplog):
    def fails(*args, **kwargs):
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(errors, "page", fails)
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Sorry, there is a problem with this service" in response.content.decode()
    assert "The error page cannot be rendered" in caplog.text
