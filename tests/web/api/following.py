"""A copy of a roadmap as docs/api.md says how to keep one: nothing here knows more than that page says."""

import re


class Copy:
    def __init__(self, things=None):
        self.things = dict(things or {})  # by uid: what sort of thing it is, and its value

    @classmethod
    def of_whole(cls, whole):
        lists = {"page": "pages", "release": "releases", "item": "items", "changelog_entry": "changelog"}
        things = {whole["roadmap"]["uid"]: ("roadmap", whole["roadmap"])}
        for noun, name in lists.items():
            things |= {one["uid"]: (noun, one) for one in whole[name]}
        return cls(things)

    def apply(self, answer):
        for one in answer["things"]:
            if one["removed"]:
                assert one["value"] is None
                self.things.pop(one["uid"], None)
            else:
                self.things[one["uid"]] = (one["noun"], one["value"])

    def __eq__(self, other):
        return self.things == other.things

    def all(self, noun):
        return [value for kind, value in self.things.values() if kind == noun]

    def in_order(self):
        """As the whole roadmap would be."""
        pages = sorted(self.all("page"), key=lambda one: (one["position"], one["title"], one["uid"]))
        releases = sorted(
            self.all("release"), key=lambda one: (one["position"], soonest(one["when"]), one["title"], one["uid"])
        )
        places = {one["uid"]: place for place, one in enumerate(releases)}
        items = sorted(
            self.all("item"),
            key=lambda one: (
                places[one["release"]["uid"]] if one["release"] else len(places),
                one["position"],
                int(re.search(r"\d+$", one["reference"])[0]),
            ),
        )
        changelog = sorted(self.all("changelog_entry"), key=lambda one: (one["position"], one["title"], one["uid"]))
        changelog.sort(key=lambda one: latest(one["when"]), reverse=True)
        (roadmap,) = self.all("roadmap")
        return {"roadmap": roadmap, "pages": pages, "releases": releases, "items": items, "changelog": changelog}


def soonest(when):
    if when is None or when["start"] is None:
        return (1 if when and when["is_not_applicable"] else 2, "", "")
    return (0, when["start"], when["end"] or "9999-12-31")


def latest(when):
    if when is None or when["start"] is None:
        return ("", "")
    return (when["start"], when["end"] or when["start"])


def follow(api, copy, cursor, limit):
    """Applies answers until there is no more; yields the cursor after each."""
    while True:
        since = f"since={cursor}&" if cursor else ""
        answer = api(f"roadmaps/vat-mtd/changes?{since}limit={limit}")
        assert len(answer["things"]) <= limit
        assert answer["cursor"] != cursor or not answer["has_more"], "this would never end"
        copy.apply(answer)
        cursor = answer["cursor"]
        yield cursor
        if not answer["has_more"]:
            return
