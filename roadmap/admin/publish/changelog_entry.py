"""The changelog entry on the page for publishing: drafted from the choices, rewritten by the editor, never lost.

The page carries what it last drafted: the digest of the words, and the date. Words that come back and differ from that
were rewritten: they are kept. Words that the choices give now and differ from that are new: the editor reads them
before they are published. The date follows the time of the Edition, unless the editor wrote another.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.http import QueryDict

from roadmap.publishing import Announcement

NOTHING = Announcement(title="", when="", body="")


def digest(entry: Announcement) -> str:
    """Of its words, however a browser breaks their lines."""
    words = f"{' '.join(entry.title.split())}\0{entry.body.replace(chr(13), '').strip()}"
    return sha256(words.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class DraftedEntry:
    """Immutable: what the page sent, beside what its choices give now."""

    sent: Announcement
    is_announced: bool
    last_draft: str  # the digest of the draft that the page was shown with
    last_when: str  # and its date
    draft: Announcement  # what the choices give now; NOTHING where there is nothing to announce

    @classmethod
    def read(cls, post: QueryDict, draft: Announcement | None) -> "DraftedEntry":
        sent = Announcement(*(post.get(name, "") for name in ("entry_title", "entry_when", "entry_body")))
        return cls(
            sent,
            bool(post.get("announce")),
            post.get("drafted", ""),
            post.get("drafted_when", ""),
            draft or NOTHING,
        )

    @property
    def is_rewritten(self) -> bool:
        return digest(self.sent) not in (self.last_draft, digest(self.draft), digest(NOTHING))

    @property
    def is_stale(self) -> bool:
        """Whether the choices have changed since, in what there is to announce."""
        return digest(self.draft) != self.last_draft

    @property
    def must_be_read_again(self) -> bool:
        """Whether publishing now would announce, or leave unannounced, something that the editor did not see."""
        return self.is_stale and (self.is_announced or self._is_first_draft)

    @property
    def _is_first_draft(self) -> bool:
        """There was nothing to announce, and now there is."""
        return self.last_draft == digest(NOTHING) and self.draft != NOTHING

    def brought_up_to_date(self, post: QueryDict, *, replacing: bool = False) -> QueryDict:
        """What was sent, with the new draft in place of one that was not rewritten; `replacing`: of any."""
        post = post.copy()
        if replacing or (self.is_stale and not self.is_rewritten):
            post["entry_title"], post["entry_body"] = self.draft.title, self.draft.body
            if self.draft == NOTHING:
                post.pop("announce", None)
            elif replacing or self._is_first_draft:
                post["announce"] = "on"
        if replacing or self.sent.when.strip() == self.last_when:
            post["entry_when"] = self.draft.when
        return post
