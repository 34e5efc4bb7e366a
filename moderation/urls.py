"""Addresses of reporting and moderating."""

from django.urls import path

from forum.urls import POST
from moderation.views import (
    answering,
    batches,
    deciding,
    figures,
    in_the_open,
    log,
    moving,
    public,
    queue,
    reasons,
    requests,
    rules,
    topics,
)

app_name = "moderation"

urlpatterns = [
    path(f"{POST}/c/<int:number>/report", public.report, name="report"),
    path(f"{POST}/c/<int:number>/again", public.again, name="again"),
    path("removal/", public.removal, name="removal"),
    path("moderation-log/", in_the_open.log, name="public_log"),
    path("transparency/", in_the_open.transparency, name="transparency"),
    path("transparency/<slug:name>.csv", in_the_open.table, name="transparency_table"),
    path("moderation/figures/", figures.figures, name="figures"),
    path("moderation/figures/<slug:name>.csv", figures.table, name="figures_table"),
    path("moderation/requests/<int:pk>/answer/", requests.answer, name="answer_request"),
    path("moderation/", queue.queue, name="queue"),
    path("moderation/cases/<int:pk>/", queue.case, name="case"),
    path("moderation/cases/<int:pk>/decision/", deciding.decision, name="decision"),
    path("moderation/cases/<int:pk>/leave/", deciding.leave, name="leave"),
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
    path("moderation/comments/<int:pk>/move/", moving.move, name="move"),
    path("moderation/topics/", topics.topics, name="topics"),
    path("moderation/topics/new/", topics.topic, name="new_topic"),
    path("moderation/topics/<int:pk>/", topics.topic, name="topic"),
    path("moderation/parking/<int:pk>/<int:post_pk>/", moving.park_page, name="park"),
    path("moderation/rules/", rules.rules, name="rules"),
    path("moderation/rules/new/<slug:kind>/", rules.new_rule, name="new_rule"),
    path("moderation/rules/<int:pk>/", rules.rule, name="rule"),
    path("moderation/rules/<int:pk>/move/", rules.move_rule, name="move_rule"),
    path("moderation/reasons/", reasons.reasons, name="reasons"),
    path("moderation/reasons/<int:pk>/", reasons.reason, name="reason"),
    path("moderation/reasons/<int:pk>/move/", reasons.move_reason, name="move_reason"),
    path("moderation/cases/<int:pk>/answer/", answering.answer, name="answer"),
]
