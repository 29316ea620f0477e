"""What each floor for taking one row for another would do: references kept against wrong merges.

    var/venv/bin/python -m benchmarks.matching [--histories 20] [--commits 40] [--clone FOLDER]

Generated histories: from commit to commit rows are reworded, retitled, moved to another release, cut in two between
title and text, lose or gain APIs, leave and come back; a row that reads nearly like another joins it, or one of the
same words for another year; one is replaced by another on the same subject. Which row is which is known, since it is
made here. For each floor: of the rows that were there before, how many keep their reference; how many rows were taken
for another thing; and the harm of both, a wrong merge counting as three references lost.

With the folder that `git clone itsa-2021-2023.bundle` made, its fifty commits too: references used, and of the pairs
that are hardest to tell, judged by eye (`JUDGED`), how many that are one are found, and how many that are two are taken
for one. Needs no database.
"""

import argparse
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

FLOORS = range(30, 91, 5)
HARM = 3
# By the commit and the lines of both rows, the later first: whether they are one.
JUDGED = {
    ("b3d9747", 59, 56): True,
    ("b3d9747", 60, 57): True,
    ("b3d9747", 61, 58): True,
    ("b3d9747", 78, 61): True,
    ("b3d9747", 80, 59): True,
    ("b3d9747", 81, 60): True,
    ("9b27b1f", 69, 79): True,
    ("9b27b1f", 120, 48): False,
    ("9b27b1f", 162, 49): False,
    ("9b27b1f", 187, 124): True,
    ("a198528", 97, 97): True,
    ("f1aacd4", 192, 48): False,
    ("f1aacd4", 208, 49): False,
    ("b42b028", 131, 115): True,
    ("b147729", 184, 206): True,
    ("b147729", 195, 217): True,
    ("b30c3f2", 159, 164): True,
}

_NOUN_LIST = (
    "parcel depot customs label refund stamp tariff ledger address carrier threshold relief account customer pallet "
    "courier warehouse invoice scale barcode locker signature postcode voucher return complaint route driver "
    "vehicle insurance surcharge weight receipt archive password region holiday discount quota licence permit "
    "inspection"
)
_VERB_LIST = (
    "submit amend delete retrieve calculate validate report cancel confirm estimate print merge split forward "
    "reject approve archive list search restore suspend renew transfer reconcile"
)
_QUALITY_LIST = (
    "annual quarterly daily optional mandatory foreign partial historic provisional joint temporary bulk nil late "
    "manual automatic unattended duplicate negative rounded"
)
_KIND_LIST = "reword retitle rewrite move cut apis mark leave back new near year replace leftover"
NOUNS, VERBS, QUALITIES, KINDS = (text.split() for text in (_NOUN_LIST, _VERB_LIST, _QUALITY_LIST, _KIND_LIST))
_WHO = ("agents", "customers", "businesses", "software vendors", "depot staff", "receivers", "landlords", "partners")
_OPENINGS = (
    "This change will allow {who} to",
    "Enables {who} to",
    "New endpoints so that {who} can",
    "To enable software to help {who}",
    "The ability for {who} to",
    "Changes so that {who} are able to",
)
_LEFTOVERS = (
    "Breaking?: TBC",
    "Documentation: TBC",
    "Depot Hub API: TBC",
    "Impact: low",
    "TBC",
    "No change to errors.",
)
_APIS = tuple(f"{name} API" for name in ("Parcel Returns", "Depot Details", "Customs Charges", "Ledger", "Refunds"))
_PLACES = tuple(f"{month} {year}" for year in (2026, 2027) for month in ("April", "June", "September", "December"))


@dataclass(frozen=True)
class Row:
    """Immutable: one row of a generated roadmap, and which thing it really is."""

    thing: int
    title: str
    text: str
    apis: tuple[str, ...]
    date: str
    place: str
    leftover: str = ""
    is_cut_early: bool = False  # the title stands in bold at the start of the text, or is all of it


