"""The words that a Content chooses from, and their labels. Pure."""

from enum import StrEnum


class Noun(StrEnum):
    ROADMAP = "roadmap"
    PAGE = "page"
    RELEASE = "release"
    ITEM = "item"
    CHANGELOG_ENTRY = "changelog_entry"


class Environment(StrEnum):
    """In the order in which an item passes through them."""

    TEST = "test"
    CONTROLLED_GO_LIVE = "controlled_go_live"
    LIVE = "live"


class Stage(StrEnum):
    """Where an item is. Derived from its milestones and its release, never typed."""

    BACKLOG = "backlog"
    TEST = "test"
    CONTROLLED_GO_LIVE = "controlled_go_live"
    LIVE = "live"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    API = "api"
    USER_INTERFACE = "user_interface"
    GUIDE = "guide"
    BACKEND = "backend"


class Horizon(StrEnum):
    NEAR = "near"
    MID = "mid"
    LONG = "long"


KIND_LABELS = {Kind.API: "API", Kind.USER_INTERFACE: "User interface", Kind.GUIDE: "Guide", Kind.BACKEND: "Backend"}
HORIZON_LABELS = {Horizon.NEAR: "Near term", Horizon.MID: "Mid term", Horizon.LONG: "Long term"}
BACKLOG_LABEL = "Planned"  # of the stage that is no environment
DEFAULT_ENVIRONMENT_LABELS = {
    Environment.TEST: "Sandbox",
    Environment.CONTROLLED_GO_LIVE: "Controlled go-live",
    Environment.LIVE: "Live",
}
