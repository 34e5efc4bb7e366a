"""Addresses of reporting and moderating."""

from django.urls import path

from forum.urls import POST
from moderation.views import answering, public, queue, reasons, rules

app_name = "moderation"

urlpatterns = [
    path(f"{POST}/c/<int:number>/report", public.report, name="report"),
    path("removal/", public.removal, name="removal"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/cases/<int:pk>/", queue.case, name="case"),
    path("moderation/cases/<int:pk>/decision/", queue.decision, name="decision"),
    path("moderation/comments/<int:pk>/", queue.about_comment, name="about_comment"),
    path("moderation/comments/<int:pk>/slow/", queue.slow, name="slow"),
    path("moderation/rules/", rules.rules, name="rules"),
    path("moderation/rules/new/<slug:kind>/", rules.new_rule, name="new_rule"),
    path("moderation/rules/<int:pk>/", rules.rule, name="rule"),
    path("moderation/rules/<int:pk>/move/", rules.move_rule, name="move_rule"),
    path("moderation/reasons/", reasons.reasons, name="reasons"),
    path("moderation/reasons/<int:pk>/", reasons.reason, name="reason"),
    path("moderation/reasons/<int:pk>/move/", reasons.move_reason, name="move_reason"),
    path("moderation/cases/<int:pk>/answer/", answering.answer, name="answer"),
]
