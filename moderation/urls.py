"""Addresses of reporting and moderating."""

from django.urls import path

from forum.urls import POST
from moderation.views import public, queue

app_name = "moderation"

urlpatterns = [
    path(f"{POST}/c/<int:number>/report", public.report, name="report"),
    path("removal/", public.removal, name="removal"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/cases/<int:pk>/", queue.case, name="case"),
    path("moderation/cases/<int:pk>/decision/", queue.decision, name="decision"),
    path("moderation/comments/<int:pk>/", queue.about_comment, name="about_comment"),
    path("moderation/comments/<int:pk>/slow/", queue.slow, name="slow"),
    path("moderation/rules/", queue.rules, name="rules"),
]
