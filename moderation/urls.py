"""Addresses of reporting and moderating."""

from django.urls import path

from forum.urls import POST
from moderation.views import figures, in_the_open, public, queue, requests

app_name = "moderation"

urlpatterns = [
    path(f"{POST}/c/<int:number>/report", public.report, name="report"),
    path("removal/", public.removal, name="removal"),
    path("removal/receipt/", requests.receipt, name="removal_receipt"),
    path("moderation-log/", in_the_open.log, name="log"),
    path("transparency/", in_the_open.transparency, name="transparency"),
    path("transparency/<slug:name>.csv", in_the_open.table, name="transparency_table"),
    path("moderation/figures/", figures.figures, name="figures"),
    path("moderation/figures/<slug:name>.csv", figures.table, name="figures_table"),
    path("moderation/requests/<int:pk>/answer/", requests.answer, name="answer_request"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/cases/<int:pk>/", queue.case, name="case"),
    path("moderation/cases/<int:pk>/decision/", queue.decision, name="decision"),
    path("moderation/comments/<int:pk>/", queue.about_comment, name="about_comment"),
    path("moderation/comments/<int:pk>/slow/", queue.slow, name="slow"),
    path("moderation/rules/", queue.rules, name="rules"),
]
