"""What the changes that are reviewed contradict, and the reasons typed for them: listed, and not in the way."""

from functools import cached_property

from roadmap.admin.publish.review import Refusal, Review
from roadmap.content.consistency import Finding, find, two_reasons
from roadmap.content.snapshot import Snapshot
from roadmap.content.things import ItemContent
from roadmap.dates.clock import day_of


class Checked:
    """On the day on which the Edition appears."""

    def __init__(self, review: Review):
        self.review = review
        self.pending = {thing.uid for thing in review.found if not thing.is_removal}

    @cached_property
    def _reasons(self) -> list[Finding]:
        review, for_all = self.review, str(self.review.form.data.get("reason_for_all", "")).strip()
        slips = ((thing.uid, change.field) for thing in review.chosen for change in thing.slips)
        reasons = {key: reason for key in slips if (reason := review.reason(*key) or for_all)}
        return two_reasons(self._snapshot, reasons) if len({*reasons.values()}) > 1 else []

    @cached_property
    def _snapshot(self) -> Snapshot:
        """The roadmap with every release, and of its items those that are pending or share a release with what is."""
        saved = self.review.saved | {thing.uid: thing.after for thing in self.review.found if thing.after}
        releases = {getattr(saved[uid], "release_uid", uid) for uid in self.pending} - {""}
        return Snapshot(
            content
            for uid, content in saved.items()
            if not isinstance(content, ItemContent) or uid in self.pending or content.release_uid in releases
        )

    @property
    def findings(self) -> list[Finding]:
        if not self.pending:
            return []
        found = find(self._snapshot, day_of(self.review.moment))
        return [*self._reasons, *(finding for finding in found if finding.uids & self.pending)]

    @property
    def uids_of_reasons(self) -> str:
        """What the page carries, to know what was seen."""
        return " ".join(finding.content.uid for finding in self._reasons)

    def refuse_unseen(self) -> None:
        """Once: reasons are typed on the page itself, so that it has not shown yet that they differ."""
        seen = self.review.entry.post.get("checked", "").split() if self.review.entry else []
        for finding in self._reasons:
            if finding.content.uid not in seen:
                self.review.refusals.append(Refusal(f"“{finding.title}”: {finding.sentence}", "to-check"))
