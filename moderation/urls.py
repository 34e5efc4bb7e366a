"""Addresses of reporting and moderating."""

from django.urls import path

from forum.urls import POST
from moderation.views import moving, public, queue, topics

app_name = "moderation"

urlpatterns = [
    path(f"{POST}/c/<int:number>/report", public.report, name="report"),
    path("removal/", public.removal, name="removal"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/cases/<int:pk>/", queue.case, name="case"),
    path("moderation/cases/<int:pk>/decision/", queue.decision, name="decision"),
    path("moderation/comments/<int:pk>/", queue.about_comment, name="about_comment"),
    path("moderation/comments/<int:pk>/slow/", queue.slow, name="slow"),
    path("moderation/comments/<int:pk>/move/", moving.move, name="move"),
    path("moderation/topics/", topics.topics, name="topics"),
    path("moderation/topics/new/", topics.topic, name="new_topic"),
    path("moderation/topics/<int:pk>/", topics.topic, name="topic"),
    path("moderation/parking/<int:pk>/<int:post_pk>/", moving.park_page, name="park"),
    path("moderation/rules/", queue.rules, name="rules"),
]
