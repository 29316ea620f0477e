"""Signing in through an identity provider (OpenID Connect), by settings."""

from django.conf import settings


def name() -> str:
    """What the button says the provider is; empty where there is none."""
    return settings.OIDC_NAME if settings.OIDC_ISSUER else ""
