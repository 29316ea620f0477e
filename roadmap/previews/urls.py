"""The addresses of drafts for whoever holds a link. Those for staff are in roadmap/admin/preview_urls.py."""

from django.urls import include, path

from roadmap.previews.views import by_link, preview_pages

urlpatterns = [path("preview/<str:token>/", include((preview_pages(by_link), "preview")))]
