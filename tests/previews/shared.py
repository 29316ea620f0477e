"""A link, as a test needs one."""

import datetime

from roadmap.previews.links import addresses_by_link, make_link
from tests import make
from tests.previews.conftest import NOW


def a_link(roadmap, days=7, now=NOW, **fields):
    link = make_link(roadmap=roadmap, by=make.user(), purpose="The policy team", days=days, now=now)
    for name, value in fields.items():
        setattr(link, name, value)
    link.save()
    return link


def base_of(roadmap, **fields) -> str:
    return addresses_by_link(a_link(roadmap, **fields)).home


def later(**passed) -> datetime.datetime:
    return NOW + datetime.timedelta(**passed)
