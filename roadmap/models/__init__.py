"""Working copies, which staff edit, and what has been published from them, which never changes."""

# ruff: noqa: F401 - each table is asked for here, wherever it stands

from roadmap.content.choices import Noun
from roadmap.models.agreement import Agreement, ReadyNote
from roadmap.models.import_origin import HistoryImport, Origin
from roadmap.models.import_report import ImportNote, ImportReport
from roadmap.models.item import FieldValue, Item, ItemApi, Milestone
from roadmap.models.preview_link import PreviewLink
from roadmap.models.published import Change, Edition, ImmutableError, Revision
from roadmap.models.review_draft import MinorMark, ReviewDraft
from roadmap.models.roadmap import Api, ChangelogEntry, Field, Page, Release, Roadmap, Save
from roadmap.models.security_event import SecurityEvent
from roadmap.models.sign_in import OtherIdentity, RecoveryCode, SignIn, TryLimit
from roadmap.models.subscription import (
    Letter,
    MailBookmark,
    MailPace,
    Often,
    OutgoingMail,
    Subscriber,
    Subscription,
    SubscriptionRequest,
)
from roadmap.models.uploaded_picture import UploadedPicture
from roadmap.models.webhook import HubPing, Webhook, WebhookPost

WorkingCopy = Roadmap | Page | Release | Item | ChangelogEntry

# THE map from noun to model, and back.
MODEL_OF: dict[Noun, type[WorkingCopy]] = {
    Noun.ROADMAP: Roadmap,
    Noun.PAGE: Page,
    Noun.RELEASE: Release,
    Noun.ITEM: Item,
    Noun.CHANGELOG_ENTRY: ChangelogEntry,
}
NOUN_OF_MODEL: dict[type[WorkingCopy], Noun] = {model: noun for noun, model in MODEL_OF.items()}
