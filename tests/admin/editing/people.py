"""Somebody who is signed in, in a browser of their own; and the rows of an item as a form of theirs has them."""

from django.test import Client

from tests import make


def signed_in(**fields):
    client = Client()
    client.force_login(make.user(**fields), backend="django.contrib.auth.backends.ModelBackend")
    return client


def rows_of(item):
    return [
        {"id": one.pk, "item": item.pk, "environment": one.environment, "when": one.when}
        | ({"is_deployed": "on"} if one.is_deployed else {})
        for one in item.milestones.order_by("pk")
    ]
