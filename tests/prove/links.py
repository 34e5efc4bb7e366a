"""Ten thousand looks at every link of every mail change no row; a thousand requests for one address are one mail.

Scanners of employers open what stands in a mail before its reader does.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import http.client
import json
import re
import threading
import urllib.parse
from collections import Counter
from email.message import EmailMessage
from itertools import cycle, islice, product
from pathlib import Path

from django.utils import timezone

from config.launch.processes import Processes
from tests.mailserver import MailServer, html_of, text_of
from tests.site import Site

LOOKS, CLIENTS = 10_000, 4
REQUESTS, NETWORKS = 1_000, 125
LINK = re.compile(r"https?://[^\s\"'<>]+")
# As scanners, mail programs that fetch ahead, and browsers come.
MANNERS = [
    ("GET", {"User-Agent": "Mozilla/5.0", "Accept": "text/html"}),
    ("HEAD", {}),
    ("GET", {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}),
    (
        "GET",
        {
            "Cookie": "reading=dark; sessionid=nobodys",
            "Origin": "https://mail.example",
            "Referer": "https://x.example/",
        },
    ),
    ("OPTIONS", {"Access-Control-Request-Method": "POST"}),
]
FOLLOWERS = [
    {"cadence": "daily"},
    {"cadence": "daily", "detail": "titles", "telling": "on"},
    {"cadence": "daily", "detail": "counts"},
    {"cadence": "daily", "post": "1", "what": "post", "updates_only": "on"},
    {"cadence": "daily", "post": "1", "what": "thread", "comment": "1"},
    {"cadence": "weekly"},
    {"cadence": "at once"},
]


def run(folder: Path, processes: Processes) -> bool:
    folder.mkdir()
    server = MailServer()
    server.start()
    try:
        site = Site(folder, processes, EMAIL_URL=server.url, FORUM_PAGE_CACHE="off")
        site.manage("demo")
        site.start(workers=2)
        bombed = one_mail_for_a_thousand_requests(site, server)
        return nothing_changes(site, links_of_all_mails(site, server)) and bombed
    finally:
        server.stop()


def links_of_all_mails(site: Site, server: MailServer) -> list[str]:
    """Everybody asks, confirms, gets digests, and asks for a link; the addresses here of all that stands in mails."""
    before = len(server.mails)
    for number, sent in enumerate(FOLLOWERS):
        send(site, number, "/subscribe/", {"email": f"reader{number}@example.org"} | sent)
    site.manage("send_digests")
    for mail in server.mails[before:]:
        site.post(path_in(mail))  # A bare press confirms the only one that waits.
    for text in ("One comment.", "Another.\n\n> with a quotation", "*A third*, https://elsewhere.example/page"):
        site.post(f"{site.first_post()}/comments", text=text)
    for days in (1, 8):
        site.manage("send_digests", "--now", (timezone.now() + datetime.timedelta(days=days)).isoformat())
    for mail in list(server.mails)[before:]:
        site.post(path_in(mail), link="")
    # One asks only now, so that something waits to be confirmed while all is looked at.
    send(site, 99, "/subscribe/", {"email": "late@example.org", "cadence": "daily", "post": "1"})
    site.manage("send_digests")
    found = {link for mail in server.mails for body in (text_of(mail), html_of(mail)) for link in LINK.findall(body)}
    found |= {mail["List-Unsubscribe"].strip("<>") for mail in server.mails if mail["List-Unsubscribe"]}
    kinds = Counter(mail["Subject"].split(":")[0] for mail in server.mails)
    print(f"   mails: {', '.join(f'{number} × “{kind}”' for kind, number in kinds.items())}", flush=True)
    return sorted({link.removeprefix(site.url).split("#")[0] for link in found if link.startswith(site.url)})


def path_in(mail: EmailMessage) -> str:
    return re.search(r"https?://[^/]+(/subscriptions/\S+?/)", text_of(mail))[1]


def nothing_changes(site: Site, links: list[str]) -> bool:
    """Every link in every manner, again and again, by several at once."""
    links += [link.rstrip("/") for link in links if "/unsubscribe/" in link]
    looks = list(islice(cycle(product(links, MANNERS)), LOOKS))
    before, answers = fingerprints(site), Counter()

    def look(mine: list) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        for path, (method, headers) in mine:
            wire.request(method, path, headers=headers)
            answer = wire.getresponse()
            answer.read()
            answers[answer.status] += 1

    clients = [threading.Thread(target=look, args=(looks[number::CLIENTS],)) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    changed = [name for name, now in fingerprints(site).items() if before.get(name) != now]
    kinds = Counter(link.split("/")[1] for link in links)
    print(
        f"   {sum(answers.values()):,} looks at {len(links)} links {dict(kinds)}: answers {dict(answers)}", flush=True
    )
    print(f"   tables that changed: {', '.join(changed) or 'none'} of {len(before)}", flush=True)
    enough = {"subscriptions", "unsubscribe"} <= set(kinds) and sum(answers.values()) == LOOKS
    return not changed and enough and answers[200] > LOOKS / 2 and not any(status >= 500 for status in answers)


def fingerprints(site: Site) -> dict[str, str]:
    """A hash of each table, with every row of it."""
    rows: dict[str, list[str]] = {}
    for row in json.loads(site.manage("dumpdata")):
        rows.setdefault(row["model"], []).append(json.dumps(row, sort_keys=True))
    return {model: hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest() for model, each in rows.items()}


def one_mail_for_a_thousand_requests(site: Site, server: MailServer) -> bool:
    """From many networks, over an hour of passes of the clock; and the answer says nothing about who is known."""
    answers = Counter()
    for number in range(REQUESTS):
        what = {"post": str(1 + number % 3)} if number % 2 else {}
        sent = {"email": "victim@example.org", "cadence": "daily", "hour": str(number % 24)} | what
        answers[send(site, number, "/subscribe/", sent)] += 1
        if number % 250 == 249:
            site.manage("send_digests")
    unknown = send(site, REQUESTS, "/subscribe/", {"email": "nobody@example.org", "cadence": "daily"})
    mails = [mail for mail in server.mails if mail["To"] == "victim@example.org"]
    said = "one answer" if set(answers) == {unknown} else f"answers {answers}"
    print(f"   {REQUESTS:,} requests for one address from {NETWORKS} networks: {len(mails)} mail, {said}", flush=True)
    return len(mails) == 1 and set(answers) == {unknown}


def send(site: Site, number: int, path: str, fields: dict[str, str]) -> tuple[int, str | None, bytes]:
    """POST a form from one of the networks; status, where it leads, and what it says."""
    source = (f"127.8.{number % NETWORKS}.1", 0)
    wire = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60, source_address=source)
    with contextlib.closing(wire):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        wire.request("POST", path, urllib.parse.urlencode(fields), kind)
        answer = wire.getresponse()
        return answer.status, answer.headers["Location"], answer.read()
