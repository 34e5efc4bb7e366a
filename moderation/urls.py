"""Addresses of reporting and moderating."""

from django.urls import path

from forum.urls import POST
from moderation.views import batches, deciding, log, public, queue

app_name = "moderation"

urlpatterns = [
    path(f"{POST}/c/<int:number>/report", public.report, name="report"),
    path("removal/", public.removal, name="removal"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/cases/<int:pk>/", queue.case, name="case"),
    path("moderation/cases/<int:pk>/decision/", deciding.decision, name="decision"),
    path("moderation/comments/<int:pk>/", queue.about_comment, name="about_comment"),
    path("moderation/comments/<int:pk>/slow/", deciding.slow, name="slow"),
    path("moderation/comments/<int:pk>/lock/", deciding.lock, name="lock"),
    path("moderation/posts/<int:pk>/note/", deciding.pin, name="pin"),
    path("moderation/decisions/<int:pk>/undo/", deciding.undo, name="undo"),
    path("moderation/batches/", batches.bulk, name="bulk"),
    path("moderation/batches/<slug:batch>/", batches.batch, name="batch"),
    path("moderation/batches/<slug:batch>/undo/", batches.undo, name="undo_batch"),
    path("moderation/log/", log.log, name="log"),
    path("moderation/waiting/", queue.waiting, name="waiting"),
    path("moderation/rules/", queue.rules, name="rules"),
]
