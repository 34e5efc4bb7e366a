"""The log of decisions as everybody may read it: what was done where and why; nobody's name, no text, no note."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from forum.models import Comment, Post
from moderation.models import Action, Decision, Topic
from moderation.models.decisions import PAST_TENSE
from moderation.services.log import shown

MONTH = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$", re.ASCII)
State = Comment.State
# What readers see happen whenever it is done, and what they see only if the comment stood there, or was covered.
ALWAYS_SEEN = {
    *(Action.REMOVE, Action.COVER, Action.NOTE, Action.OFF_TOPIC, Action.ON_TOPIC, Action.MOVE, Action.ANSWER),
    *(Action.LOCK, Action.UNLOCK, Action.SLOW, Action.UNSLOW, Action.PIN, Action.UNPIN),
}
SEEN_IF_BEFORE = {
    Action.REDACT: [State.PUBLISHED, State.COVERED],
    Action.RESTORE: [State.REMOVED],
    Action.KEEP: [State.COVERED],
}
# What changes nothing that readers see, whatever was there before.
NEVER_SEEN = {Action.APPROVE, Action.REFUSE, Action.DISMISS, Action.HAND_OVER, Action.UNDO}
# Steps on the way, which decide nothing and are not counted.
NO_DECISION = {Action.HAND_OVER, Action.UNDO}
# Of the rest the words are an answer to one author.
REASON_IS_PUBLIC = {Action.REMOVE, Action.COVER, Action.NOTE, Action.LOCK, Action.SLOW, Action.OFF_TOPIC, Action.REDACT}
TAKES_AWAY = {Action.REMOVE, Action.REFUSE}
LISTED = ALWAYS_SEEN | set(SEEN_IF_BEFORE)


@dataclass(frozen=True)
class Line:
    """One line for readers. Of a post or comment that they cannot read, neither title nor address is told."""

    number: int
    decided_at: datetime.datetime
    what: str
    reason: str
    topic: str
    title: str
    address: str
    comment_number: int | None
    is_reversed: bool
    hash: str


def seen() -> QuerySet[Decision]:
    """Decisions whose effect readers could see, the newest first; without those that only undo one."""
    wanted = Q(action__in=ALWAYS_SEEN)
    for action, states in SEEN_IF_BEFORE.items():
        wanted |= Q(action=action, before__state__in=states)
    return Decision.objects.filter(wanted).select_related("post", "comment__post").order_by("-pk")


def with_reversal(lines: QuerySet[Decision]) -> QuerySet[Decision]:
    """Each with `reversed`: it was undone, or what it took away was restored later."""
    undone = Decision.objects.filter(undoes=OuterRef("pk"))
    restored = Decision.objects.filter(
        comment=OuterRef("comment"), pk__gt=OuterRef("pk"), action=Action.RESTORE, undone_by=None
    )
    return lines.annotate(reversed=Exists(undone) | Q(action__in=TAKES_AWAY) & Exists(restored))


def lines_of(decisions: Iterable[Decision]) -> list[Line]:
    """Decisions from `with_reversal` as readers may see them."""
    # The log has the key of a topic, never its name.
    topics = dict(Topic.objects.values_list("pk", "name"))
    return [_line_of(decision, topics.get(decision.after.get("topic"), "")) for decision in decisions]


def _line_of(decision: Decision, topic: str) -> Line:
    comment = decision.comment
    # Where it is by now: it may have been moved since.
    post = comment.post if comment else decision.post
    readable = post.state == Post.State.PUBLISHED
    where = comment if comment and comment.number else post
    return Line(
        decision.pk,
        decision.decided_at,
        decision.past_tense,
        decision.reason if decision.action in REASON_IS_PUBLIC else "",
        topic,
        post.title if readable else "",
        where.get_absolute_url() if readable else "",
        comment.number if comment else None,
        bool(getattr(decision, "reversed", False)),
        shown(decision.chain),
    )


def in_month(lines: QuerySet[Decision], month: str) -> QuerySet[Decision]:
    """Those of one month in London, such as "2026-11"; all of them for any other text."""
    if not (found := MONTH.match(month)):
        return lines
    year, number = int(found[1]), int(found[2])
    until = (year + number // 12, number % 12 + 1)
    first, last = (timezone.make_aware(datetime.datetime(y, m, 1)) for y, m in ((year, number), until))
    return lines.filter(decided_at__gte=first, decided_at__lt=last)


def months() -> list[datetime.date]:
    """The months from the first decision to now, the newest first."""
    first = Decision.objects.order_by("pk").values_list("decided_at", flat=True).first()
    month, oldest = timezone.localdate().replace(day=1), timezone.localdate(first) if first else timezone.localdate()
    found = [month]
    while month > oldest:
        month = (month - datetime.timedelta(days=1)).replace(day=1)
        found.append(month)
    return found


def unseen(month: str) -> dict[str, int]:
    """How many decisions of a month (or of all months) readers could see nothing of, by what was done."""
    visible = seen().order_by().values("pk")
    lines = in_month(Decision.objects.exclude(action__in=NO_DECISION).exclude(pk__in=visible), month)
    counts = lines.order_by("action").values_list("action").annotate(lines=Count("pk"))
    return {PAST_TENSE[Action(action)]: count for action, count in counts}
