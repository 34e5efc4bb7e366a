"""The site is brought up to date while digests are on their way: this release sends what an older one had planned."""

from __future__ import annotations

from collections import Counter

from tests.mailserver import MailServer
from tests.site import Site

# The first release knew neither claims nor owners of a delivery.
OLDER = "0002"
SCRIPT = f"""
import datetime
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from accounts.digests.planning import plan
from accounts.models import Delivery
from tests.accounts.conftest import subscribed
from tests.scenery import make_post
make_post("The desk")
for state in ("pending", "sending", "sent"):
    subscribed(f"{{state}}@example.org")
make_post("The kettle")
tomorrow = timezone.now() + datetime.timedelta(days=1)
assert plan(tomorrow) == 3
for state in ("pending", "sending", "sent"):
    Delivery.objects.filter(subscriber__email__startswith=state).update(state=state)
call_command("migrate", "accounts", "{OLDER}", verbosity=0)
with connection.cursor() as cursor:
    columns = {{column.name for column in connection.introspection.get_table_description(cursor, "accounts_delivery")}}
assert "owner" not in columns, columns
call_command("migrate", verbosity=0)
for _ in range(2):
    call_command("send_digests")
print(sorted(Delivery.objects.values_list("state", flat=True)))
"""


def test_what_an_older_release_had_planned_is_sent(tmp_path, processes):
    mailserver = MailServer()
    mailserver.start()
    site = Site(tmp_path, processes, EMAIL_URL=mailserver.url, REDIS_URL="")
    said = site.manage("shell", "-v0", "-c", SCRIPT).splitlines()
    mailserver.stop()
    assert said[-1] == "['sent', 'sent', 'sent']"
    # Nobody knows whether the one that was being sent arrived, so it goes out once more.
    assert Counter(mail["To"] for mail in mailserver.mails) == {"pending@example.org": 1, "sending@example.org": 1}
