"""A site of an earlier version, with a row in every table: brought to today's tables, and restored from its backup."""

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from roadmap.keeping.backup import backup
from roadmap.keeping.restore import restore
from roadmap.models import Item, Save
from roadmap.publishing import pending
from tests.keeping import old_site
from tests.keeping.sites import written
from tests.management.run import run
from tests.transfer.another import exported

pytestmark = pytest.mark.django_db(transaction=True)


def assert_all_is_there(before, after):
    for table, rows in before.items():
        assert table in after, table
        if table in ("auth_permission", "django_content_type", "auth_group", "auth_group_permissions"):
            continue  # a newer version may have more
        kept = [{name: row[name] for name in old if name in row} for old, row in zip(rows, after[table], strict=True)]
        assert kept == [{name: old[name] for name in old if name in kept[place]} for place, old in enumerate(rows)]


def assert_site_works():
    client = Client()
    for path in ("/", "/vat-mtd/", "/vat-mtd/items/", "/vat-mtd/items/VAT-1/", "/vat-mtd/editions/1/"):
        assert client.get(path).status_code == 200, path
    edition = client.get("/api/v1/roadmaps/vat-mtd/editions").json()["editions"][0]
    assert edition["published_at"].startswith("2025-03-24T09:30:00.123456")
    assert {thing.title for thing in pending(Item.objects.get().roadmap)} >= {"Renamed since"}
    assert Save.objects.count() == 2
    assert b'"VAT-1"' in exported("vat-mtd")


def test_migrations_keep_every_row():
    with old_site.of(old_site.LAST_OF_1_0) as then:
        old_site.fill(then)
        before = old_site.values(then)
        assert [table for table, rows in before.items() if not rows] == []
        old_site.to_newest()
        assert_all_is_there(before, old_site.values(apps))
        assert_site_works()


@pytest.mark.parametrize("version", ["0014_addresses_of_the_site", old_site.LAST_OF_1_0])
def test_a_backup_of_an_earlier_version_is_restored_and_brought_up_to_date(version, tmp_path):
    with old_site.of(version) as then:
        old_site.fill(then)
        before = old_site.values(then)
        file = written(backup, tmp_path / "old.tar")
        old_site.to_newest()
        restored = restore(file, replace=lambda: None)
        assert (restored.roadmaps, restored.editions) == (1, 1)
        newest = max(name for app, name in MigrationLoader(None).graph.leaf_nodes() if app == "roadmap")
        assert restored.was_migrated == (version != newest)
        assert_all_is_there(before, old_site.values(apps))
        assert_site_works()


def test_a_backup_is_made_of_tables_that_were_not_migrated_yet(tmp_path):
    """As before an upgrade, when the new version lies there already."""
    with old_site.of("0014_addresses_of_the_site") as then:
        old_site.fill(then)
        ended = run("backup", tmp_path / "site.tar")
        assert ended.out[0].startswith(f"Kept the site in {tmp_path}/site.tar: 1 roadmap, 1 edition, ")
