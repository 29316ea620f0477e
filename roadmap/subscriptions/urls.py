"""By which people who get mails change what they get: below an address of their own."""

from django.urls import path

from roadmap.subscriptions import views
from roadmap.subscriptions.providers.bounces import receipt
from roadmap.subscriptions.providers.reports import report
from roadmap.subscriptions.webhooks.views import webhook

urlpatterns = [
    path("", views.emails, name="emails"),
    path("receipts/", receipt, name="mail_receipt"),
    path("reports/", report, name="mail_report"),
    path("confirm/<str:token>/", views.confirm, name="confirm_emails"),
    path("yours/<str:token>/", views.manage, name="manage_emails"),
    path("yours/<str:token>/webhook/<int:pk>/", webhook, name="webhook"),
    path("end/<str:token>/", views.end, name="end_emails"),
]
