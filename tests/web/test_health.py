import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def test_alive_says_the_version_and_asks_no_database(client):
    response = client.get("/healthz")  # without the database fixture, a query fails the test
    assert (response.status_code, response.content) == (200, f"ok {settings.VERSION}\n".encode())
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_when_migrated(client):
    assert (client.get("/readyz").status_code, client.get("/readyz").content) == (200, b"ok\n")


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    recorder = MigrationRecorder(connection)
    last = recorder.migration_qs.filter(app="roadmap").order_by("-pk").first()
    last.delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "not migrated" in response.content.decode()
