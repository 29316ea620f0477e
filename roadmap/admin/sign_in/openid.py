"""Asks an identity provider who somebody is (OpenID Connect), and finds who that is here.

Authlib makes and checks state, nonce and PKCE, and the signature of what comes back. What a token has to say, whoever
signed it, is written here. It is loaded when somebody signs in so, and asks the provider anew each time: a key that it
has changed is known at once.

Somebody is known by what the provider calls them for good (`sub`). An email address finds them once, the first time,
and only where the provider says that it is theirs.
"""

import logging
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from roadmap.admin.sign_in import signals
from roadmap.admin.sign_in.roles import ROLES, StaffRole, join_group_of, role_of, role_of_groups
from roadmap.models import OtherIdentity

logger = logging.getLogger(__name__)

WAIT = 5  # seconds, for each of the provider's answers
# By a key of its own, so that nobody who knows what is public can sign.
ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}


class NotLetIn(Exception):
    """In words for whoever is not."""


class ToldOfPerson(NamedTuple):
    """What the provider says of somebody, once it has been checked."""

    subject: str
    email: str  # empty unless the provider says that it is theirs
    claimed_email: str
    first_name: str
    last_name: str
    role: StaffRole | None  # of their groups there


def name() -> str:
    """What the button says the provider is; empty where there is none."""
    return settings.OIDC_NAME if settings.OIDC_ISSUER else ""


def _client() -> Any:
    from authlib.integrations.django_client import OAuth

    oauth = OAuth()
    oauth.register(
        "provider",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=settings.OIDC_CLIENT_SECRET,
        server_metadata_url=f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": WAIT,
        },
    )
    client = oauth.provider
    metadata = client.load_server_metadata()
    if metadata.get("issuer") != settings.OIDC_ISSUER:
        raise ValueError(f"it calls itself {metadata.get('issuer')!r}")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = sorted(ALGORITHMS.intersection(offered))
    return client


