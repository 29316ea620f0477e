from django.apps import apps
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created

from roadmap.web.exchange import watch_connection


class RoadmapAdminConfig(AdminConfig):
    # Outside roadmap.admin: that package registers its models with this very site when it is imported.
    default_site = "roadmap_site.admin_site.RoadmapAdminSite"

    def ready(self) -> None:
        super().ready()
        connection_created.connect(watch_connection)
        apps.get_app_config("auth").verbose_name = "People"
