"""Markdown of the tech-docs template in: read, parse, plan, apply. Each knows only the one before it.

`read` alone touches files, `make_plan` and `apply` alone the database, and only its working copies: nothing is
published from here.
"""

from roadmap.importing.applying import apply
from roadmap.importing.parsed import ParsedRoadmap
from roadmap.importing.parsing import parse
from roadmap.importing.planning import Plan, Verb, make_plan
from roadmap.importing.reading import ImportRefused, Source, read

__all__ = ["ImportRefused", "ParsedRoadmap", "Plan", "Source", "Verb", "apply", "make_plan", "parse", "read"]
