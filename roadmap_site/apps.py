import gc

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created

from roadmap.web.exchange import watch_connection


class RoadmapAdminConfig(AdminConfig):
    # Outside roadmap.admin: that package registers its models with this very site when it is imported.
    default_site = "roadmap_site.admin_site.RoadmapAdminSite"

    def ready(self) -> None:
        super().ready()
        # The package's own pages show other people's secrets. Ours: roadmap/admin/sign_in/second_factor.py.
        from django_otp.plugins.otp_totp.models import TOTPDevice

        admin.site.unregister(TOTPDevice)
        connection_created.connect(watch_connection)
        apps.get_app_config("auth").verbose_name = "People"
        # What is loaded stays to the end. Looking for garbage in it takes 50 ms, which fell into a command's own work.
        # A server does this again with what it serves: see `load` in roadmap/web/page_store/application.py.
        gc.freeze()