def address_to_ask(request: HttpRequest, back: str) -> str:
    """Where somebody is sent; `back` is where they come back to. Raises NotLetIn where the provider is away."""
    from authlib.common.errors import AuthlibBaseError
    from requests import RequestException

    try:
        return str(_client().authorize_redirect(request, back)["Location"])
    except (AuthlibBaseError, RequestException, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        logger.error("The identity provider cannot be asked: %s", error)
        raise NotLetIn(
            f"{_start(name())} cannot be asked who you are at the moment. Try again in a few minutes."
        ) from error


def answer_of(request: HttpRequest) -> ToldOfPerson:
    """What the provider said, with whoever came back from there. Raises NotLetIn."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    must_say = {
        "iss": {"essential": True, "values": [settings.OIDC_ISSUER]},
        "aud": {"essential": True, "values": [settings.OIDC_CLIENT_ID]},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
    }
    try:
        client = _client()
        token = client.authorize_access_token(request, claims_options=must_say, leeway=60)
        claims: Any = token.get("userinfo")
        if not claims or not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
            raise ValueError("it does not say who it is")
        claims = dict(claims)
        wanted = {"email", *({settings.OIDC_GROUPS_CLAIM} if settings.OIDC_ROLES else ())}
        if not wanted <= {*claims} and client.server_metadata.get("userinfo_endpoint"):
            more = client.userinfo(token=token)
            if more.get("sub") != claims["sub"]:
                raise ValueError("two answers are about two people")
            claims = {**more, **claims}
    except RequestException as error:
        logger.error("The identity provider cannot be asked: %s", error)
        raise NotLetIn(
            f"{_start(name())} cannot be asked who you are at the moment. Try again in a few minutes."
        ) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError, TypeError, AttributeError) as error:
        logger.warning("What the identity provider said is not taken: %s", error)
        raise NotLetIn(
            f"What came back from {name()} does not let you in: it was used already, is too old, or is not meant for "
            "this site. Start again here."
        ) from error
    return _told(claims)


def _told(claims: dict[str, Any]) -> ToldOfPerson:
    def text(claim: str, most: int) -> str:
        value = claims.get(claim)
        return " ".join(value.replace("\0", "").split())[:most] if isinstance(value, str) else ""

    email = text("email", 254).lower()
    is_theirs = claims.get("email_verified") in (True, "true")
    return ToldOfPerson(
        claims["sub"].replace("\0", ""),
        email if is_theirs else "",
        email,
        text("given_name", 150),
        text("family_name", 150),
        role_of_groups(claims.get(settings.OIDC_GROUPS_CLAIM), settings.OIDC_ROLES),
    )


def person_of(request: HttpRequest, told: ToldOfPerson) -> User:
    """Who that is here, with the role that they have now. Raises NotLetIn."""
    changes: list[tuple[User, str]] = []
    try:
        with transaction.atomic():
            user = _person(told, changes)
    except IntegrityError as error:  # the same person twice at once, or a name that somebody has
        logger.warning("Nobody new can be made of what the identity provider said: %s", error)
        raise NotLetIn("You could not be signed in. Start again, or ask an administrator.") from error
    for changed, words in changes:
        signals.person_changed.send(sender=None, request=request, user=changed, by=None, words=words)
    return user


def _person(told: ToldOfPerson, changes: list[tuple[User, str]]) -> User:
    """`changes` gets what is new of them, in words."""
    here = (
        OtherIdentity.objects.filter(issuer=settings.OIDC_ISSUER, subject=told.subject).select_related("user").first()
    )
    if settings.OIDC_ROLES and told.role is None:
        raise NotLetIn(
            f"{_start(name())} knows you, and none of your groups there has a role on this site. "
            "Ask whoever looks after those groups, or an administrator of this site."
        )
    user = here.user if here else _first_time(told)
    if not user.is_active:
        raise NotLetIn("You may not sign in here any more. If that is a mistake, ask an administrator.")
    if not here:
        changes.append((user, f"Signs in through {name()} from now on"))
    if told.role is not None and (words := _give(user, told.role)):
        changes.append((user, words))
    if not user.is_staff or role_of(user) is None:
        raise NotLetIn("You have no role on this site yet. Ask an administrator for one.")
    return user


def _first_time(told: ToldOfPerson) -> User:
    same = User.objects.filter(Q(email__iexact=told.claimed_email) | Q(username__iexact=told.claimed_email))
    # Django's `iexact` folds letters that are different addresses elsewhere.
    found = [one for one in same if told.claimed_email in (one.email.casefold(), one.username.casefold())]
    found = found if told.claimed_email else []
    if found and not told.email:
        raise NotLetIn(
            f"{_start(name())} does not say that {told.claimed_email} is your address, so you cannot be let in as "
            "whoever has it here. Ask an administrator."
        )
    if len(found) > 1 or any(one.other_identities.filter(issuer=settings.OIDC_ISSUER).exists() for one in found):
        raise NotLetIn(f"Somebody else signs in here as {told.email}. Ask an administrator.")
    if found:
        user = found[0]
        if not user.is_active:
            return user
        user.set_unusable_password()  # one way in, which ends where the provider ends it
        user.save()
    elif told.role is None:
        raise NotLetIn(
            f"Nobody has invited {told.claimed_email or 'you'} to this site. Ask an administrator to add you, with the "
            f"email address that {name()} has for you."
        )
    else:
        user = User(username=(told.email or told.subject)[:150], email=told.email, is_staff=True)
        user.first_name, user.last_name = told.first_name, told.last_name
        user.set_unusable_password()
        user.save()
    OtherIdentity.objects.create(user=user, issuer=settings.OIDC_ISSUER, subject=told.subject, made_at=timezone.now())
    return user


def _give(user: User, role: StaffRole) -> str:
    """What that changed, in words; empty where they had it."""
    before = role_of(user)
    if before == role and user.is_staff:
        return ""
    user.is_staff, user.is_superuser = True, role == StaffRole.ADMINISTRATOR
    user.save()
    join_group_of(user, role)
    words = [ROLES[one].partition(":")[0] if one else "none" for one in (before, role)]
    return f"role: {' → '.join(words)}, by their groups at {name()}"


def is_only_way(user: User) -> bool:
    """Whether somebody signs in through the provider, and so has no password here that would outlast it."""
    return bool(name() and user.other_identities.filter(issuer=settings.OIDC_ISSUER).exists())


def _start(words: str) -> str:
    return words[:1].upper() + words[1:]