class History:
    """A roadmap that changes from commit to commit, always the same way."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.count = 0
        self.rows = [self.new_row() for _ in range(self.random.randint(12, 60))]
        self.away: list[Row] = []

    def commits(self, number: int) -> Iterator[list[Row]]:
        for _ in range(number):
            yield [*self.rows]
            for _ in range(self.random.randint(1, 6)):
                self.change()

    def pick(self, words: Sequence[str]) -> str:
        return self.random.choice(words)

    def sentence(self) -> str:
        opening = self.pick(_OPENINGS).format(who=self.pick(_WHO))
        parts = [f"{self.pick(VERBS)} the {self.pick(QUALITIES)} {self.pick(NOUNS)} {self.pick(NOUNS)}"]
        parts += [f"{self.pick(QUALITIES)} {self.pick(NOUNS)}" for _ in range(self.random.randint(0, 3))]
        return f"{opening} {' and the '.join(parts)}."

    def new_row(self, **said: Any) -> Row:
        self.count += 1
        row = Row(
            self.count,
            f"{self.pick(QUALITIES)} {self.pick(NOUNS)} {self.pick(NOUNS)}".capitalize(),
            " ".join(self.sentence() for _ in range(self.random.choice((0, 1, 1, 1, 2, 3)))),
            tuple(self.random.sample(_APIS, self.random.randint(0, 2))),
            self.pick(_PLACES),
            self.pick(_PLACES),
            self.pick(_LEFTOVERS) if self.random.random() < 0.3 else "",
        )
        return replace(row, **said)

    def change(self) -> None:
        if len(self.rows) < 3:
            self.rows.append(self.new_row())
        place = self.random.randrange(len(self.rows))
        row = self.rows[place]
        match self.random.choice(KINDS):
            case "reword":
                self.rows[place] = replace(row, text=self.reworded(row.text, self.random.choice((0.1, 0.2, 0.3, 0.5))))
            case "retitle":
                self.rows[place] = replace(row, title=self.reworded(row.title, 0.7))
            case "rewrite":
                self.rows[place] = replace(row, text=f"{self.sentence()} {self.sentence()}")
            case "move":
                self.rows.pop(place)
                row = replace(row, place=self.pick(_PLACES), date=self.pick(_PLACES))
                self.rows.insert(self.random.randrange(len(self.rows) + 1), row)
            case "cut":
                self.rows[place] = replace(row, is_cut_early=not row.is_cut_early)
            case "apis":
                self.rows[place] = replace(row, apis=tuple(self.random.sample(_APIS, self.random.randint(0, 3))))
            case "mark":
                self.rows[place] = replace(
                    row, text=row.text.replace(" and ", " **and**<br/>"), title=row.title.upper()
                )
            case "leave":
                self.away.append(self.rows.pop(place))
            case "back" if self.away:
                back = self.away.pop(self.random.randrange(len(self.away)))
                back = replace(back, text=self.reworded(back.text, 0.15), place=self.pick(_PLACES))
                self.rows.insert(self.random.randrange(len(self.rows) + 1), back)
            case "near":
                self.rows.insert(place + 1, replace(self.new_row(), **self.nearly(row)))
            case "year":
                year = replace(row, thing=self.new_row().thing, place=self.pick(_PLACES), date=self.pick(_PLACES))
                self.rows.insert(self.random.randrange(len(self.rows) + 1), year)
            case "replace":
                # On the same subject, in the same place, by the same API.
                other = self.new_row(place=row.place, date=row.date, apis=row.apis, leftover=row.leftover)
                noun = row.title.split()[-1]
                self.rows[place] = replace(other, title=f"{self.pick(VERBS)} {noun} {self.pick(NOUNS)}".capitalize())
            case "leftover":
                self.rows[place] = replace(row, leftover=self.pick(_LEFTOVERS))
            case _:
                self.rows.insert(self.random.randrange(len(self.rows) + 1), self.new_row())

    def reworded(self, text: str, share: float) -> str:
        words = text.split()
        every = (*NOUNS, *VERBS, *QUALITIES)
        return " ".join(self.pick(every) if self.random.random() < share else word for word in words)

    def nearly(self, row: Row) -> dict[str, Any]:
        """What a row says that reads like another but for the one thing that it is about."""
        was, now = self.pick(row.title.split()), self.pick(NOUNS)
        said = {name: getattr(row, name).replace(was, now) for name in ("title", "text")}
        return {**said, "apis": row.apis, "place": row.place, "date": row.date}


@dataclass
class Tally:
    there: int = 0  # rows that were there before, in the commit before or earlier
    kept: int = 0
    wrong: int = 0

    @property
    def harm(self) -> int:
        return self.there - self.kept + HARM * self.wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=20)
    parser.add_argument("--commits", type=int, default=40)
    parser.add_argument("--clone", type=Path)
    options = parser.parse_args()
    os.environ |= {"LOCAL": "true", "DJANGO_SETTINGS_MODULE": "tests.settings"}
    import django

    django.setup()
    generated = [[*History(seed).commits(options.commits)] for seed in range(options.histories)]
    print("generated: floor, rows that were there, kept, wrong merges, harm")
    for floor in FLOORS:
        tally = Tally()
        for commits in generated:
            follow(commits, floor, tally)
        share = 100 * tally.kept / tally.there
        print(f"{floor:4} {tally.there:8,} {tally.kept:8,} ({share:.1f}%) {tally.wrong:6,} {tally.harm:8,}")
    if options.clone:
        states = [*commits_of(options.clone)]
        same = sum(JUDGED.values())
        print(f"clone: floor, references used, of {same} found, of {len(JUDGED) - same} taken for one")
        for floor in FLOORS:
            used, pairs = replay(states, floor)
            found = [JUDGED[pair] for pair in pairs if pair in JUDGED]
            print(f"{floor:4} {used:5} {sum(found):4} {len(found) - sum(found):4}")
    return 0


def follow(commits: Sequence[Sequence[Row]], floor: float, tally: Tally) -> None:
    """Each commit matched with what was there: what was taken for what."""
    from roadmap.techdocs.plan import similarity
    from roadmap.techdocs.plan.likeness import Traits

    similarity.FLOOR = floor
    there: list[tuple[int, Traits]] = []
    for rows in commits:
        new = [traits(row) for row in rows]
        known = {thing for thing, _ in there}
        found = similarity.match(new, [thing for _, thing in there]).by_new
        for place, row in enumerate(rows):
            was = there[found[place].old][0] if place in found else None
            tally.there += row.thing in known
            tally.kept += was == row.thing
            tally.wrong += was is not None and was != row.thing
        # What was taken for another goes on as what it really is: each mistake counts once.
        now = {row.thing for row in rows}
        gone = [(thing, replace(known, is_gone=True)) for thing, known in there if thing not in now]
        there = [(row.thing, thing) for row, thing in zip(rows, new, strict=True)] + gone


def traits(row: Row) -> Any:
    from roadmap.content.choices import Environment
    from roadmap.content.things import ApiVersion, ItemContent, MilestoneContent
    from roadmap.techdocs.plan.matching import traits_of

    title, text = row.title, row.text
    if row.is_cut_early:
        first, _, rest = text.partition(" and the ")
        title, text = f"{title} – {first}", f"**{title}**<br>{text}" if rest else ""
    text = "\n\n".join(part for part in (text, row.leftover) if part)
    content = ItemContent(
        uid="",
        reference="",
        title=title,
        description=text,
        apis=tuple(ApiVersion(name=name) for name in row.apis),
        milestones=(MilestoneContent(environment=Environment.TEST, typed=row.date),),
        release_uid=row.place,
    )
    return traits_of(content, {row.place: row.place})


def commits_of(folder: Path) -> Iterator[tuple[str, Any]]:
    """The short name of each commit, the first first, and what its page says."""
    from roadmap.techdocs import parse, read

    def git(*asked: str) -> str:
        return subprocess.run(["git", "-C", folder, *asked], capture_output=True, text=True, check=True).stdout

    for name in git("log", "--reverse", "--format=%h", "--abbrev=7").split():
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "index.html.md"
            path.write_text(git("show", f"{name}:source/documentation/index.md"), encoding="utf-8")
            yield name, parse(read(path))


def replay(states: Sequence[tuple[str, Any]], floor: float) -> tuple[int, set[tuple[str, int, int]]]:
    """How many references the items used, and every pair that was taken for one: the commit and the lines of both."""
    import msgspec

    from roadmap.content.choices import Noun
    from roadmap.techdocs.plan import similarity, source_and_site
    from roadmap.techdocs.plan.matching import recognise

    similarity.FLOOR = floor
    there: dict[Any, list[Any]] = {noun: [] for noun in Noun}
    pairs: set[tuple[str, int, int]] = set()
    uids = {noun: count(1) for noun in Noun}
    used = 0
    for name, parsed in states:
        keys = {
            name: name
            for name in map(source_and_site.column_name, (column.name for column in source_and_site.columns_of(parsed)))
        }
        new = source_and_site.said(parsed, {}, keys)
        found = recognise(new, there, {})[0]
        lines = {thing.uid: int(thing.source.rpartition(":")[2]) for thing in there[Noun.ITEM]}
        uid_of = {
            part.key: found[part.key].uid or f"{noun} {next(uids[noun])}"
            for noun, parts in new.items()
            for part in parts
        }
        used += sum(found[part.key].uid is None for part in new[Noun.ITEM])
        for part in new[Noun.ITEM]:
            if uid_of[part.key] in lines:
                pairs.add((name, int(part.source.rpartition(":")[2]), lines[uid_of[part.key]]))
        for noun, parts in new.items():
            now = []
            for part in parts:
                release = getattr(part.content, "release_uid", "")
                inside = {"release_uid": uid_of[release]} if release else {}
                content = msgspec.structs.replace(part.content, uid=uid_of[part.key], **inside)
                now.append(source_and_site.There(content, content, part.source))
            names = {thing.uid for thing in now}
            gone = [replace(thing, ours=None, is_gone=True) for thing in there[noun] if thing.uid not in names]
            there[noun] = now + gone
    return used, pairs


if __name__ == "__main__":
    raise SystemExit(main())
