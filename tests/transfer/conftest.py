"""What tests of files to import share: a whole one, and the sentence with which an import refuses another."""

import pytest

from roadmap.models import Api, Edition, HistoryImport, Item, Roadmap
from roadmap.transfer import TransferRefused
from tests import make
from tests.transfer.another import exported, forget_everything, imported
from tests.web import story


@pytest.fixture
def file():
    """The story and then some, as a file; nothing of it is here."""
    if not _told:
        _told.append(_tell())
    return _told[0]


_told: list[bytes] = []


def _tell():
    story.tell()
    roadmap = Roadmap.objects.get()
    release = roadmap.releases.first()
    item = make.item(roadmap, title="Whole", live="June 2026", release=release, apis=((Api.objects.get(), "1.0"),))
    field = make.field(roadmap, name="Tax years")
    item.field_values.create(field=field, value="26-27")
    make.edition(roadmap, at=make.at("2026-03-25"))
    HistoryImport.objects.create(
        roadmap=roadmap,
        first_commit="1" * 40,
        last_commit="2" * 64,
        edition_count=8,
        imported_at=make.at("2026-03-25"),
    )
    content = exported("vat-mtd")
    forget_everything()
    return content


@pytest.fixture
def refused(tmp_path):
    """refused(content) is the sentence with which an import refuses, having changed nothing."""

    def sentence(content: bytes, **options) -> str:
        before = Roadmap.objects.count(), Item.objects.count(), Edition.objects.count(), Api.objects.count()
        with pytest.raises(TransferRefused) as caught:
            imported(content, tmp_path, **options)
        assert (Roadmap.objects.count(), Item.objects.count(), Edition.objects.count(), Api.objects.count()) == before
        said = str(caught.value)
        assert "\n" not in said
        assert said.isprintable()
        return said

    return sentence
