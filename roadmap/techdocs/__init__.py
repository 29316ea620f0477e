"""The annex: one foreign format, Markdown of HMRC's tech-docs template, in and out.

In: sources (the files), parse (what their text means), plan (what that would change), apply; `git` gives the source at
each commit of a history. Each knows only what stands before it. `sources` and `git` alone touch files, `plan` and
`apply` alone the database, and only its working copies: nothing is published from here. Out: export, from Contents.
"""

from roadmap.techdocs.apply import apply, check_fits
from roadmap.techdocs.parse.document import parse
from roadmap.techdocs.parse.result import ParsedRoadmap
from roadmap.techdocs.plan.plan import ConflictChoice, ImportConflict, Plan, PlanStep, Verb
from roadmap.techdocs.plan.planner import make_plan
from roadmap.techdocs.sources import ImportRefused, Source, read

__all__ = [
    "ConflictChoice",
    "ImportConflict",
    "ImportRefused",
    "ParsedRoadmap",
    "Plan",
    "PlanStep",
    "Source",
    "Verb",
    "apply",
    "check_fits",
    "make_plan",
    "parse",
    "read",
]
