"""What may stand in each setting, asked of all of them at start: see README.md ("Settings").

`check_settings` is the one function. What is wrong is said in a line for each setting, with what to write instead;
never with the value where that may hold a password. A setting that is there and empty is one that is not set.
"""

import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from roadmap_site.check_mail import email, faults_of_mail, mailbox

SQLITE, POSTGRESQL = "django.db.backends.sqlite3", "django.db.backends.postgresql"
_DATABASES = {POSTGRESQL: "postgres://USER:PASSWORD@HOST:5432/NAME", SQLITE: "sqlite:////FOLDER/FILE"}

LOG_FORMATS = ("text", "json")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ROLES = ("auditor", "editor", "publisher", "administrator")
SECOND_FACTORS = ("publishers", "everyone", "optional")
TRUE = environ.Env.BOOLEAN_TRUE_STRINGS
FALSE = ("false", "off", "n", "no", "0")

# A name, ".name" for all below it, an IPv4 address, an IPv6 address in brackets, or "*".
_HOST = re.compile(
    r"\*|\.?[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*\.?|\[[0-9a-f:.]+\]", re.I
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_environment(env_file: Path, is_named: bool) -> dict[str, str]:
    """The variables of this process, after those of a file were added to them: what is there already stays.

    `is_named`: somebody said that this is the file, so that it must be there. Raises ImproperlyConfigured.
    """
    if is_named and not env_file.exists():
        raise ImproperlyConfigured(
            f"ENV_FILE is {env_file}, and there is no such file: mend the name, or leave it out."
        )
    if env_file.exists():
        try:
            lines = env_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise ImproperlyConfigured(f"{env_file} cannot be read: {why}.") from error
        for number, line in enumerate(lines, 1):
            if line.strip() and not re.match(r"(?:export )?\w+=|#", line):
                raise ImproperlyConfigured(
                    f"{env_file}, line {number}, must be like NAME=value, without blanks before it or around “=”."
                )
        environ.Env.read_env(env_file)
    return {name: value for name, value in os.environ.items() if value.strip()}


def listed(values: list[str]) -> list[str]:
    """Of a list with commas, whatever blanks stand around them."""
    return [word for value in values if (word := value.strip())]


def roles_of_groups(value: str) -> dict[str, str]:
    """ "roadmap-editors=editor, roadmap-publishers=publisher", by group. Raises ValueError where it is no such text."""
    found = {}
    for pair in listed(value.split(",")):
        group, _, role = pair.rpartition("=")
        if not group.strip() or role.strip() not in ROLES:
            raise ValueError(pair)
        found[group.strip()] = role.strip()
    return found


def _are_roles(value: str) -> bool:
    try:
        return bool(roles_of_groups(value))
    except ValueError:
        return False


def database(variable: str, url: str, *engines: str) -> dict[str, Any]:
    """How Django reaches the database of that URL. Raises ImproperlyConfigured where it is none of these engines."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of an engine that it does not know, which we refuse
            found = environ.Env.db_url_config(url)
    except ValueError:  # of a port, say
        found = {}
    if found.get("ENGINE") not in engines or not found.get("NAME"):
        ways = " or ".join(_DATABASES[engine] for engine in engines)
        raise ImproperlyConfigured(f"{variable} must be like {ways}.")
    return dict(found)


_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_FOLDER = re.compile(r"(?:/[\w-]+)*/?", re.ASCII)


def uploads(url: str) -> dict[str, Any]:
    """Where uploads are, as STORAGES has it: in a folder where the URL is empty. Raises ImproperlyConfigured."""
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    try:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        has_bucket = parts.scheme == "s3" and _BUCKET.fullmatch(parts.hostname or "") and parts.port is None
        has_keys = bool(parts.username) == bool(parts.password)
        endpoint, region = asked.pop("endpoint", None), asked.pop("region", None)
        is_right = has_bucket and has_keys and _FOLDER.fullmatch(parts.path) and not asked and not parts.fragment
        if not is_right or not (endpoint is None or _is_web_address(endpoint)):
            raise ValueError("not as it must be")
        if region is not None and not re.fullmatch(r"[a-z0-9-]+", region):
            raise ValueError("no region")
    except ValueError as error:
        raise ImproperlyConfigured(
            "UPLOADS_URL must be like s3://BUCKET?endpoint=https://HOST&region=REGION, with its keys in "
            f"{' and '.join(_KEYS)} or before the bucket, as s3://KEY:SECRET@BUCKET. "
            "Leave it out for a folder in STATE_DIR."
        ) from error
    options = {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint and endpoint.rstrip("/"),
        "region_name": region,
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
    }
    chosen = {name: value for name, value in options.items() if value}
    return {"BACKEND": "roadmap_site.uploads.Uploads", "OPTIONS": chosen}


def _is_web_address(value: str) -> bool:
    if re.search(r"[\s\\<>\"]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_address_or_path(value: str) -> bool:
    return _is_web_address(value) or bool(re.fullmatch(r"/(?![/\\])[^\s\\<>\"]*", value))


def _is_origin(value: str) -> bool:
    return _is_web_address(value) and re.fullmatch(r"https?://[^/?#@]+", value) is not None


def _is_seconds(value: str) -> bool:
    return re.fullmatch(r"\d{1,8}", value.strip(), re.ASCII) is not None


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def _is_sender(value: str) -> bool:
    """ "Roadmap team <roadmap@example.org>" too."""
    named = re.fullmatch(r"[^<>]*<([^<>]+)>", value)
    return _is_email(named[1] if named else value)


def _is_contact(value: str) -> bool:
    """What RFC 9116 takes: where to report, as a web page, a telephone number or an email address."""
    if value.startswith("mailto:"):
        return _is_email(value.removeprefix("mailto:"))
    return _is_email(value) or bool(re.fullmatch(r"tel:\+?[\d-]+", value)) or _is_secure_address(value)


def _is_secure_address(value: str) -> bool:
    return value.startswith("https://") and _is_web_address(value)


def _is_provider(value: str) -> bool:
    """With TLS, but for one on the same machine."""
    if not _is_web_address(value) or urlsplit(value).query or urlsplit(value).fragment:
        return False
    return value.startswith("https://") or urlsplit(value).hostname in ("127.0.0.1", "localhost", "::1")


def _is_truth(value: str) -> bool:
    return value.strip().lower() in (*TRUE, *FALSE)


def _is_size(value: str) -> bool:
    return re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII) is not None


def _is_within(least: int, most: int) -> Callable[[str], bool]:
    return lambda value: value.strip().isdecimal() and value.isascii() and least <= int(value.strip()[:9]) <= most


def _each(is_right: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda value: all(map(is_right, listed(value.split(","))))


def _is_network(value: str) -> bool:
    try:
        ip_network(value)
    except ValueError:
        return False
    return True


def _is_dsn(value: str) -> bool:
    """What Sentry, and whatever speaks as it does, gives out: the key, the host, the number of the project."""
    try:
        parts = urlsplit(value.strip())
        is_whole = parts.scheme in ("http", "https") and bool(parts.username) and bool(parts.hostname)
        return is_whole and parts.port != 0 and re.fullmatch(r"/(?:[\w.-]+/)*\d+", parts.path, re.ASCII) is not None
    except ValueError:
        return False


_MILLISECONDS = (_is_size, "must be a whole number of milliseconds, or 0 for never")
_TRUTH = (_is_truth, "must be true or false")
_SIZE = (_is_size, "must be a whole number of MiB, 0 or more")
_NUMBER = (_is_size, "must be a whole number, 0 or more")
_TEXT = (lambda value: len(value) <= 200, "must be a text of at most 200 characters")
_PAGE = (_is_address_or_path, "must be a web address, like https://www.example.org/ or /a-page/")
# What each must be, and how that is said. "not “…”" follows.
_RULES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "DEBUG": _TRUTH,
    "LOCAL": _TRUTH,
    "BEHIND_PROXY": _TRUTH,
    "GOVUK_BRAND": _TRUTH,
    "ACCESS_LOG": _TRUTH,
    "SLOW_RENDER_MS": _MILLISECONDS,
    "SLOW_QUERY_MS": _MILLISECONDS,
    "LOG_FORMAT": (lambda value: value.strip().lower() in LOG_FORMATS, f"must be one of {', '.join(LOG_FORMATS)}"),
    "METRICS_NETWORKS": (
        _each(_is_network),
        "must be networks with commas between them, like 10.0.0.0/8, 2001:db8::/32, 127.0.0.1",
    ),
    "HSTS_SUBDOMAINS": _TRUTH,
    "HSTS_SECONDS": (_is_seconds, "must be a whole number of seconds, at most 99999999"),
    "PUBLIC_ORIGIN": (_is_origin, "must be like https://roadmap.example.org, without a path"),
    "PAGE_STORE_MEMORY": _SIZE,
    "UPLOADS_PER_PERSON": _SIZE,
    "UPLOADS_IN_ALL": _SIZE,
    "PAGE_STORE_DISK": _SIZE,
    "MAIL_WAIT": _NUMBER,
    "MAIL_RATE": _NUMBER,
    "SITE_NAME": _TEXT,
    "SITE_CONTACT_NAME": _TEXT,
    "SITE_URL": _PAGE,
    "PRIVACY_NOTICE_URL": _PAGE,
    "ALLOWED_HOSTS": (
        _each(lambda value: _HOST.fullmatch(value) is not None),
        "must be host names with commas between them, like roadmap.example.org, without “https://”, ports and paths",
    ),
    "CSRF_TRUSTED_ORIGINS": (
        _each(_is_origin),
        "must be origins with commas between them, each like https://roadmap.example.org, without a path",
    ),
    "WEBSUB_HUBS": (_each(_is_secure_address), "must be web addresses with https://, with commas between them"),
    "SITE_CONTACT_EMAIL": (_is_email, "must be an email address, like name@example.org"),
    "BOUNCES_ADDRESS": (_is_email, "must be an email address, like bounces@example.org"),
    "ADMINS": (_each(_is_email), "must be email addresses with commas between them"),
    "EMAIL_FROM": (_is_sender, "must be an email address, like name@example.org or Name <name@example.org>"),
    "SECURITY_CONTACT": (
        _each(_is_contact),
        "must be email addresses or web addresses with https://, with commas between them",
    ),
    "SECURITY_POLICY_URL": (_is_secure_address, "must be a web address, like https://www.example.org/security"),
    "OIDC_ISSUER": (
        lambda value: _is_provider(value.strip()),
        "must be the issuer of an identity provider, like https://id.example.org/realms/staff",
    ),
    "OIDC_NAME": _TEXT,
    "OIDC_CLIENT_ID": _TEXT,
    "OIDC_GROUPS_CLAIM": (lambda value: bool(re.fullmatch(r"\S{1,100}", value.strip())), "must be the name of a claim"),
    "OIDC_ROLES": (
        _are_roles,
        "must be like “group=editor, another=publisher”, with the roles auditor, editor, publisher and administrator",
    ),
    "SECOND_FACTOR": (
        lambda value: value.strip() in SECOND_FACTORS,
        f"must be one of {', '.join(SECOND_FACTORS)}",
    ),
    "SESSION_HOURS": (_is_within(1, 24), "must be a whole number of hours from 1 to 24"),
    "SESSION_IDLE_MINUTES": (_is_within(5, 1440), "must be a whole number of minutes from 5 to 1440"),
    "LOG_LEVEL": (lambda value: value.strip().upper() in LOG_LEVELS, f"must be one of {', '.join(LOG_LEVELS)}"),
}


def check_settings(given: Mapping[str, str], state_dir: Path, build_dir: Path) -> None:
    """Raises ImproperlyConfigured, with a line for each setting that is wrong.

    `given` is what is set, without what is empty. `state_dir` is made where it is not there: for its owner alone.
    `build_dir` is only read by most: script/build says where it cannot be written.
    """
    if faults := [*_faults(given, state_dir, build_dir)]:
        raise ImproperlyConfigured("\n".join(faults))


def _faults(given: Mapping[str, str], state_dir: Path, build_dir: Path) -> Iterator[str]:
    for name, (is_right, what) in _RULES.items():
        value = given.get(name, "")
        if value and (_CONTROL.search(value) or not is_right(value)):
            shown = _CONTROL.sub("�", value)
            yield f"{name} {what}, not “{shown[:60]}{'…' * (len(shown) > 60)}”."
    yield from _faults_of_folder("STATE_DIR", state_dir, is_made=True)
    if build_dir != state_dir and any(part.exists() and not part.is_dir() for part in (build_dir, *build_dir.parents)):
        yield f"BUILD_DIR: {build_dir} is no folder, and cannot become one: name another."
    is_own = any(given.get(name, "").strip().lower() in TRUE for name in ("LOCAL", "DEBUG"))
    if "SECRET_KEY" not in given and not is_own:
        yield (
            "SECRET_KEY is not set. Set it to a long random text that only this site knows, "
            "or LOCAL=true on your own machine, where one is made for you."
        )
    if _is_provider(given.get("OIDC_ISSUER", "").strip()) and not {"OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"} <= {*given}:
        yield "OIDC_ISSUER must be set with OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, which the provider gives you."
    if len(given.get("OIDC_CLIENT_SECRET", "")) > 1000:
        yield "OIDC_CLIENT_SECRET must be the text that the provider gave you, and not the whole of a file."
    yield from _faults_of_databases(given)
    for name, read in (("EMAIL_URL", email), ("UPLOADS_URL", uploads), ("BOUNCES_URL", mailbox)):
        try:
            if name in given:
                read(given[name])
        except ImproperlyConfigured as error:
            yield str(error)
    yield from faults_of_mail(given)
    has_hubs = _RULES["WEBSUB_HUBS"][0](given.get("WEBSUB_HUBS", "-"))
    if has_hubs and "PUBLIC_ORIGIN" not in given:
        yield "PUBLIC_ORIGIN must be set where WEBSUB_HUBS is: hubs are told the addresses of the feeds."
    if "SENTRY_DSN" in given and not _is_dsn(given["SENTRY_DSN"]):
        yield "SENTRY_DSN must be like https://KEY@HOST/NUMBER."
    there = [name for name in _KEYS if name in given]
    if "UPLOADS_URL" in given and len(there) == 1:
        (missing,) = {*_KEYS} - {*there}
        yield f"{there[0]} is set for UPLOADS_URL, and {missing} is not: set both or neither."


def _faults_of_databases(given: Mapping[str, str]) -> Iterator[str]:
    url, replica_url = given.get("DATABASE_URL", ""), given.get("DATABASE_REPLICA_URL", "")
    primary: dict[str, Any] = {"ENGINE": SQLITE}
    try:
        if url:
            primary = database("DATABASE_URL", url, POSTGRESQL, SQLITE)
        if url and primary["ENGINE"] == SQLITE and primary["NAME"] != ":memory:":
            yield from _faults_of_folder("DATABASE_URL", Path(primary["NAME"]).absolute().parent)
        if not replica_url:
            return
        replica = database("DATABASE_REPLICA_URL", replica_url, POSTGRESQL)
    except ImproperlyConfigured as error:
        yield str(error)
        return
    if primary["ENGINE"] == SQLITE:
        yield "DATABASE_REPLICA_URL is set, and DATABASE_URL is no PostgreSQL: set both or neither."
    elif replica == primary:
        yield "DATABASE_REPLICA_URL is the same as DATABASE_URL: leave it out, or set another."


def _faults_of_folder(variable: str, folder: Path, *, is_made: bool = False) -> Iterator[str]:
    """Where nothing can be written there by whoever runs this."""
    try:
        if is_made:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not folder.is_dir():
            yield f"{variable} is in the folder {folder}, which is not there: make it, or name another."
        elif not os.access(folder, os.W_OK | os.X_OK):
            yield f"{variable}: {folder} cannot be written to by user {os.getuid()}: change its owner, or name another."
    except OSError as error:
        yield f"{variable}: the folder {folder} cannot be made ({error.strerror}): name another."
