"""Who gets a planned digest: in one statement, however many they are."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.db import connection
from django.db.models import Exists, OuterRef

from accounts.models import Delivery, Digest, PostOffice

# What is newest of the site, of each post, label and thread: with comments, and without.
NEWEST = """
WITH news AS (
  SELECT e.seq, e.post_id, c.tree_id, CASE WHEN e.comment_id IS NULL THEN e.seq END AS no_comment
  FROM accounts_digestevent e LEFT JOIN forum_comment c ON c.id = e.comment_id
  WHERE e.seq <= %(horizon)s AND e.seq > (
    SELECT MIN(acked_seq) FROM accounts_subscription WHERE cadence = %(cadence)s AND confirmed_at IS NOT NULL
  )
),
of_site AS (SELECT MAX(seq) AS any_kind, MAX(no_comment) AS no_comment FROM news),
of_post AS (SELECT post_id, MAX(seq) AS any_kind, MAX(no_comment) AS no_comment FROM news GROUP BY post_id),
of_label AS (
  SELECT l.label_id, MAX(any_kind) AS any_kind, MAX(no_comment) AS no_comment
  FROM of_post JOIN forum_post_labels l ON l.post_id = of_post.post_id GROUP BY l.label_id
),
of_tree AS (SELECT tree_id, MAX(seq) AS any_kind FROM news WHERE tree_id IS NOT NULL GROUP BY tree_id)
"""
DUE = """
SELECT s.subscriber_id FROM accounts_subscription s
CROSS JOIN of_site
LEFT JOIN of_post ON of_post.post_id = s.post_id
LEFT JOIN of_label ON of_label.label_id = s.label_id
LEFT JOIN forum_comment t ON t.id = s.thread_id
LEFT JOIN of_tree ON of_tree.tree_id = t.tree_id
WHERE s.cadence = %(cadence)s AND s.confirmed_at < %(before)s AND s.acked_seq < CASE
  WHEN s.thread_id IS NOT NULL THEN of_tree.any_kind
  WHEN s.post_id IS NOT NULL THEN CASE WHEN s.updates_only THEN of_post.no_comment ELSE of_post.any_kind END
  WHEN s.label_id IS NOT NULL THEN CASE WHEN s.updates_only THEN of_label.no_comment ELSE of_label.any_kind END
  ELSE CASE WHEN s.updates_only THEN of_site.no_comment ELSE of_site.any_kind END
END
"""
# Locked: who leaves at this moment waits, and takes the new delivery along; who is gone is left out.
INSERT = """
INSERT INTO accounts_delivery
  (digest_id, subscriber_id, cadence, period, state, reason, attempts, starts, owner, fence, phase, enhanced)
{newest}
SELECT %(digest)s, p.id, %(cadence)s, %(period)s, 'pending', '', 0, 0, '', 0, '', ''
FROM accounts_subscriber p
WHERE NOT p.paused AND {choice} AND p.id IN ({due}) AND NOT EXISTS (
  SELECT 1 FROM accounts_delivery d WHERE d.subscriber_id = p.id AND ({in_the_way})
)
ORDER BY p.id {lock}
ON CONFLICT (subscriber_id, cadence, period) DO NOTHING
"""
# Who got a later digest of this cadence, at an hour chosen before, does not get this one.
LATER = "d.cadence = %(cadence)s AND d.period >= %(period)s AND d.period <= %(until)s"
# Where the owner decides about mails that may have been sent, nothing is sent that would say the same.
UNDECIDED = "d.state = 'uncertain'"
# By digest and subscriber, as indexes have them: the rows just planned are in no statistics yet.
OVERTAKE = """
UPDATE accounts_delivery SET state = 'superseded', reason = 'overtaken'
WHERE digest_id = %(older)s AND state = 'pending' AND EXISTS (
  SELECT 1 FROM accounts_delivery n
  WHERE n.subscriber_id = accounts_delivery.subscriber_id AND n.cadence = %(cadence)s AND n.period = %(period)s
)
"""
LONGEST_WAIT = datetime.timedelta(days=8)


def deliver_to(digest: Digest, chose: Mapping[str, int | None], *, before: datetime.datetime, until: str) -> int:
    """Plan a digest for everybody who chose this hour and weekday, confirmed `before`, and has something new; how many.

    None is the site's own hour or weekday. `until` is the period of today, for who changed the hour since. What waits
    of older digests for the same people is overtaken: this one brings its content too.
    """
    values = {
        "digest": digest.pk,
        "cadence": digest.cadence,
        "period": digest.period,
        "horizon": digest.horizon,
        "before": connection.ops.adapt_datetimefield_value(before),
        "until": until,
        **chose,
    }
    choice = [f"p.{name} IS NULL" if value is None else f"p.{name} = %({name})s" for name, value in chose.items()]
    sql = INSERT.format(
        newest=NEWEST,
        due=DUE,
        choice=" AND ".join(choice) or "TRUE",
        in_the_way=f"{LATER} OR {UNDECIDED}" if _is_holding() else LATER,
        lock="FOR KEY SHARE OF p" if connection.vendor == "postgresql" else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        planned: int = cursor.rowcount
        for older in _older(digest) if planned else []:
            cursor.execute(OVERTAKE, values | {"older": older})
    return planned


def _older(digest: Digest) -> list[int]:
    """The digests of the same cadence of which something waits; `supersede` has done with still older ones."""
    waiting = Delivery.objects.filter(digest=OuterRef("pk"), state=Delivery.State.PENDING)
    recent = Digest.objects.filter(cadence=digest.cadence, planned_at__gt=digest.planned_at - LONGEST_WAIT)
    return list(recent.exclude(period=digest.period).filter(Exists(waiting)).values_list("pk", flat=True))


def _is_holding() -> bool:
    return PostOffice.objects.filter(pk=1, when_uncertain=PostOffice.Uncertain.HOLD).exists()
