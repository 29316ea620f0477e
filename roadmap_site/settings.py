"""Every setting, read from environment variables, with defaults that are safe in production.

Each variable is described in README.md ("Settings"); a test keeps the two in step. What may stand in each is in
check_settings.py. State (the database, uploads,
the generated secret) lives in one folder, `STATE_DIR`, which nothing but this project writes to. What is built (styles,
static files) does so too, unless `BUILD_DIR` names a folder that goes with the version.
"""

import os
import secrets
import tomllib
from ipaddress import ip_network
from pathlib import Path

import environ
from csp.constants import NONE, SELF

from roadmap_site.check_mail import anymail, email, mailbox
from roadmap_site.check_settings import (
    POSTGRESQL,
    SQLITE,
    check_settings,
    database,
    listed,
    read_environment,
    roles_of_groups,
    uploads,
)
from roadmap_site.words import compile_into

BASE_DIR = Path(__file__).resolve().parent.parent

# The version of the software, from the one place that has it.
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

env = environ.Env()
# A file of settings, a line each, for whoever does not set them elsewhere. What is set elsewhere wins.
_named = env.str("ENV_FILE", default="")
env.ENVIRON = read_environment(BASE_DIR / (_named or ".env"), is_named=bool(_named))

# One folder, wherever a command is called from.
STATE_DIR = BASE_DIR / env.str("STATE_DIR", default="var")
# What script/build makes. A process that serves only reads it.
BUILD_DIR = BASE_DIR / env.str("BUILD_DIR", default=str(STATE_DIR))
check_settings(env.ENVIRON, STATE_DIR, BUILD_DIR)

DEBUG = env.bool("DEBUG", default=False)

# Local: this is somebody's own machine, reached without TLS. script/server sets it; a deployment leaves it unset.
LOCAL = env.bool("LOCAL", default=False)


def _local_secret() -> str:
    """The secret of a local run: generated once, kept in STATE_DIR, readable by its owner alone."""
    path = STATE_DIR / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii")


SECRET_KEY = env.str("SECRET_KEY", default="") or _local_secret()

SITE_NAME = env.str("SITE_NAME", default="HMRC Developer Hub")
ALLOWED_HOSTS = listed(env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if LOCAL or DEBUG else []))
CSRF_TRUSTED_ORIGINS = listed(env.list("CSRF_TRUSTED_ORIGINS", default=[]))
# The site's own address, in whatever is kept or sent elsewhere: feeds, the calendar, the API, email. Not what the one
# who asked called it, who may have written a port or capitals into it.
PUBLIC_ORIGIN = env.str("PUBLIC_ORIGIN", default="").rstrip("/").lower()

INSTALLED_APPS = [
    "roadmap",
    "roadmap_site.apps.RoadmapAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "csp",
    "markdownx",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
]

MIDDLEWARE = [
    "roadmap.web.exchange.Answering",
    "roadmap.web.headers.SaysThemAll",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "roadmap.web.problems.RefuseNullBytes",
    "roadmap.web.problems.RefuseWhileAway",
]

ROOT_URLCONF = "roadmap_site.urls"
WSGI_APPLICATION = "roadmap_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Whether this process answers requests: roadmap_site/wsgi.py sets it. A command connects plainly, and reports the error
# that the database gives.
IS_SERVER = os.environ.get("ROADMAP_IS_SERVER") == "true"

# Database: a SQLite file, or PostgreSQL by DATABASE_URL

_url = env.str("DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'roadmap.sqlite3'}")
DATABASES = {"default": database("DATABASE_URL", _url, POSTGRESQL, SQLITE)}
# A copy that PostgreSQL itself keeps: see docs/decisions/0024-readers-may-ask-a-replica.md.
if (_url := env.str("DATABASE_REPLICA_URL", default="")) and IS_SERVER:
    DATABASES["replica"] = database("DATABASE_REPLICA_URL", _url, POSTGRESQL)
