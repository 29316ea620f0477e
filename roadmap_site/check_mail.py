"""What may stand in the settings of mail, for check_settings: who carries it, how they tell of what came back.

Nothing here says what it read: keys and passwords are in it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


def email(url: str) -> dict[str, Any]:
    """Django's settings for the server of that URL. Raises ImproperlyConfigured."""
    try:
        found = environ.Env.email_url_config(url)
        if "smtp" in found["EMAIL_BACKEND"] and not found["EMAIL_HOST"]:
            raise ValueError("no host")
    except (KeyError, ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured("EMAIL_URL must be like smtp+tls://USER:PASSWORD@HOST:587.") from error
    return dict(found)


# By django-anymail: those that take nothing but `requests`, that keep our headers, and that can be told not to track.
# Each with the names that it has for its key and for what its reports are known by.
ANYMAIL = {
    "postmark": ("POSTMARK_SERVER_TOKEN", "WEBHOOK_SECRET"),
    "mailgun": ("MAILGUN_API_KEY", "MAILGUN_WEBHOOK_SIGNING_KEY"),
}


def anymail(provider: str, *, key: str, secret: str, domain: str, api_url: str) -> dict[str, Any]:
    """What django-anymail reads, ANYMAIL: nothing where no provider is named."""
    if not provider:
        return {}
    key_name, secret_name = ANYMAIL[provider]
    found = {
        key_name: key,
        secret_name: secret,
        f"{provider.upper()}_API_URL": api_url,
        "MAILGUN_SENDER_DOMAIN": domain,
    }
    return {name: value for name, value in found.items() if value} | {
        "SEND_DEFAULTS": {"track_opens": False, "track_clicks": False},
        "REQUESTS_TIMEOUT": 10,  # seconds
    }


_NEAR = ("127.0.0.1", "localhost", "::1")


def mailbox(url: str) -> dict[str, Any]:
    """Where mails come back that nobody took: nothing where the URL is empty. Raises ImproperlyConfigured.

    imaps:// is TLS from the first byte (RFC 8314), imap:// by STARTTLS, which only this machine itself may lack.
    """
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        user, password, folder = (unquote(part or "") for part in (parts.username, parts.password, parts.path[1:]))
        is_right = parts.scheme in ("imap", "imaps") and parts.hostname and parts.port != 0
        if not (is_right and user and password) or parts.query or parts.fragment:
            raise ValueError("not whole")
        if not re.fullmatch(r"[ -~]{0,200}", folder) or re.search(r"[\x00-\x1f\x7f]", user + password):
            raise ValueError("not to be written in one line")
    except ValueError as error:
        raise ImproperlyConfigured(
            "BOUNCES_URL must be like imaps://USER:PASSWORD@HOST/FOLDER, with % for what is special in an address, "
            "as in team%40example.org; without FOLDER it is INBOX."
        ) from error
    return {
        "host": parts.hostname,
        "port": parts.port or (993 if parts.scheme == "imaps" else 143),
        "tls": {"imaps": "tls"}.get(parts.scheme, "none" if parts.hostname in _NEAR else "starttls"),
        "user": user,
        "password": password,
        "folder": folder or "INBOX",
    }


def faults_of_mail(given: Mapping[str, str]) -> Iterator[str]:
    yield from _faults_of_notify(given)
    yield from _faults_of_anymail(given)


_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def _faults_of_notify(given: Mapping[str, str]) -> Iterator[str]:
    key, template = (given.get(name, "").strip() for name in ("NOTIFY_KEY", "NOTIFY_TEMPLATE"))
    if key and not re.fullmatch(rf"[\w-]+-{_UUID}-{_UUID}", key, re.ASCII):
        yield "NOTIFY_KEY must be a key as GOV.UK Notify shows it: a name and two identifiers, with hyphens."
    elif (token := given.get("NOTIFY_RECEIPT_TOKEN", "").strip()) and not re.fullmatch(r"[!-~]{20,200}", token):
        yield "NOTIFY_RECEIPT_TOKEN must be a random text of 20 to 200 letters, digits and marks, without blanks."
    elif template and not re.fullmatch(_UUID, template):
        yield "NOTIFY_TEMPLATE must be the id of a template, like f33517ff-2a88-4f6e-b855-c550268ce08a."
    elif bool(key) != bool(template):
        there, missing = ("NOTIFY_KEY", "NOTIFY_TEMPLATE") if key else ("NOTIFY_TEMPLATE", "NOTIFY_KEY")
        yield f"{there} is set, and {missing} is not: set both or neither."


_TOKEN = re.compile(r"[!-~]{8,200}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+", re.I)


def _faults_of_anymail(given: Mapping[str, str]) -> Iterator[str]:
    """One line: what follows from a wrong name is not said as well."""
    provider, key, secret, domain, api_url = (
        given.get(f"ANYMAIL_{name}", "").strip() for name in ("PROVIDER", "KEY", "WEBHOOK_SECRET", "DOMAIN", "API_URL")
    )
    needs_pair = provider.lower() == "postmark"
    if provider and provider.lower() not in ANYMAIL:
        yield f"ANYMAIL_PROVIDER must be one of {', '.join(ANYMAIL)}."
    elif key and not _TOKEN.fullmatch(key):
        yield "ANYMAIL_KEY must be the key for sending that the provider shows, without blanks."
    elif secret and not re.fullmatch(r"[!-~]{20,200}", secret):
        yield "ANYMAIL_WEBHOOK_SECRET must be a text of 20 to 200 letters, digits and marks, without blanks."
    elif secret and needs_pair and not re.fullmatch(r"[^:@/]+:[^:@/]{16,}", secret):
        yield "ANYMAIL_WEBHOOK_SECRET must be NAME:PASSWORD for Postmark, with at least 16 characters after the colon."
    elif domain and not _DOMAIN.fullmatch(domain):
        yield "ANYMAIL_DOMAIN must be the domain that Mailgun sends for, like mg.example.org."
    elif api_url and not _is_of_an_api(api_url):
        yield "ANYMAIL_API_URL must be the https:// address of the provider's API, like https://api.eu.mailgun.net/v3."
    elif bool(provider) != bool(key):
        names = ("ANYMAIL_PROVIDER", "ANYMAIL_KEY")
        there, missing = names if provider else names[::-1]
        yield f"{there} is set, and {missing} is not: set both or neither."
    elif provider and given.get("NOTIFY_KEY", "").strip():
        yield "ANYMAIL_PROVIDER must be left out where NOTIFY_KEY is set: one of the two carries the mail."


def _is_of_an_api(url: str) -> bool:
    """The key goes there: never in the clear but on this machine."""
    if re.search(r"[\s\\<>\"?#@]", url):
        return False
    try:
        parts = urlsplit(url)
        is_near = parts.scheme == "http" and parts.hostname in _NEAR
        return (parts.scheme == "https" or is_near) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
