"""Tells somebody by email what was changed of how they sign in: if it was not them, they know at once.

Beside the answer: a server for mail that is away keeps nobody from changing a password.
"""

from typing import Any

from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse

from roadmap.admin import mail
from roadmap.admin.sign_in.signals import password_changed, second_factor_changed
from roadmap.admin.views import name_of


@receiver([password_changed, second_factor_changed])
def _tell(request: HttpRequest, user: Any, by: Any, words: str, **_: Any) -> None:
    if not (mail.is_set_up() and user.email):
        return
    site = mail.site_name(request)
    whom = "you" if by == user else name_of(by)
    text = (
        f"{words}, by {whom}, for {user.username} on {site}.\n\n"
        "If you know of this, there is nothing to do.\n\n"
        f"If you do not, choose a new password at {mail.origin_of(request)}{reverse('admin_password_reset')} "
        "and tell an administrator.\n"
    )
    mail.send_later([mail.message(user, f"{words}: {site}", text)])
