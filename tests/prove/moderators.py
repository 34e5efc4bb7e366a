"""Eight moderators decide and take back while eight readers post and report, for a minute, over HTTP.

No decision may be lost, no case decided twice without an undo between, nobody may see a fault of the server.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from pathlib import Path

from config.launch.processes import Processes
from tests.site import Site

MODERATORS = POSTERS = 8
SECONDS = 60
SIGN_IN = """
import json
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
keys = []
for number in range(NUMBER):
    user = User.objects.create(email=f"bob{number}@example.org", role="moderator")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    keys.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
print(json.dumps(keys))
"""
COUNT = """
import json
from collections import Counter
from forum.integrity import find_faults
from moderation.models import Decision
from moderation.services.log import first_broken
made = list(Decision.objects.order_by("pk").values_list("case_id", "action"))
standing, twice = {}, 0
for case, action in made:
    if case is None:
        continue
    if action == "undo":
        standing[case] = standing.get(case, 0) - 1
    else:
        standing[case] = standing.get(case, 0) + 1
        twice += standing[case] > 1
undone = sum(action == "undo" for _, action in made)
print(json.dumps({"decided": len(made) - undone, "undone": undone, "twice": twice,
    "broken": first_broken(), "faults": len(find_faults())}))
"""


def run(folder: Path, processes: Processes) -> bool:
    folder.mkdir()
    site = Site(folder, processes, FORUM_LIMITS="off")
    site.manage("demo")
    cookies = json.loads(site.manage("shell", "-v0", "-c", SIGN_IN.replace("NUMBER", str(MODERATORS))).splitlines()[-1])
    before = json.loads(site.manage("shell", "-v0", "-c", COUNT).splitlines()[-1])
    site.start(workers=2)
    path, end = site.first_post(), time.monotonic() + SECONDS
    seen: Counter[str] = Counter()
    people = [threading.Thread(target=post_and_report, args=(site, path, n, end, seen)) for n in range(POSTERS)]
    people += [threading.Thread(target=moderate, args=(site, cookie, end, seen)) for cookie in cookies]
    for person in people:
        person.start()
    for person in people:
        person.join()
    found = json.loads(site.manage("shell", "-v0", "-c", COUNT).splitlines()[-1])
    kept = {what: found[what] - before[what] == seen[what] for what in ("decided", "undone")}
    print(f"  {dict(sorted(seen.items()))}; in the log: {found}, before: {before}")
    sound = not found["twice"] and not found["faults"] and found["broken"] is None
    return sound and all(kept.values()) and not seen["failed"] and min(seen["decided"], seen["undone"]) > 0


def post_and_report(site: Site, path: str, who: int, end: float, seen: Counter[str]) -> None:
    number = 0
    while time.monotonic() < end:
        number += 1
        status, _, _ = site.post(f"{path}/comments", text=f"Words {who}-{number}, of nobody in particular.")
        note(seen, "posted", status)
        status, _, _ = site.post(f"{path}/c/{random.randint(1, 200)}/report", category="spam", text=f"{who}-{number}")
        note(seen, "reported", status)


def moderate(site: Site, cookie: str, end: float, seen: Counter[str]) -> None:
    dice = random.Random(cookie)
    headers = {"Cookie": cookie}
    token = "x" * 64
    headers["Cookie"] += f"; csrftoken={token[:32]}"
    while time.monotonic() < end:
        status, page, _ = site.get("/moderation/?view=list", headers)
        note(seen, "looked", status)
        cases = re.findall(r'name="pick" value="(\d+):(\d+)"', page)
        if not cases:
            time.sleep(0.2)
            continue
        case, version = dice.choice(cases[:20])
        chosen = {"action": "remove", "reason": "Spam"} if dice.random() < 0.4 else {"action": "keep"}
        fields = {"version": version, "csrfmiddlewaretoken": token[:32], **chosen}
        status, _, url = site.post(f"/moderation/cases/{case}/decision/", headers, **fields)
        done = re.search(r"done=(\d+)", url)
        note(seen, "decided" if status == 200 and done else "told", status)
        if done and dice.random() < 0.3:
            fields = {"csrfmiddlewaretoken": token[:32]}
            status, _, url = site.post(f"/moderation/decisions/{done[1]}/undo/", headers, **fields)
            note(seen, "undone" if status == 200 else "not undone", status)


def note(seen: Counter[str], what: str, status: int) -> None:
    seen[what] += 1
    if status >= 500:
        seen["failed"] += 1
