"""What the site says of itself: how accessible it is, and what it knows of its readers.

The texts are templates, because what they say follows from this software; whom to ask is a setting, or the contact of
the first roadmap. Who has more to say of their own puts other templates in their place.
"""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from roadmap.content.things import Contact
from roadmap.published import store
from roadmap.web.problems import Format, in_format
from roadmap.web.responses import address_of, kept, kept_as_software, page


@in_format(Format.PAGE)
def accessibility(request: HttpRequest) -> HttpResponseBase:
    return _about_site(request, "web/pages/site/accessibility.html")


@in_format(Format.PAGE)
def privacy(request: HttpRequest) -> HttpResponseBase:
    return _about_site(request, "web/pages/site/privacy.html")


def _about_site(request: HttpRequest, template: str) -> HttpResponseBase:
    now = store.now()
    published = store.newest_of_each(at=now)
    contact = Contact(name=settings.SITE_CONTACT_NAME, email=settings.SITE_CONTACT_EMAIL)
    if not contact.email:
        contact = next((roadmap.snapshot.roadmap.contact for roadmap in published), contact)
    said = {"notice_url": settings.PRIVACY_NOTICE_URL, "sends_email": settings.SENDS_EMAIL}
    answer = page(template, contact=contact, page_url=address_of(request), **said)
    editions = [roadmap.edition for roadmap in published]
    return kept(request, answer, editions, now) if editions else kept_as_software(request, answer)
