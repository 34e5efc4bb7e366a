"""Every way in which a reader can leave something here, or fail to: Dana walks through each, marked all over."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import urllib.parse
from collections.abc import Callable

from tests.site import Site
from tests.whole.traces import ADDRESS, MARKS, MORE_COOKIES

LINKS = "http://a.example http://b.example http://c.example"
# What tests/whole/breaking_settings.py fails at.
BREAKS = "This one breaks the screener."
REFUSED_WORD = "blatherskite"


class Dana:
    """One reader who never has the same text twice; what she took back must be nowhere."""

    def __init__(self, site: Site) -> None:
        self.site, self.path = site, site.first_post()
        self.stays: list[str] = []
        self.withdrawn: list[str] = []
        self.cookies: list[str] = []
        # What proves that she is the one, and only she holds: receipts, the secret of voices, a phrase.
        self.secrets: list[str] = []
        self.count = 0

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str, str]:
        """One request from the marked address with all marks; status, page, and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, source_address=(ADDRESS, 0), timeout=30)
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        with contextlib.closing(connection):
            connection.request(method, path, body, MARKS | form | headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        if "/accounts/" not in path:
            self.cookies += [f"{value} from {path}" for name, value in answer.getheaders() if name == "Set-Cookie"]
        return answer.status, page, answer.getheader("Location", "")

    def get(self, path: str, status: int = 200) -> str:
        answered, page, _ = self.send("GET", path)
        assert answered == status, path
        return page

    def post(self, path: str, *, status: int = 303, **fields: str) -> str:
        """Send a form; where it leads, or the page."""
        answered, page, location = self.send("POST", path, urllib.parse.urlencode(fields).encode())
        assert answered == status, (path, answered, page[:2000])
        return location or page

    def text(self, about: str, *, goes: bool = False) -> str:
        """A text of its own. What `goes` is to be withdrawn."""
        self.count += 1
        text = f"Marked {about} quixotry{self.count}x."
        (self.withdrawn if goes else self.stays).append(text)
        return text

    def comment(self, text: str, **fields: str) -> str:
        """Post a comment; the receipt code."""
        page = self.get(self.post(f"{self.path}/comments", text=text, **fields))
        self.secrets.append(page.split('id="code">')[1].split("<")[0])
        return self.secrets[-1]

    def number(self, text: str) -> str:
        """The number of a comment that readers can see."""
        page = self.get(f"{self.path}?page=all")
        return re.findall(r'id="c(\d+)"', page.split(text)[0])[-1]

    def moderate(self, verb: str, text: str) -> None:
        """What a moderator would do, without the marks."""
        do = f"from forum.models import Comment as C; from forum.services import comments as s; pk = C.objects.get(source={text!r}).pk; "
        self.site.manage(
            "shell", "-c", f"{do}s.{verb}_comment(comment_id=pk{', reason=chr(120)' * (verb != 'approve')})"
        )

    def withdraw(self, code: str) -> None:
        self.post("/receipts/", status=200, code=code)
        self.post("/receipts/withdrawal/", status=200, code=code)


def reads(dana: Dana) -> None:
    for each in (
        "/",
        "?c=1",
        "?view=newest",
        "?page=all",
        "/reply?to=1",
        "/c/1",
        "/c/1/report",
        "/new?after=1",
        "/comments.atom",
    ):
        dana.get(dana.path + each if each != "/" else each)
    for each in ("/comments/", "/search/?q=desk", "/archive/", "/feed.atom", "/comments.atom", "/privacy/", "/start/"):
        dana.get(each)
    for each in ("/removal/", "/subscribe/", "/receipts/", "/reading/", "/healthz", "/readyz", "/sitemap.xml"):
        dana.get(each)


def reads_with_cookies(dana: Dana) -> None:
    """Somebody who asked for cookies; and whose session, or form's token, is of another time."""
    for path in (dana.path, "/", "/comments/", "/reading/"):
        assert dana.send("GET", path, Cookie=MORE_COOKIES)[0] == 200
    assert dana.send("POST", f"{dana.path}/comments", b"text=", Cookie=MORE_COOKIES)[0] == 422
    # What she asked for goes on; what is over is deleted.
    dana.cookies = [cookie for cookie in dana.cookies if not cookie.startswith(("seen=1.", 'sessionid="";'))]


def posted(dana: Dana) -> None:
    dana.comment(dana.text("comment"), name="Dana")
    dana.post(f"{dana.path}/preview", status=200, text=dana.text("preview", goes=True))
    dana.post(f"{dana.path}/comments", text=dana.text("reply"), reply_to="1")


def held(dana: Dana) -> None:
    dana.comment(dana.text(f"held {LINKS}"))
    approved = dana.text(f"held and approved {LINKS}")
    dana.comment(approved)
    dana.moderate("approve", approved)


def refused(dana: Dana) -> None:
    dana.post(f"{dana.path}/comments", status=422, text=dana.text(f"{REFUSED_WORD} refused", goes=True))
    by_moderator = dana.text(f"held and refused {LINKS}")
    dana.comment(by_moderator)
    dana.moderate("refuse", by_moderator)


def reported(dana: Dana) -> None:
    """Once the comment stays, and the reports that were taken; once its author takes it back, and they go with it."""
    for goes in (False, True):
        text = dana.text("reported", goes=goes)
        code = dana.comment(text)
        report_it(dana, text, goes=goes)
        if goes:
            dana.withdraw(code)


def report_it(dana: Dana, text: str, *, goes: bool) -> None:
    report = f"{dana.path}/c/{dana.number(text)}/report"
    words = dana.text("report", goes=goes)
    sent = {"nonce": dana.get(report).split('name="nonce" value="')[1].split('"')[0], "text": words}
    for _ in range(2):
        page = dana.post(report, status=200, category="libel", **sent)
        dana.secrets.append(page.split('id="code">')[1].split("<")[0])
    dana.secrets.append(sent["nonce"])
    dana.post(report, status=200, category="spam", text=dana.text("second report", goes=True))
    dana.post(report, status=200, category="disagree", text=dana.text("disagreement", goes=True))
    assert "It waits for a moderator." in dana.post("/receipts/", status=200, code=dana.secrets[-2])
    dana.moderate("remove", text)
    dana.get(f"{dana.path}?page=all")
    dana.post(report, status=410, category="libel", text=dana.text("report that came late", goes=True))


def covered(dana: Dana) -> None:
    """At the first report, since somebody could be found by it."""
    text = dana.text("about the one whose number is 07700 900123,")
    asked = dana.post(f"{dana.path}/comments", status=422, text=text)
    dana.comment(text, checked=asked.split('name="checked" value="')[1].split('"')[0])
    dana.post(f"{dana.path}/c/{dana.number(text)}/report", status=200, category="identifies_someone")
    assert text not in dana.get(f"{dana.path}?page=all")


def looked_at_again(dana: Dana) -> None:
    """Asked for without a receipt; once it stays, once its author takes all of it back."""
    for goes in (False, True):
        text = dana.text("removed", goes=goes)
        code = dana.comment(text)
        again = f"{dana.path}/c/{dana.number(text)}/again"
        dana.moderate("remove", text)
        dana.get(again)
        dana.post(again, status=200, text=dana.text("plea without a receipt", goes=goes))
        dana.post(again, status=409, text=dana.text("second plea", goes=True))
        if goes:
            dana.withdraw(code)


def withdrawn(dana: Dana) -> None:
    """Published, with a name, read by everybody; held; removed: all taken back."""
    text = dana.text("withdrawn", goes=True)
    code = dana.comment(text, name="Qwaint")
    dana.withdrawn.append("Qwaint")
    dana.get(f"{dana.path}?page=all")
    dana.get(f"{dana.path}/comments.atom")
    dana.get("/search/?q=quixotry")
    dana.withdraw(code)
    dana.withdraw(dana.comment(dana.text(f"held {LINKS}", goes=True)))
    removed = dana.text("removed and withdrawn", goes=True)
    code = dana.comment(removed)
    dana.moderate("remove", removed)
    dana.withdraw(code)


def later(dana: Dana) -> None:
    dana.comment(dana.text("later"), later="on")
    dana.withdraw(dana.comment(dana.text("later and withdrawn", goes=True), later="on"))


def edited(dana: Dana) -> None:
    """Published and held; the old words are as gone as those of a withdrawn comment."""
    for kind in ("comment", f"held {LINKS}"):
        code = dana.comment(dana.text(f"{kind} before its change", goes=True))
        dana.get(f"{dana.path}?page=all")
        dana.post("/receipts/text/", status=200, code=code, text=dana.text(f"{kind} after its change"))


def appealed(dana: Dana) -> None:
    """Removed, and appealed against; once the appeal stays, once all of it is taken back."""
    for goes in (False, True):
        text = dana.text("removed", goes=goes)
        code = dana.comment(text)
        dana.moderate("remove", text)
        dana.post("/receipts/appeal/", status=200, code=code, appeal=dana.text("appeal", goes=goes))
        if goes:
            dana.withdraw(code)


def slowed(dana: Dana) -> None:
    """In a thread that takes one comment in ten minutes from each visitor."""
    text = dana.text("comment that begins a thread")
    dana.comment(text)
    slow = f"from forum.models import Comment as C; C.objects.filter(source={text!r}).update(slow_minutes=10)"
    dana.site.manage("shell", "-c", slow)
    number = dana.number(text)
    dana.comment(dana.text("reply in a slow thread"), reply_to=number)


def with_a_voice(dana: Dana) -> None:
    """Asked for: the browser gets a secret, which the site does not keep; withdrawn, the voice goes as well."""
    dana.comment(dana.text("voiced"), voice="on")
    (made,) = [cookie for cookie in dana.cookies if cookie.startswith("voice=")]
    dana.cookies.remove(made)
    secret = made.split("=")[1].split(";")[0]
    dana.secrets.append(secret)
    path, form = f"{dana.path}/comments", urllib.parse.urlencode({"text": dana.text("voiced again"), "voice": "on"})
    assert dana.send("POST", path, form.encode(), Cookie=f"voice={secret}")[0] == 303
    dana.cookies = [cookie for cookie in dana.cookies if not cookie.startswith("voice=")]


def with_a_pen_name(dana: Dana) -> None:
    """The phrase is a secret; the name goes with its last comment."""
    dana.secrets.append("xylem quince verbatim otter")
    dana.comment(dana.text("signed"), name="Wolverley", phrase=dana.secrets[-1])
    code = dana.comment(dana.text("signed and withdrawn", goes=True), name="Thurlestone", phrase=dana.secrets[-1])
    dana.withdrawn.append("Thurlestone")
    dana.withdraw(code)


def discussion(dana: Dana) -> None:
    dana.post("/start/preview", status=200, title="A title", text=dana.text("discussion previewed", goes=True))
    dana.post("/start/", title="A marked title", text=dana.text("discussion"))
    taken_back = dana.text("discussion", goes=True)
    page = dana.get(dana.post("/start/", title="Zymurgical", text=taken_back))
    dana.withdrawn.append("Zymurgical")
    dana.withdraw(page.split('id="code">')[1].split("<")[0])


def removal_request(dana: Dana) -> None:
    dana.post("/removal/", status=200, ground="other", address=dana.path, text=dana.text("request"))


def subscribed(dana: Dana) -> None:
    dana.post("/subscribe/", email="charlie.marked@example.org", cadence="daily")
    dana.stays.append("charlie.marked@example.org")


def refused_by_the_site(dana: Dana) -> None:
    """400 to 429, each with marks and, where there is one, a text."""
    form = b"text=Never+stored."
    assert dana.send("POST", f"{dana.path}/comments", form, Origin="https://evil.example")[0] == 403
    assert dana.send("POST", "/accounts/login/", b"login=alice@example.org&password=guess")[0] == 403
    assert dana.send("GET", "/accounts/login/")[0] == 200
    assert dana.send("GET", "/desk/")[0] == 302
    for path in ("/nope", "/2026/01/nope.html", "/posted/nope/x", "/unsubscribe/nope/"):
        dana.get(path, status=404)
    dana.get("/posted/never-was-one/", status=410)
    dana.get(f"{dana.path}/reply?to=99999", status=410)
    assert dana.send("PUT", f"{dana.path}/comments", form)[0] == 405
    dana.post(f"{dana.path}/comments", status=422, text="")
    dana.post("/start/", status=422, title="", text="x")
    dana.post("/receipts/", status=404, code="WRONG")
    dana.post(f"{dana.path}/comments", status=400, text="x" * 1_200_000)
    assert dana.send("GET", "/", Host="elsewhere.example")[0] == 400
    dana.send("POST", dana.path, b"\xff\xfe broken", **{"Content-Type": "multipart/form-data; boundary=x"})
    with socket.create_connection(("127.0.0.1", dana.site.port), source_address=(ADDRESS, 0)) as raw:
        raw.sendall(b"NONSENSE / HTTP/9.9\r\nUser-Agent: MARKAGENT/7.7\r\n\r\n")
        raw.recv(1000)
    for _ in range(100):  # Without Redis, each process counts alone.
        if dana.send("POST", "/receipts/", b"code=WRONG")[0] == 429:
            return
    raise AssertionError("wrong codes are not slowed")


def broken(dana: Dana) -> None:
    """A real error in our own code (500), with the text in its message; then one in the database (503)."""
    page = dana.post(f"{dana.path}/comments", status=500, text=BREAKS)
    assert BREAKS in page, "nothing typed is lost"
    drop = "from django.db import connection as c; c.cursor().execute('DROP TABLE forum_ticket')"
    dana.site.manage("shell", "-c", drop)
    page = dana.post(f"{dana.path}/comments", status=503, text="Into a broken table.")
    assert "Into a broken table." in page


# In this order: the last two use up what the others need.
DOORS: list[Callable[[Dana], None]] = [
    reads,
    reads_with_cookies,
    posted,
    held,
    refused,
    reported,
    covered,
    looked_at_again,
    withdrawn,
    edited,
    appealed,
    slowed,
    later,
    with_a_voice,
    with_a_pen_name,
    discussion,
    removal_request,
    subscribed,
    refused_by_the_site,
    broken,
]
