"""What the staff is told by mail: urgent cases at once, the rest in one line a day. Never a text.

A mail is planned in the transaction of what it is about, and sent after it, or by the clock: a Redis, mail server or
process that dies loses none. Two of the same may arrive if the server took one and did not say so.
"""

from __future__ import annotations

import datetime
import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db.models import Q, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError

from forum.clock import last_time, this_minute
from forum.mail import NoServer, Rejected, send
from forum.memory import Silence, first
from forum.staff import MODERATE
from moderation.mails import daily_mail, more_mail, urgent_mail
from moderation.models import Case, StaffMail
from moderation.services.judging import staff

logger = logging.getLogger(__name__)

Kind = StaffMail.Kind
HOUR = datetime.timedelta(hours=1)
# Urgent mails to one person in an hour; then one line about all that came in meanwhile, and silence until it is over.
MOST_AN_HOUR = 5
PAUSE = datetime.timedelta(minutes=5)
# Seconds; the name under which one process says that it is sending.
LONGEST_PASS = 50
AT_IT = "staff-mails"
# After which a mail that some process began to send is taken to be unsent.
LEASE = datetime.timedelta(minutes=15)
# How late the daily line may be, and how long what was sent is remembered.
LATEST = datetime.timedelta(hours=6)
REMEMBERED = datetime.timedelta(days=2)


def plan_urgent(case: Case) -> None:
    """Each of the staff is to be told of an urgent case, once. Call it in the transaction of the report."""
    if not StaffMail.objects.filter(case=case).exists():
        rows = [StaffMail(kind=Kind.URGENT, recipient=user, case=case) for user in staff()]
        StaffMail.objects.bulk_create(rows, ignore_conflicts=True)


def plan_daily(now: datetime.datetime) -> None:
    """At the hour of `MODERATION_DAILY_HOUR`, everybody is to be told how many cases wait; nobody if none does."""
    due = last_time(now, datetime.time(settings.MODERATION_DAILY_HOUR))
    day = timezone.localdate(due)
    planned = StaffMail.objects.filter(day=day)
    if now - due < LATEST and Case.objects.open().filter(opened_at__lte=due).exists() and not planned.exists():
        rows = [StaffMail(kind=Kind.DAILY, recipient=user, day=day) for user in staff()]
        StaffMail.objects.bulk_create(rows, ignore_conflicts=True)


def tell_staff(now: datetime.datetime | None = None) -> int:
    """Send what is due; how many mails the server took. Nothing happens while another process is at it."""
    if not first(AT_IT, seconds=LONGEST_PASS):
        return 0
    try:
        return _one_pass(now or timezone.now())
    finally:
        cache.delete(AT_IT)


def _one_pass(moment: datetime.datetime) -> int:
    """What comes in meanwhile is sent as well."""
    StaffMail.objects.filter(sent_at__lt=moment - REMEMBERED).delete()
    plan_daily(moment)
    tried, silent = list[int](), list[int]()
    taken, end = 0, time.monotonic() + LONGEST_PASS
    while time.monotonic() < end:
        left = _due(moment).exclude(pk__in=tried).exclude(kind=Kind.URGENT, recipient__in=silent)
        if (row := left.first()) is None:
            break
        tried.append(row.pk)
        if (kind := _kind_now(row, moment)) is None:
            silent.append(row.recipient_id)
            continue
        try:
            taken += _tell(row, kind)
        except NoServer:
            break
    return taken


def _due(moment: datetime.datetime) -> QuerySet[StaffMail]:
    waited = Q(not_before=None) | Q(not_before__lte=moment)
    alone = Q(started_at=None) | Q(started_at__lt=moment - LEASE)
    due = StaffMail.objects.filter(waited, alone, sent_at=None)
    return due.select_related("recipient", "case").order_by("pk")


def _tell(row: StaffMail, kind: str) -> bool:
    """Send one, unless it is not needed any more.

    Raises:
        NoServer: there is none to talk to; nothing else needs to be tried now.
    """
    about = _told_together(row) if kind == Kind.MORE else [row.pk]
    message = _message(row, kind, len(about))
    if message is None:
        row.delete()
        return False
    StaffMail.objects.filter(pk=row.pk).update(started_at=this_minute())
    try:
        send(message)
    except Rejected:
        logger.warning("staff mail %s: the mail server rejects it", row.pk)
        row.delete()
        return False
    except Exception as error:
        # Whatever broke: twice is better than never.
        logger.info("staff mail %s: not taken (%s)", row.pk, type(error).__name__)
        later = None if isinstance(error, NoServer) else this_minute() + PAUSE
        StaffMail.objects.filter(pk=row.pk).update(started_at=None, not_before=later)
        if isinstance(error, NoServer):
            raise
        return False
    StaffMail.objects.filter(pk__in=about).update(sent_at=this_minute(), kind=kind)
    return True


def _kind_now(row: StaffMail, moment: datetime.datetime) -> str | None:
    """As what it is sent: as itself; for all that wait, where many were sent in this hour; None: not now."""
    if row.kind == Kind.DAILY:
        return Kind.DAILY
    lately = StaffMail.objects.filter(recipient=row.recipient, sent_at__gt=moment - HOUR)
    if lately.filter(kind=Kind.URGENT).count() < MOST_AN_HOUR:
        return Kind.URGENT
    return None if lately.filter(kind=Kind.MORE).exists() else Kind.MORE


def _told_together(row: StaffMail) -> list[int]:
    """The mails to the same person about cases that are open, which one line is for."""
    waiting = StaffMail.objects.filter(recipient=row.recipient, kind=Kind.URGENT, sent_at=None)
    return list(waiting.filter(case__closed_at=None).values_list("pk", flat=True))


def _message(row: StaffMail, kind: str, about: int) -> EmailMessage | None:
    """The mail as things stand now; None if there is nothing left to say."""
    to = getattr(row.recipient, row.recipient.get_email_field_name())
    if not row.recipient.has_perm(MODERATE):
        return None
    if row.case is None:
        opened = Case.objects.open()
        return daily_mail(to, opened) if opened.exists() else None
    if not row.case.is_open:
        return None
    return urgent_mail(to, row.case) if kind == Kind.URGENT else more_mail(to, about)


def ring() -> None:
    """Tell a Celery worker that a mail is due. Optional: the clock finds it within a minute anyway."""
    if not settings.REDIS_URL or Silence.lasts():
        return
    from moderation.tasks import send_staff_mails

    try:
        send_staff_mails.delay()
    except (OperationalError, OSError) as error:
        Silence.begins(error)
