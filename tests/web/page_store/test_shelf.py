"""What a process holds is bounded in bytes, and what nobody asks for twice drives out nothing that readers use."""

from dataclasses import dataclass

from roadmap.web.page_store.shelf import Shelf


@dataclass
class Thing:
    size: int


def full(most=1000):
    shelf = Shelf(most)
    for name in ("a", "b", "c"):
        shelf.put(name, Thing(100))
        shelf.get(name)
    return shelf


def test_what_was_asked_for_again_outlives_a_flood():
    shelf = full()
    for number in range(10_000):
        shelf.put(number, Thing(50))
    assert all(shelf.get(name) for name in ("a", "b", "c"))
    assert shelf.size <= 1000


def test_the_least_recently_used_goes_first():
    shelf = Shelf(1000)  # 800 for what was asked for again
    for name in "abcdefgh":
        shelf.put(name, Thing(100))
        shelf.get(name)
    shelf.get("a")
    shelf.put("i", Thing(100))
    shelf.get("i")  # one too many: "b" is asked for longest ago, and stands among the new again
    for name in ("x", "y", "z"):
        shelf.put(name, Thing(100))
    assert shelf.get("a")
    assert shelf.get("b") is None


def test_what_is_put_again_takes_the_place_of_what_was_there():
    shelf = full()
    newer = Thing(300)
    shelf.put("a", newer)
    assert shelf.get("a") is newer
    assert (len(shelf), shelf.size) == (3, 500)
    shelf.put("n", Thing(10))
    shelf.put("n", Thing(20))
    assert (len(shelf), shelf.size) == (4, 520)


def test_what_is_too_large_is_not_kept():
    shelf = full()
    shelf.put("large", Thing(900))
    assert shelf.get("large") is None
    assert shelf.size == 300
