"""Where one asks to be told: below the address of a roadmap, or of all together."""

from django.urls import path

from roadmap.subscriptions.views import subscribe

urlpatterns = [path("subscribe/", subscribe, name="subscribe")]
