import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def run(**options: str) -> str:
    output = io.StringIO()
    call_command("create_first_publisher", stdout=output, **options)
    return output.getvalue()


def printed_login(output: str) -> tuple[str, str]:
    found = re.search(r"username: (\S+)\n +password: (\S+)\n", output)
    assert found, output
    return found[1], found[2]


def test_printed_login_opens_the_admin(client: Client) -> None:
    username, password = printed_login(run())
    assert username == "publisher"
    answer = client.post(reverse("admin:login"), {"username": username, "password": password, "next": "/admin/"})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200
    assert User.objects.get().is_superuser


def test_password_passes_the_sites_own_rules() -> None:
    username, password = printed_login(run())
    validate_password(password, User(username=username))


def test_each_site_gets_its_own_password() -> None:
    _, first = printed_login(run())
    User.objects.all().delete()
    _, second = printed_login(run())
    assert first != second


def test_second_run_changes_nothing_and_shows_no_password() -> None:
    run()
    before = User.objects.values().get()
    assert run() == "First publisher: already there\n"
    assert User.objects.values().get() == before


def test_any_active_member_of_staff_is_enough() -> None:
    User.objects.create_user("ada", password="x", is_staff=True)
    assert run() == "First publisher: already there\n"


@pytest.mark.parametrize("who", [{"is_staff": False}, {"is_staff": True, "is_active": False}])
def test_somebody_who_cannot_sign_in_to_the_admin_does_not_count(who: dict[str, Any]) -> None:
    User.objects.create_user("ada", password="x", **who)
    assert printed_login(run())[0] == "publisher"


def test_taken_name_is_refused_and_left_as_it_was() -> None:
    User.objects.create_user("publisher", password="x", is_staff=True, is_active=False)
    before = User.objects.values().get()
    with pytest.raises(CommandError, match="--username NAME"):
        run()
    assert User.objects.values().get() == before
    assert printed_login(run(username="grace"))[0] == "grace"


def test_the_first_login_is_a_publisher_and_may_make_the_others(client: Client) -> None:
    username, password = printed_login(run())
    user = User.objects.get()
    assert [group.name for group in user.groups.all()] == ["Publishers"]
    client.post(reverse("admin:login"), {"username": username, "password": password})
    assert client.get(reverse("admin:auth_user_add")).status_code == 200


def test_a_site_whose_publishers_group_was_deleted_gets_its_first_login_still() -> None:
    Group.objects.all().delete()
    assert printed_login(run())[0] == "publisher"
