"""What a publisher decides while reviewing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_REASON_LENGTH = 500


@dataclass(frozen=True)
class Announcement:
    """The changelog entry that goes with an Edition."""

    title: str
    when: str
    body: str


@dataclass(frozen=True)
class Choices:
    """Immutable: the decisions of one act of publishing. By uid. The default publishes all, plainly."""

    leave_out: frozenset[str] = frozenset()
    minor: frozenset[str] = frozenset()  # published, but not announced
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by uid and field of the change
    reason_for_all: str = ""  # for every date that moves later and has no reason of its own
    announcement: Announcement | None = None

    def __post_init__(self) -> None:
        """Raises ValueError where a reason is longer than what is kept."""
        if any(len(reason) > MAX_REASON_LENGTH for reason in (*self.reasons.values(), self.reason_for_all)):
            raise ValueError(f"A reason can have {MAX_REASON_LENGTH} characters at most.")
