"""The people who use the admin: by email address and role, not by username and ticks. For superusers alone.

Somebody who is added gets an invitation: a link, by email where the site sends any, with which they choose a password.
"""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import admin as _registers_its_own  # noqa: F401 - which are then replaced
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.html import format_html
from django.utils.http import urlsafe_base64_encode
from django.views.decorators.http import require_POST

from roadmap.admin import mail
from roadmap.admin.permissions import ADDRESSES
from roadmap.admin.security.locks import locked
from roadmap.admin.security.locks_views import locks_view
from roadmap.admin.security.log import Kind, record
from roadmap.admin.sign_in import openid, second_factor, sessions, signals
from roadmap.admin.sign_in.reset import ChoosePasswordView
from roadmap.admin.sign_in.roles import ROLES, StaffRole, join_group_of, role_of
from roadmap.admin.views import name_of
from roadmap.dates.clock import uk_datetime
from roadmap.models import Roadmap


def rights_of(user: User) -> dict[str, str]:
    """What a change of would be in the security log, each in words. Asks the database anew."""
    user = User.objects.get(pk=user.pk)
    role = role_of(user)
    return {
        "role": ROLES[role].partition(":")[0] if role else "none",
        "teams": ", ".join(roadmap.slug for roadmap in user.roadmaps.order_by("slug")) or "none",
        "may sign in": "yes" if user.is_active else "no",
        "may look up who gets emails": "yes" if user.groups.filter(name=ADDRESSES).exists() else "no",
        "signs in with": user.username,
        "email address": user.email or "none",
    }


class PersonForm(forms.ModelForm):
    email = forms.EmailField(
        label="Email address",
        help_text="They sign in with it, and the invitation goes there.",
        error_messages={"required": "Enter an email address."},
    )
    role = forms.ChoiceField(
        choices=[*ROLES.items()], widget=forms.RadioSelect, error_messages={"required": "Choose a role."}
    )
    teams = forms.ModelMultipleChoiceField(
        Roadmap.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Teams",
        help_text="Roadmaps that have a team are edited and published by that team alone.",
    )
    sees_addresses = forms.BooleanField(
        required=False,
        label="May look up who gets emails",
        help_text="To answer readers who ask what is held about them. Nobody else may, not even an administrator.",
    )
    asked_by: Any = None  # set for each request

    class Meta:
        model = User
        fields = ["email", "first_name", "last_name", "is_active"]
        labels = {"is_active": "May sign in"}
        help_texts = {"is_active": "Untick it when somebody leaves: the history keeps their name."}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        teams: Any = self.fields["teams"]
        teams.queryset = Roadmap.objects.filter(team__isnull=False).distinct()
        if not teams.queryset.exists():
            del self.fields["teams"]
        if self.instance.pk:
            self.initial["role"] = role_of(self.instance)
            self.initial["sees_addresses"] = self.instance.groups.filter(name=ADDRESSES).exists()
            self.initial["teams"] = [*self.instance.roadmaps.values_list("pk", flat=True)]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        most = User._meta.get_field("username").max_length or 0  # which it is, to sign in with
        if len(email) > most:
            raise ValidationError(f"This has {len(email)} characters. Give an address of {most} or fewer.")
        others = User.objects.exclude(pk=self.instance.pk)
        if others.filter(email__iexact=email).exists() or others.filter(username__iexact=email).exists():
            raise ValidationError("Somebody with this email address is here already.")
        return email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and self.instance.pk == getattr(self.asked_by, "pk", None):
            if not cleaned.get("is_active", True):
                self.add_error("is_active", "You cannot take away your own access. Ask another administrator.")
            if cleaned.get("role") and cleaned["role"] != StaffRole.ADMINISTRATOR:
                self.add_error("role", "You cannot take away your own role. Ask another administrator.")
        return cleaned

    def _post_clean(self) -> None:
        """The name to sign in with is the address, but for somebody who has had another one from the beginning."""
        before, after = self.instance.email, self.cleaned_data.get("email", "")
        if after and (self.instance.pk is None or self.instance.username == before):
            self.instance.username = after
        self.instance.is_staff = True
        self.instance.is_superuser = self.cleaned_data.get("role") == StaffRole.ADMINISTRATOR
        super()._post_clean()  # type: ignore[misc]

    def _save_m2m(self) -> None:
        """Teams stay, where none was offered."""
        super()._save_m2m()  # type: ignore[misc]
        user = self.instance
        join_group_of(user, StaffRole(self.cleaned_data["role"]))
        sees = Group.objects.filter(name=ADDRESSES)
        if self.cleaned_data["sees_addresses"]:
            user.groups.add(*sees)
        else:
            user.groups.remove(*sees)
        if "teams" in self.fields:
            user.roadmaps.set(self.cleaned_data["teams"])


