"""The addresses for signing in, below /admin/."""

from django.contrib import admin
from django.urls import path

from roadmap.admin.sign_in import notices as _tells  # noqa: F401 - whoever is told by signals
from roadmap.admin.sign_in import openid_views, own_views, reset, views

_own = admin.site.admin_view

urls = [
    path("sign-in/code/", views.code, name="sign_in_code"),
    path("sign-in/set-up/", views.set_up, name="sign_in_set_up"),
    path("sign-in/go-on/", views.go_on, name="sign_in_go_on"),
    path("sign-in/openid/", openid_views.start, name="openid_start"),
    path("sign-in/openid/back/", openid_views.back, name="openid_back"),
    path("forgotten/", reset.forgotten, name="admin_password_reset"),  # the name that Django's admin links
    path("reset/<uidb64>/<token>/", reset.ResetView.as_view(), name="sign_in_reset"),
    path("sign-ins/", _own(own_views.sign_ins), name="own_sign_ins"),
    path("second-factor/", _own(own_views.second_factor_page), name="own_second_factor"),
    path("second-factor/new/", _own(own_views.new_second_factor), name="own_second_factor_new"),
    path("second-factor/codes/", _own(own_views.new_codes), name="own_recovery_codes"),
    path("second-factor/remove/", _own(own_views.remove_second_factor), name="own_second_factor_remove"),
]
