"""Markdown of the tech-docs template in: read, parse, plan, apply. Each knows only the one before it.

`read` alone touches files, `make_plan` and `apply` alone the database, and only its working copies: nothing is
published from here.
"""

from roadmap.importing.applying import apply
from roadmap.importing.parsed import ParsedRoadmap
from roadmap.importing.plan import Choice, Conflict, Plan, Step, Verb
from roadmap.importing.planning import make_plan
from roadmap.importing.reading import ImportRefused, Source, read
from roadmap.importing.returned import parse

__all__ = [
    "Choice",
    "Conflict",
    "ImportRefused",
    "ParsedRoadmap",
    "Plan",
    "Source",
    "Step",
    "Verb",
    "apply",
    "make_plan",
    "parse",
    "read",
]
