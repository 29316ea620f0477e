"""The annex: one foreign format, Markdown of HMRC's tech-docs template, in and out.

In: sources (the files), parse (what their text means), plan (what that would change), apply; `git` gives the source at
each commit of a history. Each knows only what stands before it. `sources` and `git` alone touch files, `plan` and
`apply` alone the database, and only its working copies: nothing is published from here. Out: export, from Contents.
"""

from roadmap.techdocs.apply import apply, check_fits
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.parse.returned import parse
from roadmap.techdocs.plan.plan import Choice, Conflict, Plan, Step, Verb
from roadmap.techdocs.plan.planner import make_plan
from roadmap.techdocs.sources import ImportRefused, Source, read

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
    "check_fits",
    "make_plan",
    "parse",
    "read",
]
