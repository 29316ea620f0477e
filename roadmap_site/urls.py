"""Which part of the site answers which address."""

from django.contrib import admin
from django.urls import include, path

from roadmap.admin import people, session_view
from roadmap.admin.editing import markdown_widget
from roadmap.admin.sign_in.urls import urls as sign_in_urls
from roadmap_site.metrics_view import metrics

urlpatterns = [
    path("admin/", include(markdown_widget.urls)),  # before the admin's own, which answer whatever else begins so
    path("admin/", include(session_view.urls)),
    path("admin/", include("roadmap.admin.preview_urls")),
    path("admin/", include(people.urls)),
    path("admin/", include(sign_in_urls)),
    path("admin/", admin.site.urls),
    path("metrics", metrics, name="metrics"),
    path("", include("roadmap.previews.urls")),
    path("", include("roadmap.web.urls")),
]

handler400 = "roadmap_site.errors.bad_request"
handler403 = "roadmap_site.errors.permission_denied"
handler404 = "roadmap_site.errors.page_not_found"
handler500 = "roadmap_site.errors.server_error"