if DATABASES["default"]["ENGINE"] == SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that will write takes the write lock when it begins: one that starts by reading and then
        # finds that it cannot write fails at once, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,  # seconds
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # Opening the file and its pragmas cost more than what most pages ask of it. PostgreSQL has its pool.
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}  # seconds
else:
    for _name, _settings in DATABASES.items():
        # Beside what the URL itself asks for: ?sslmode=require
        _settings["OPTIONS"] = {"connect_timeout": 2} | _settings.get("OPTIONS", {})
        if IS_SERVER:
            from roadmap_site.pool import CONNECTIONS, OPTIONS

            # A connection that is dead is not given out.
            _settings["OPTIONS"]["pool"] = {**OPTIONS, "connection_class": CONNECTIONS[_name]}
            _settings["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Signing in

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "roadmap.admin.sign_in.passwords.HardToGuess"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # seconds: how long an invitation works
SECOND_FACTOR = env.str("SECOND_FACTOR", default="optional" if LOCAL or DEBUG else "publishers")
OTP_TOTP_ISSUER = SITE_NAME
OTP_TOTP_THROTTLE_FACTOR = 0  # roadmap.admin.sign_in.limits counts, by browser: nobody else's codes keep an owner out
# An identity provider, which asks for password and second factor in our place: docs/how-to/let-people-in.md.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="").strip()
OIDC_NAME = env.str("OIDC_NAME", default="your organisation")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="").strip()
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="").strip()
OIDC_GROUPS_CLAIM = env.str("OIDC_GROUPS_CLAIM", default="groups").strip()
OIDC_ROLES = roles_of_groups(env.str("OIDC_ROLES", default=""))
SESSION_ENGINE = "roadmap.admin.sign_in.sessions"
SESSION_COOKIE_AGE = env.int("SESSION_HOURS", default=8) * 60 * 60  # seconds, since signing in
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=60)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "roadmap.admin.sign_in.views.locked_out"
AXES_WHITELIST_CALLABLE = "roadmap.admin.sign_in.limits.is_known"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # ours frees one person, as `manage.py let_in` does: roadmap/admin/security/locks.py

# Language and time

LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [STATE_DIR / "locale"]
compile_into(LOCALE_PATHS[0])  # here, because Django reads them while it loads the models
FORMAT_MODULE_PATH = "roadmap_site.formats"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

# What each process holds of the answers that readers get, and what all keep on disk for each other: bytes.
PAGE_STORE_MEMORY = env.int("PAGE_STORE_MEMORY", default=64) * 1024 * 1024
PAGE_STORE_DISK = env.int("PAGE_STORE_DISK", default=512) * 1024 * 1024

