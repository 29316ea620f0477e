"""Forty commits of a made-up roadmap's repository: rows are reworded, moved, deployed, merged and deleted in it.

Each row has a name of its own here, which is nowhere in the repository: by it the tests know which row is which.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tests.techdocs.git.repositories import Committed

COUNT = 40


@dataclass(frozen=True)
class Row:
    title: str
    description: str
    apis: str = "[Parcel Tax API](https://example.gov.uk/parcel-tax) v1.0"
    users: str = "Businesses and agents"
    sandbox: str = ""


@dataclass
class State:
    """All that one commit has."""

    rows: dict[str, Row] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    """By heading, the names of the rows below it. Headings that are months are on the page of what is released."""
    guidance: str = "A depot keeps parcels until somebody collects them. It is open on every working day."
    changelog: list[tuple[str, str]] = field(default_factory=list)
    near: str = "January to March 2021"

    def change(self, name: str, **values: str) -> None:
        self.rows[name] = replace(self.rows[name], **values)

    def move(self, name: str, heading: str, place: int = 99) -> None:
        for names in self.places.values():
            if name in names:
                names.remove(name)
        self.places.setdefault(heading, []).insert(place, name)

    def add(self, name: str, heading: str, row: Row) -> None:
        self.rows[name] = row
        self.move(name, heading)

    def drop(self, name: str) -> None:
        for names in self.places.values():
            if name in names:
                names.remove(name)
        del self.rows[name]


NEAR, MID, LONG = "Near term", "Mid term", "Long term"

_FIRST = {
    "scan": Row("Scan a parcel", "Send the weight and the size of a parcel and get its tariff back at once"),
    "refund": Row("Ask for a refund", "Claim tax back for a parcel that was returned unopened within thirty days"),
    "agent": Row("Appoint an agent", "Let somebody else submit parcels for a business", users="Agents"),
    "label": Row("Print a customs label", "Get a label as a PDF with all codes that a depot needs to scan it"),
    "stamp": Row("Buy digital stamps", "Pay for a month of postage in advance from the business account"),
    "report": Row("Download a yearly report", "One table of everything submitted in a tax year, as CSV"),
    "alert": Row("Be told of lost parcels", "A message to the software whenever a depot cannot find something"),
    "depot": Row("List the depots", "Opening hours and addresses of every depot, with what each of them accepts"),
}


def commits() -> Iterator[tuple[Committed, Mapping[str, str]]]:
    """Each commit, with the titles of the rows by their names."""
    state = State(
        rows=dict(_FIRST),
        places={NEAR: ["scan", "refund", "agent"], MID: ["label", "stamp"], LONG: ["report", "alert", "depot"]},
    )
    yield _committed("Publish our roadmap", state), _titles(state)
    for note, change in _CHANGES:
        change(state)
        yield _committed(note, state), _titles(state)


def _titles(state: State) -> dict[str, str]:
    return {name: row.title for name, row in state.rows.items()}


def _set(**values: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        for name, value in values.items():
            setattr(state, name, value)

    return change


def _released(month: str, *names: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        for name in names:
            state.move(name, month)

    return change


def _merged(into: str, other: str, **values: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        text = f"{state.rows[into].description}. {state.rows[other].description}"
        state.change(into, description=text, **values)
        state.drop(other)

    return change


def _swapped(heading: str) -> Callable[[State], None]:
    def change(state: State) -> None:
        state.places[heading].reverse()

    return change


_CHANGES: list[tuple[str, Callable[[State], None]]] = [
    ("Say scan more plainly", lambda s: s.change("scan", title="Scan any parcel")),
    ("Refunds have a date in the sandbox", lambda s: s.change("refund", sandbox="March 2021")),
    ("Labels come earlier", lambda s: s.move("label", NEAR)),
    ("Refunds slip", lambda s: s.change("refund", sandbox="April 2021")),
    (
        "Reword agents",
        lambda s: s.change("agent", description="Let somebody else submit parcels in the name of a business"),
    ),
    ("Scan is in the sandbox", lambda s: s.change("scan", sandbox="February 2021 (deployed)")),
    ("Near term goes on", _set(near="January to April 2021")),
    ("Put labels first", lambda s: s.move("label", NEAR, 0)),
    ("Scan is live", _released("March 2021", "scan")),
    (
        "Tell what a depot is",
        _set(guidance="A depot keeps parcels until somebody collects them, for two weeks at most."),
    ),
    ("Stamps come closer", lambda s: s.move("stamp", NEAR)),
    (
        "New: track a parcel",
        lambda s: s.add("track", MID, Row("Track a parcel", "Where a parcel was last seen, and when that was")),
    ),
    ("Refunds are in the sandbox", lambda s: s.change("refund", sandbox="April 2021 (deployed)")),
    ("Rename labels", lambda s: s.change("label", title="Create customs labels")),
    ("Agents and refunds are live", _released("May 2021", "refund", "agent")),
    ("Alerts are for agents too", lambda s: s.change("alert", users="Businesses, agents and carriers")),
    (
        "Version 2 of the API for tracking",
        lambda s: s.change("track", apis="[Parcel Tax API](https://example.gov.uk/parcel-tax) v2.0"),
    ),
    ("Put the backlog in order", _swapped(LONG)),
    ("Merge stamps into labels", _merged("label", "stamp", title="Create customs labels and buy stamps")),
    ("We do not do reports", lambda s: s.drop("report")),
    ("Changelog for the guide", lambda s: s.changelog.insert(0, ("June 2021", "Says how to ask for refunds"))),
    ("Tracking is near", lambda s: s.move("track", NEAR)),
    ("Alerts are near, too", lambda s: s.move("alert", MID)),
    ("Track has a date", lambda s: s.change("track", sandbox="July 2021")),
    (
        "Reword tracking",
        lambda s: s.change("track", title="Track your parcels", description="Where each parcel was last seen and when"),
    ),
    ("Labels are in the sandbox", lambda s: s.change("label", sandbox="June 2021 (deployed)")),
    ("Labels are live", _released("July 2021", "label")),
    ("Depots have a date", lambda s: s.change("depot", sandbox="Autumn 2021")),
    (
        "New: weigh pallets",
        lambda s: s.add("pallet", LONG, Row("Weigh a pallet", "Twenty parcels and more in one submission")),
    ),
    ("Another API for alerts", lambda s: s.change("alert", apis="Parcel Alerts API v1.0")),
    ("Near term, again", _set(near="July to December 2021")),
    ("Tracking is in the sandbox", lambda s: s.change("track", sandbox="July 2021 (deployed)")),
    ("Refunds, more plainly", lambda s: s.change("refund", title="Ask for tax back")),
    (
        "Merge pallets into depots",
        _merged("depot", "pallet", title="List the depots and weigh pallets"),
    ),
    ("Tracking is live", _released("September 2021", "track")),
    ("Depots are near", lambda s: s.move("depot", NEAR)),
    ("Alerts will not come", lambda s: s.drop("alert")),
    ("Changelog for depots", lambda s: s.changelog.insert(0, ("October 2021", "Says what a depot accepts"))),
    (
        "Depots are in the sandbox, and told better",
        lambda s: s.change("depot", title="List depots and weigh pallets", sandbox="November 2021 (deployed)"),
    ),
]


def _committed(note: str, state: State) -> Committed:
    home = [
        "# Parcel Tax roadmap",
        "What parcel software can do now and what comes next.",
        "## What ‘depot’ means",
        state.guidance,
        "## Who we are",
        "Write to [the team](mailto:parcels@example.gov.uk?subject=Parcels).",
    ]
    if state.changelog:
        home += ["## Changelog", "\n\n".join(f"**{month}**\n\n- {text}" for month, text in state.changelog)]
    backlog, released = ["# Backlog"], ["# Released"]
    for heading, names in state.places.items():
        if not names:
            continue
        page = backlog if heading in (NEAR, MID, LONG) else released
        page.append(f"## {heading}")
        if heading == NEAR:
            page.append(state.near)
        page.append(_table([state.rows[name] for name in names]))
    pages = {"index.html.md": home, "backlog.html.md": backlog, "released.html.md": released}
    files = {f"source/documentation/{name}": "\n\n".join(parts) + "\n" for name, parts in pages.items()}
    return Committed(
        {
            **files,
            "config/tech-docs.yml": "service_name: Parcel Tax roadmap\n",
            "README.md": "# Not for readers\n",
            "source/stylesheets/screen.css": "body { color: black }\n",
        },
        note,
    )


def _table(rows: list[Row]) -> str:
    lines = ["Function | Description | API | End user | Deploy to Sandbox", "--- | --- | --- | --- | ---"]
    return "\n".join(lines + [" | ".join((r.title, r.description, r.apis, r.users, r.sandbox)) for r in rows])
