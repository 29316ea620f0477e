"""What a search costs: the figures of benchmarks/README.md.

    var/venv/bin/python -m benchmarks.searching [--items 10000] [--roadmaps 5] [--questions 600]

Published roadmaps of that many items together, of English sentences from this project's own documents, on a SQLite
database of its own. Milliseconds of processor time of whole pages, each made anew, of six kinds of question: a word,
two, four, a word with a letter wrong, a phrase, and words that thousands of items have.
"""

import argparse
import gc
import os
import random
import re
import time
from pathlib import Path

from benchmarks.empty_database import empty_database

ROOT = Path(__file__).resolve().parent.parent
COMMON = ["endpoint", "transition profit", "the endpoint of the item", "profit endpoint", "r12", "transitionRelief"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--roadmaps", type=int, default=5)
    parser.add_argument("--questions", type=int, default=600)
    options = parser.parse_args()
    with empty_database():
        measure(options.items, options.roadmaps, options.questions)


def measure(items: int, roadmaps: int, count: int) -> None:
    from django.test import Client

    from roadmap.published import store
    from roadmap.published.search.found import index_of

    chance = random.Random(1)
    texts = [text for number in range(roadmaps) for text in publish(number, items // roadmaps, chance)]
    published = store.newest_of_each(store.now(), with_history=True)
    before, started = memory(), time.process_time()
    for roadmap in published:
        index_of(roadmap)
    took = time.process_time() - started
    gc.collect()
    gc.freeze()  # as the site does before it serves: see `load` in roadmap/web/page_store/application.py
    print(f"{items:,} items of {roadmaps} roadmaps: {took:.2f} s to index, {memory() - before:.0f} MB")
    client = Client(headers={"host": "localhost"})
    times: dict[str, list[float]] = {}
    for number in range(count):
        kind, asked = question(number, chance.choice(texts), chance)
        started = time.process_time()
        answer = client.get("/search/", {"q": asked})
        if number >= 12:  # the first find templates, and are warm after that
            times.setdefault(kind, []).append((time.process_time() - started) * 1000)
        assert answer.status_code == 200, asked
    times["all"] = [taken for of_kind in times.values() for taken in of_kind]
    for kind, found in times.items():
        found.sort()
        print(f"{kind:24} p50 {found[len(found) // 2]:6.1f}   p99 {found[int(len(found) * 0.99)]:6.1f} ms")


def publish(number: int, items: int, chance: random.Random) -> list[str]:
    from roadmap.models import Item, Roadmap
    from roadmap.publishing import publish

    roadmap = Roadmap.objects.create(
        title=f"Roadmap {number}",
        slug=f"roadmap-{number}",
        reference_prefix=f"R{number}",
        contact_name="Team",
        contact_email="team@example.gov.uk",
    )
    texts = [text(n, chance) for n in range(items)]
    Item.objects.bulk_create(
        Item(
            roadmap=roadmap,
            reference=f"R{number}-{n}",
            title=" ".join(chance.choice(SENTENCES).split()[:7]),
            description=texts[n],
            journey="Payments",
            audiences="Businesses, Agents",
            position=n,
        )
        for n in range(items)
    )
    publish(roadmap=roadmap, by=None)
    return texts


def sentences() -> list[str]:
    found = (path.read_text() for path in sorted((*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"))))
    return [said for text in found for said in re.findall(r"[A-Z][a-z ,’-]{30,160}(?=[.:;])", " ".join(text.split()))]


SENTENCES = sentences()


def text(number: int, chance: random.Random) -> str:
    """Some sixty words, of which some are in every item, and some in few."""
    names = chance.choice(["Profit", "Loss", "Relief"])
    said = ". ".join(chance.choice(SENTENCES) for _ in range(4))
    return f"{said}.\n\n- the **transition{names}** endpoint, `part{number % 500}`\n"


def question(number: int, text: str, chance: random.Random) -> tuple[str, str]:
    words = re.findall(r"[A-Za-z]{4,}", text)
    word, place = chance.choice([*filter(lambda word: len(word) > 5, words)]), chance.randrange(len(words) - 1)
    match number % 6:
        case 0:
            return "a word", word
        case 1:
            return "two words", " ".join(chance.sample(words, 2))
        case 2:
            return "four words", " ".join(chance.sample(words, 4))
        case 3:
            return "a letter wrong", word[:2] + word[3:]
        case 4:
            return "a phrase", f'"{words[place]} {words[place + 1]}"'
    return "what thousands have", chance.choice(COMMON)


def memory() -> float:
    """Megabytes that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
