"""Importing twice, importing what grew, and refusing what is broken with nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import DigestEvent
from forum import site
from forum.integrity import find_faults
from forum.models import Comment, Post
from forum.receipts import hash_code, new_code
from forum.services.comments import withdraw_comment
from moderation.models import Case
from tests.scenery import at_once

pytestmark = pytest.mark.django_db

NUMBERED = """Sunday 3 May 2020

The kettle is back

It boils, and nobody knows who brought it.

3 comments:

  1. Mine is better.

    ReplyDelete
    Replies
    1. It is not.

      Second paragraph.

      Delete
  2. I agree.

    ReplyDelete
"""
FLATTENED = """A kettle was found.
It boils.
Mine is better.
ReplyDeleteIt is louder, too.
It is not.
DeleteSo there.
I agree.
ReplyDelete"""


def saved(tmp_path: Path, text: str, *arguments: str, capsys) -> dict:
    page = tmp_path / "page.txt"
    page.write_text(text, encoding="utf-8")
    call_command("import_saved_page", str(page), "--json", *arguments)
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def parents() -> list[tuple[str, str | None]]:
    return [
        (c.source, c.parent and c.parent.source) for c in Comment.objects.select_related("parent").order_by("number")
    ]


def test_a_numbered_page_keeps_its_title_and_date(tmp_path, capsys):
    summary = saved(tmp_path, NUMBERED, capsys=capsys)
    assert summary == {
        "path": "/2020/05/the-kettle-is-back.html",
        "comments": 3,
        "top_level": 2,
        "replies": 1,
        "new": 3,
    }
    assert parents() == [
        ("Mine is better.", None),
        ("It is not.\n\nSecond paragraph.", "Mine is better."),
        ("I agree.", None),
    ]
    first = Comment.objects.order_by("number").first()
    assert first.posted_at is None
    assert first.published_at == Post.objects.get().published_at
    assert find_faults() == []


def test_a_flattened_page_takes_what_the_options_say(tmp_path, capsys):
    summary = saved(tmp_path, FLATTENED, "--title", "Kettles", "--published", "2019-02-03", capsys=capsys)
    assert summary["path"] == "/2019/02/kettles.html"
    assert parents()[:2] == [
        ("Mine is better.\nIt is louder, too.", None),
        ("It is not.\nSo there.", "Mine is better.\nIt is louder, too."),
    ]
    assert Post.objects.get().body == "A kettle was found.\n\nIt boils."


@pytest.mark.parametrize("page", [NUMBERED, FLATTENED], ids=["numbered", "flattened"])
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text,
        lambda text: "Skip to main content\n" + text,
        lambda text: text.replace("3 comments:", "4 comments:"),
        lambda text: text + "\nNewer Post Older Post Home\n",
        lambda text: text + "\nA line that no list of furniture knows\n",
        lambda text: text.replace("It boils", "It  boils"),
    ],
)
def test_the_same_page_again_changes_nothing(tmp_path, capsys, page, change):
    saved(tmp_path, page, capsys=capsys)
    before = list(Comment.objects.order_by("pk").values())
    assert saved(tmp_path, change(page), capsys=capsys)["new"] == 0
    assert list(Comment.objects.order_by("pk").values()) == before
    assert Post.objects.count() == 1


def test_only_what_is_new_is_added_below_what_it_answers(tmp_path, capsys):
    saved(tmp_path, NUMBERED, capsys=capsys)
    grown = (
        NUMBERED.replace("  2. I agree.", "    2. I agree.\n\n      Delete\n  2. I agree.")
        + "\n  3. Late.\n\n    ReplyDelete\n"
    )
    assert saved(tmp_path, grown, capsys=capsys)["new"] == 2
    assert parents()[3:] == [("I agree.", "Mine is better."), ("Late.", None)]
    assert saved(tmp_path, grown, capsys=capsys)["new"] == 0
    assert find_faults() == []


def test_a_withdrawn_comment_does_not_come_back(tmp_path, capsys):
    saved(tmp_path, NUMBERED, capsys=capsys)
    code = new_code()
    Comment.objects.filter(source="I agree.").update(receipt_hash=hash_code(code))
    withdraw_comment(code=code)
    assert saved(tmp_path, NUMBERED, capsys=capsys)["new"] == 0
    assert not Comment.objects.filter(source="I agree.").exists()


def test_two_posts_with_the_same_remark_stay_apart(tmp_path, capsys):
    saved(tmp_path, NUMBERED, capsys=capsys)
    other = NUMBERED.replace("The kettle is back", "The kettle is gone").replace("It boils", "It rusts")
    other = other.replace("Mine is better.", "Good riddance.").replace("It is not.", "Indeed.")
    assert saved(tmp_path, other, capsys=capsys)["new"] == 3
    assert Post.objects.count() == 2


@pytest.mark.parametrize("arguments", [[], ["--title", "Another page"]])
def test_a_common_remark_does_not_swallow_another_page(tmp_path, capsys, arguments):
    saved(tmp_path, FLATTENED, "--title", "Kettles", capsys=capsys)
    other = "The toaster is gone.\nNobody saw it.\nI agree.\nReplyDelete"
    assert saved(tmp_path, other, *arguments, capsys=capsys)["new"] == 1
    assert Post.objects.count() == 2


def test_two_threads_with_other_titles_are_two_posts(tmp_path, capsys):
    file = tmp_path / "thread.jsonl"
    for title in ("Alpha", "Beta"):
        file.write_text(json.dumps(GOOD))
        call_command("import_thread", str(file), "--title", title, "--json")
        assert json.loads(capsys.readouterr().out)["new"] == 1
    assert Post.objects.count() == 2


def test_two_imports_of_one_page_at_once_make_one_post(tmp_path, transactional_db):
    page = tmp_path / "page.txt"
    page.write_text(NUMBERED)
    assert at_once(*[lambda: call_command("import_saved_page", str(page))] * 4) == []
    assert (Post.objects.count(), Comment.objects.count()) == (1, 3)
    assert find_faults() == []


def test_imports_are_neither_screened_nor_news(tmp_path, capsys):
    site.change(comments="hold_all")
    saved(tmp_path, NUMBERED, capsys=capsys)
    assert set(Comment.objects.values_list("state", flat=True)) == {"published"}
    assert (DigestEvent.objects.count(), Case.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "page"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"a\x00b", "line 1"),
        (b"<!doctype html><html><p>x", "plain text"),
    ],
)
def test_what_is_no_saved_page_is_refused_in_one_line(tmp_path, content, sentence):
    page = tmp_path / "page.txt"
    page.write_bytes(content)
    with pytest.raises(CommandError, match=sentence) as error:
        call_command("import_saved_page", str(page))
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    assert Post.objects.count() == 0


def test_one_bad_file_of_several_stops_all(tmp_path):
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(NUMBERED)
    bad.write_bytes(b"\xff")
    with pytest.raises(CommandError):
        call_command("import_saved_page", str(good), str(bad))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_saved_page", str(good), str(tmp_path / "missing.txt"))
    assert Post.objects.count() == 0


GOOD = {"id": 1, "parent_id": None, "author": "Ada", "time": "2024-01-01T00:00:00Z", "text": "First."}
BAD_LINES = {
    "not JSON": ("{", "line 2: not JSON"),
    "a list": ("[]", "line 2: not an object"),
    "no text": (json.dumps({"id": 2}), "line 2: text"),
    "an unknown parent": (json.dumps(GOOD | {"id": 2, "parent_id": 9}), "line 2: parent_id 9 does not stand above"),
    "an id twice": (json.dumps(GOOD), "line 2: id 1 stands above already"),
    "a wrong time": (json.dumps(GOOD | {"id": 2, "time": "yesterday"}), "line 2: time"),
    "an impossible time": (json.dumps(GOOD | {"id": 2, "time": "2024-02-31T00:00:00Z"}), "line 2: time"),
    "a time before all blogs": (json.dumps(GOOD | {"id": 2, "time": "0999-01-01T00:00:00Z"}), "line 2: time"),
    "a time at the end of time": (json.dumps(GOOD | {"id": 2, "time": "9999-12-31T23:59:59-14:00"}), "line 2: time"),
    "a number without end": ('{"id": ' + "9" * 5000 + ', "text": "x"}', "line 2: not JSON"),
    "an empty text": (json.dumps(GOOD | {"id": 2, "text": " "}), "line 2: Enter a comment"),
    "half a character": ('{"id": 2, "text": "\\ud800"}', "line 2: Your comment holds a character"),
    "too long a name": (json.dumps(GOOD | {"id": 2, "author": "x" * 41}), "line 2: Your name"),
    "a number as text": (json.dumps(GOOD | {"id": 2, "text": 5}), "line 2: text"),
}


@pytest.mark.parametrize(("line", "sentence"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path, line, sentence):
    file = tmp_path / "thread.jsonl"
    file.write_text(json.dumps(GOOD) + "\n" + line + "\n")
    with pytest.raises(CommandError, match=sentence) as error:
        call_command("import_thread", str(file), title="Thread")
    assert error.value.returncode == 2
    assert Post.objects.count() == 0


def test_a_thread_goes_in_and_comes_out_the_same(tmp_path, capsys):
    rows = [
        GOOD,
        GOOD
        | {"id": "b", "parent_id": 1, "author": None, "time": "2024-01-02T10:15:59Z", "text": "Second.\n\n*More*."},
        GOOD | {"id": 3, "parent_id": "b", "time": "2024-01-03T00:00:00Z", "text": "Third."},
        GOOD | {"id": 4, "parent_id": 1, "time": "2024-01-03T01:00:00Z", "text": "Fourth."},
        GOOD | {"id": 5, "time": None, "text": "Fifth."},
    ]
    file = tmp_path / "thread.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    call_command("import_thread", str(file), "--title", "Thread", "--json")
    assert json.loads(capsys.readouterr().out)["path"] == "/2024/01/thread.html"
    call_command("export_thread", "thread")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [(line["number"], line["parent_number"], line["level"], line["name"], line["text"]) for line in lines]
    assert told == [
        (1, None, 0, "Ada", "First."),
        (2, 1, 1, "Anonymous", "Second.\n\n*More*."),
        (3, 2, 2, "Ada", "Third."),
        (4, 1, 1, "Ada", "Fourth."),
        (5, None, 0, "Ada", "Fifth."),
    ]
    assert lines[1]["posted_at"] == "2024-01-02T10:15:00+00:00"
    assert lines[1]["html"] == "<p>Second.</p>\n<p><em>More</em>.</p>"
    assert lines[4]["posted_at"] is None
    call_command("import_thread", str(file), "--title", "Thread", "--json")
    assert json.loads(capsys.readouterr().out)["new"] == 0


def test_export_gives_tombstones_without_text(post, capsys):
    from forum.services.comments import remove_comment
    from tests.scenery import make_thread

    made = make_thread(post, "a(b)c")
    remove_comment(comment_id=made["a"].pk, reason="Spam")
    remove_comment(comment_id=made["c"].pk, reason="Spam")

    def exported(*arguments):
        call_command("export_thread", post.get_absolute_url(), *arguments)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert [(line["number"], line["state"], line["text"]) for line in exported()] == [
        (1, "removed", None),
        (2, "published", "This is b."),
    ]
    assert [line["text"] for line in exported("--all-states")] == ["This is a.", "This is b.", "This is c."]


@pytest.mark.parametrize("published", ["yesterday", "0999-01-01", "9999-12-31", "2020-02-31"])
def test_a_date_that_cannot_be_meant_is_refused(tmp_path, published):
    page = tmp_path / "page.txt"
    page.write_text(FLATTENED)
    with pytest.raises(CommandError, match="not a moment"):
        call_command("import_saved_page", str(page), "--published", published)


@pytest.mark.parametrize("title", ["", " \x01 ", "x" * 201, "\ud800"])
def test_a_title_that_shows_nothing_is_refused(tmp_path, title):
    file = tmp_path / "thread.jsonl"
    file.write_text(json.dumps(GOOD))
    with pytest.raises(CommandError, match="--title"):
        call_command("import_thread", str(file), "--title", title)


@pytest.mark.parametrize("wanted", ["nope", "/2020/01/nope.html", "", "a\udcff"])
def test_exporting_what_is_not_there(wanted, db):
    with pytest.raises(CommandError, match="no post has this path or slug") as error:
        call_command("export_thread", wanted)
    assert error.value.returncode == 2