admin.site.unregister(Group)
admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(admin.ModelAdmin):
    form = PersonForm
    list_display = ["name", "email", "role", "is_active", "last_signed_in"]
    list_display_links = ["name"]
    list_filter = ["is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    ordering = ["username"]

    def get_urls(self) -> list[URLPattern]:
        invite = self.admin_site.admin_view(require_POST(self.invite_view))
        reset = self.admin_site.admin_view(require_POST(self.reset_second_factor_view))
        end = self.admin_site.admin_view(require_POST(self.end_sign_ins_view))
        return [
            path("<int:pk>/sign-ins/", end, name="auth_user_sign_ins"),
            path("<int:pk>/invite/", invite, name="auth_user_invite"),
            path("<int:pk>/second-factor/", reset, name="auth_user_second_factor"),
            path("locked/", self.admin_site.admin_view(locks_view), name="auth_user_locked"),
            *super().get_urls(),
        ]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        if person := context["original"]:
            context["sign_ins"] = len(sessions.sign_ins_of(person, timezone.now()))
            context["locks"] = locked(timezone.now(), person).locks
            context["openid_name"] = openid.name() if openid.is_only_way(person) else ""
            context["second_factor"] = second_factor.device_of(person)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        teams = ["teams"] if "teams" in self.get_form(request, obj)().fields else []
        fields = ["email", "first_name", "last_name", "role", *teams, "sees_addresses"]
        return [(None, {"fields": fields if obj is None else [*fields, "is_active"]})]

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = ["email", "first_name", "last_name", *(["is_active"] if obj else [])]
        made: Any = super().get_form(request, obj, change, **kwargs)
        made.asked_by = request.user
        return made

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What somebody did stays theirs: they are kept from signing in instead."""
        return False

    @admin.display(description="name", ordering="username")
    def name(self, user: User) -> str:
        return name_of(user)

    @admin.display(description="role")
    def role(self, user: User) -> str:
        role = role_of(user)
        return ROLES[role].partition(":")[0] if role else "None: may do nothing here"

    @admin.display(description="last signed in", ordering="last_login")
    def last_signed_in(self, user: User) -> str:
        return uk_datetime(user.last_login) if user.last_login else "Never"

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.rights_before = rights_of(obj) if change else {}
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        before, after = form.rights_before, rights_of(form.instance)
        told = [
            f"{what}: {before[what]} → {now}" if before else f"{what}: {now}"
            for what, now in after.items()
            if before.get(what) != now
        ]
        if told:
            record(Kind.PERSON, "; ".join(told), request=request, about=name_of(form.instance))

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: str | None = None) -> HttpResponse:
        invite(request, obj)
        return redirect("admin:auth_user_changelist")

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        messages.success(request, f"{name_of(obj)} is saved.")
        return redirect("admin:auth_user_changelist")

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        if openid.is_only_way(user):
            messages.error(
                request,
                f"{name_of(user)} signs in through {openid.name()}, and has no password here: one would still let them "
                "in after their account there has ended.",
            )
        elif user.is_active:
            invite(request, user)
        else:
            messages.error(request, f"{name_of(user)} may not sign in. Tick “May sign in” first.")
        return redirect("admin:auth_user_change", pk)

    def end_sign_ins_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For a laptop that was lost: at once, and with no other password. One's own stay where this is pressed."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        here = request.session.session_key if user == request.user else None
        if ended := sessions.end_sign_ins(user, but=here):
            words = f"Ended {ended} sign-in{'s' * (ended != 1)}"
            signals.sign_ins_ended.send(sender=None, request=request, user=user, by=request.user, words=words)
            messages.success(request, f"{words} of {name_of(user)}. Whoever uses them has to sign in again.")
        else:
            messages.info(request, f"{name_of(user)} was not signed in anywhere else: nothing has changed.")
        return redirect("admin:auth_user_change", pk)

    def reset_second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For who has lost phone and recovery codes. Nobody does it for themselves: their own page asks for a code."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        if user == request.user:
            messages.error(request, "You cannot reset your own second factor here. Ask another administrator.")
            return redirect("admin:auth_user_change", pk)
        second_factor.remove(user)
        sessions.end_sign_ins(user)
        words = "Second factor reset by an administrator"
        signals.second_factor_changed.send(sender=None, request=request, user=user, by=request.user, words=words)
        messages.success(
            request,
            f"The second factor of {name_of(user)} is reset, and all their sign-ins have ended. "
            "When they next sign in they set up another, if their role needs one.",
        )
        return redirect("admin:auth_user_change", pk)


def invite(request: HttpRequest, user: User) -> None:
    """By email, or with a link to send them by other means: then whoever asked sees it once."""
    origin, site = mail.origin_of(request), mail.site_name(request)
    url = f"{origin}{invitation_url(user)}"
    text = (
        f"{name_of(request.user)} has invited you to edit roadmaps on {site}.\n\n"
        f"Choose a password here: {url}\n\n"
        f"The link works once, for three days. Afterwards sign in with {user.username} at "
        f"{origin}{reverse('admin:index')}\n"
    )
    record(Kind.PASSWORD, "A link to choose one was made", request=request, about=name_of(user))
    if mail.send(user, f"Your invitation to {site}", text):
        went = mail.where_it_went(user.email, what="email with a link")
        messages.success(request, f"{name_of(user)} is invited. {went}")
    else:
        messages.warning(
            request,
            format_html(
                "{} can sign in once they have chosen a password. No email could be sent, so send them this link "
                'yourself: it works once, for three days. <span class="invitation">{}</span>',
                name_of(user),
                url,
            ),
        )


def invitation_url(user: User) -> str:
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("invitation", args=[key, default_token_generator.make_token(user)])


class InvitationView(ChoosePasswordView):
    """Where somebody who was invited chooses a password; what signing in asks for besides comes next."""


urls = [path("invitation/<uidb64>/<token>/", InvitationView.as_view(), name="invitation")]
