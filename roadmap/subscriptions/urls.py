"""By which people who get mails change what they get: below an address of their own."""

from django.urls import path

from roadmap.subscriptions import views

urlpatterns = [
    path("", views.emails, name="emails"),
    path("confirm/<str:token>/", views.confirm, name="confirm_emails"),
    path("yours/<str:token>/", views.manage, name="manage_emails"),
    path("end/<str:token>/", views.end, name="end_emails"),
]