# Static files and uploads

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static" / "public", BUILD_DIR / "styles"]
MEDIA_URL = "/media/"
MEDIA_ROOT = STATE_DIR / "media"
# Uploads: in MEDIA_ROOT, or in a store that several machines share. Readers get them at MEDIA_URL either way.
_url = env.str("UPLOADS_URL", default="")
UPLOADS_ARE_ELSEWHERE = bool(_url)
STORAGES = {
    "default": uploads(_url),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # Anybody may read them: another server's user too, where it gives them from disk.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
# How much pictures may have: those of one person in a day, and all there are. Bytes.
UPLOADS_PER_PERSON = env.int("UPLOADS_PER_PERSON", default=100) * 1024 * 1024
UPLOADS_IN_ALL = env.int("UPLOADS_IN_ALL", default=5120) * 1024 * 1024
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

# The look: the crown, the words GOV.UK and the GDS Transport font may be used on gov.uk domains only.
GOVUK_BRAND = env.bool("GOVUK_BRAND", default=False)
SITE_URL = env.str("SITE_URL", default="")  # where the name in the header leads; empty: this site's own home
# Whom readers ask about the site itself; empty: the contact of the first roadmap.
SITE_CONTACT_NAME = env.str("SITE_CONTACT_NAME", default="")
SITE_CONTACT_EMAIL = env.str("SITE_CONTACT_EMAIL", default="")
PRIVACY_NOTICE_URL = env.str("PRIVACY_NOTICE_URL", default="")  # of whoever runs the site, about all that they do

# Where to report that the site is not secure, and what then happens: /.well-known/security.txt. Empty: it is not there.
SECURITY_CONTACT = listed(env.list("SECURITY_CONTACT", default=[]))
SECURITY_POLICY_URL = env.str("SECURITY_POLICY_URL", default="")

# Markdown in the admin. The preview and the upload are our own views: see roadmap/admin/editing/markdown_widget.py.

MARKDOWNX_MARKDOWNIFY_FUNCTION = "roadmap.admin.editing.markdown_widget.markdownify"
MARKDOWNX_URLS_PATH = "/admin/markdown/preview/"
MARKDOWNX_UPLOAD_URLS_PATH = "/admin/markdown/upload/"
MARKDOWNX_SERVER_CALL_LATENCY = 500  # milliseconds

# Security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not (LOCAL or DEBUG)
SECURE_SSL_HOST = PUBLIC_ORIGIN.partition("://")[2] if PUBLIC_ORIGIN.startswith("https://") else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = "roadmap_site.proxy.address_behind_proxy"
# An hour: a mistake is over soon. A longer one, and all names below, are for whoever runs the site to promise; and a
# list that browsers are built with takes months to leave.
SECURE_HSTS_SECONDS = 0 if LOCAL or DEBUG else env.int("HSTS_SECONDS", default=60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # which ask for both
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not (LOCAL or DEBUG)
if SESSION_COOKIE_SECURE:
    SESSION_COOKIE_NAME = "__Host-sessionid"  # which no other host, and nothing sent in the clear, can set
CSRF_FAILURE_VIEW = "roadmap_site.errors.csrf_failure"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the review page has some for each thing that is pending
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024  # bytes: a form with several Markdown texts at their longest

# Mail. On somebody's own machine it becomes files, to be read there.

# The path comes after a slash of its own: what is read from the address has lost it, and would be a path from wherever
# the site was started.
_url = env.str("EMAIL_URL", default=f"filemail:///{STATE_DIR.resolve() / 'mail'}" if LOCAL or DEBUG else "")
# GOV.UK Notify, in place of that server: see docs/how-to/send-mail.md.
NOTIFY_KEY, NOTIFY_TEMPLATE = env.str("NOTIFY_KEY", default="").strip(), env.str("NOTIFY_TEMPLATE", default="").strip()
NOTIFY_RECEIPT_TOKEN = env.str("NOTIFY_RECEIPT_TOKEN", default="").strip()
# Or a provider that django-anymail knows, by its API. The names are ours: anymail reads ANYMAIL alone.
ANYMAIL_PROVIDER = env.str("ANYMAIL_PROVIDER", default="").strip().lower()
ANYMAIL = anymail(
    ANYMAIL_PROVIDER,
    key=env.str("ANYMAIL_KEY", default="").strip(),
    secret=env.str("ANYMAIL_WEBHOOK_SECRET", default="").strip(),
    domain=env.str("ANYMAIL_DOMAIN", default="").strip(),
    api_url=env.str("ANYMAIL_API_URL", default="").strip(),
)
ANYMAIL_REPORTS = bool(ANYMAIL_PROVIDER and env.str("ANYMAIL_WEBHOOK_SECRET", default="").strip())
SENDS_EMAIL = bool(_url or NOTIFY_KEY or ANYMAIL_PROVIDER)
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if NOTIFY_KEY:
    EMAIL_BACKEND = "roadmap.subscriptions.providers.notify.NotifyBackend"
elif ANYMAIL_PROVIDER:
    EMAIL_BACKEND = "roadmap.subscriptions.providers.by_anymail.AnymailBackend"
elif SENDS_EMAIL:
    _email = email(_url)
    EMAIL_BACKEND, EMAIL_FILE_PATH = _email["EMAIL_BACKEND"], _email["EMAIL_FILE_PATH"]
    EMAIL_HOST, EMAIL_PORT = _email["EMAIL_HOST"], _email["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_USER"], _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = _email.get("EMAIL_USE_TLS", False), _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 5  # seconds: somebody waits for the page
# What readers asked to be told by mail: see docs/how-to/send-mail.md.
MAIL_WAIT = env.int("MAIL_WAIT", default=10)  # minutes in which an edition can be undone before anybody is told of it
MAIL_RATE = env.int("MAIL_RATE", default=0)  # mails a second that whoever sends them takes; 0: as many as it can
# Where mails come back that nobody took, and the address that they come back to.
BOUNCES_MAILBOX = mailbox(env.str("BOUNCES_URL", default="").strip())
BOUNCES_ADDRESS = env.str("BOUNCES_ADDRESS", default="").strip()
WEBSUB_HUBS = listed(env.list("WEBSUB_HUBS", default=[]))  # that are told of what is new in the feeds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="roadmap@localhost")

# Whoever is told of errors.
ADMINS = [(address, address) for address in listed(env.list("ADMINS", default=[]))]
EMAIL_SUBJECT_PREFIX = ""
# What is told of the inside: docs/how-to/see-inside.md

LOG_FORMAT = env.str("LOG_FORMAT", default="text").strip().lower()
ACCESS_LOG = env.bool("ACCESS_LOG", default=False)
SLOW_RENDER_MS = env.int("SLOW_RENDER_MS", default=1000)  # 0: never said
SLOW_QUERY_MS = env.int("SLOW_QUERY_MS", default=200)
SENTRY_DSN = env.str("SENTRY_DSN", default="").strip()
METRICS_NETWORKS = [ip_network(word) for word in listed(env.list("METRICS_NETWORKS", default=[]))]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {
            "()": "roadmap_site.log.Lines",
            "format": "{asctime} {levelname} {name}{exchange_id}: {message}",
            "style": "{",
        },
        "json": {"()": "roadmap_site.log.JsonLines"},
    },
    "filters": {"discreet": {"()": "roadmap_site.log.Discreet"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["discreet"]},
        "mail": {"class": "roadmap_site.log.MailsErrors", "formatter": LOG_FORMAT, "filters": ["discreet"]},
    },
    "root": {"handlers": ["console", "mail"], "level": env.str("LOG_LEVEL", default="WARNING").strip().upper()},
    "loggers": {
        # Every line of the security log, whatever else is left out: see roadmap/admin/security/log.py.
        "roadmap.security": {"level": "INFO"},
        "roadmap.access": {"level": "INFO" if ACCESS_LOG else "WARNING"},
        # Its own handler would write addresses as they are.
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
    },
}
