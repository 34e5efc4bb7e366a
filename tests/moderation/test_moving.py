"""Moving a branch to another post and back: nothing is lost, nothing but the place of its top changes."""

import io
import json
from functools import partial

import pytest
from django.core.management import call_command
from django.db import models
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.digests.events import seal
from accounts.models import DigestEvent, User
from accounts.roles import Role
from forum import threads
from forum.errors import CannotMove, ChangedSince, MovedMeanwhile
from forum.integrity import find_faults, mend
from forum.models import Comment, LaterComment, MovedComment, Post, Voice
from forum.services.comments import approve_comment, remove_comment, restore_comment, withdraw_comment
from forum.services.later import release_due_comments
from forum.services.posting import Submission, post_comment
from moderation.models import Action, Case, Category, Decision, Report
from moderation.services import (
    ask_for_removal,
    lock_thread,
    move_comment,
    open_case,
    report_comment,
    slow_down,
    undo,
)
from moderation.services.log import first_broken
from tests.forum.test_tree import parents_of
from tests.moderation.test_cases import emptied_log  # noqa: F401 - a fixture
from tests.scenery import at, at_once, make_post, make_thread, outline, write, write_with_code

pytestmark = pytest.mark.django_db
LINKS = "http://a.example http://b.example http://c.example"
# All that undoing a move has to bring back.
COLUMNS = (
    *("pk", "post_id", "parent_id", "number", "state", "tree_id", "lft", "rght", "level", "joined_as", "source"),
    *("fragment", "voice_id", "voice__mark", "by_starter", "locked", "receipt_hash", "published_at"),
)


def rows_of(post):
    return list(Comment.objects.filter(post=post).in_thread_order().values(*COLUMNS))


def shape(post):
    return outline(threads.read_rows(post))


def export(post):
    call_command("export_thread", post.slug, stdout=(said := io.StringIO()))
    return said.getvalue()


@pytest.fixture
def other(db):
    return make_post("The open thread")


def test_a_branch_goes_with_its_replies_and_a_signpost_stays(post, other, bob, client):
    made = make_thread(post, "a(b(c)d)e")
    make_thread(other, "xy")
    line = move_comment(comment_id=made["b"].pk, to_post=other, moderator=bob)
    assert shape(post) == "a(<moved>d)e"
    assert shape(other) == "xyb(c)"
    assert find_faults() == []
    moved = dict(Comment.objects.filter(post=other).values_list("source", "number"))
    assert (moved["This is b."], moved["This is c."]) == (3, 4)
    page = client.get(post.get_absolute_url()).content.decode()
    where = f"{other.get_absolute_url()}?c=3#c3"
    assert f'<a href="{where}">2 comments were moved to The open thread</a>' in page
    assert "This is c." not in page
    assert 'href="#c3"' in client.get(other.get_absolute_url()).content.decode()
    counts = dict(Post.objects.values_list("title", "comment_count"))
    assert (counts[post.title], counts[other.title]) == (3, 4)
    undo(decision_id=line.pk, moderator=bob)
    assert shape(post) == "a(b(c)d)e"
    assert shape(other) == "xy"
    assert find_faults() == []
    assert first_broken() is None


@pytest.mark.parametrize("way", ["?c={}", "/c/{}", "/c/{}/replies.atom", "/c/{}/report", "/reply?to={}"])
def test_old_addresses_lead_to_the_new_place(post, other, bob, client, way):
    made = make_thread(post, "a(b(c)d)")
    write(other, "Before.")
    move_comment(comment_id=made["b"].pk, to_post=other, moderator=bob)
    for number, now in [(2, 2), (3, 3)]:
        answer = client.get(post.get_absolute_url() + way.format(number), follow=True)
        assert answer.redirect_chain[-1][0].startswith(other.get_absolute_url() + way.format(now))
        assert answer.status_code == 200
    assert client.get(post.get_absolute_url() + way.format(4)).status_code == 200
    assert client.get(post.get_absolute_url() + way.format(9)).status_code in (404, 410)


def test_an_answer_to_what_was_moved_meanwhile_is_not_lost(post, other, bob, client):
    made = make_thread(post, "a(b)")
    move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    said = client.post(f"{post.get_absolute_url()}/comments", {"text": "My answer.", "reply_to": "2"})
    page = said.content.decode()
    assert said.status_code == 409
    assert "it is number 2 on “The open thread”" in page
    assert "My answer." in page
    assert f'action="{other.get_absolute_url()}/comments"' in page


def test_the_state_of_what_is_moved_goes_with_it(post, other, bob, client):
    made = make_thread(post, "a(b(c)d)")
    held = write(post, LINKS, made["b"])
    remove_comment(comment_id=made["b"].pk, reason="Spam")
    move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    assert shape(other) == "a(<removed>(c<held>)d)"
    assert shape(post) == "<moved>"
    assert Post.objects.get(pk=post.pk).comment_count == 0
    assert find_faults() == []
    approve_comment(comment_id=held.pk)
    assert Comment.objects.get(pk=held.pk).number == 5
    assert "4 comments were moved" in client.get(post.get_absolute_url()).content.decode()
    mend(other.pk)
    mend(post.pk)
    assert find_faults() == []
    assert shape(other) == "a(<removed>(c<published>)d)"


def test_what_came_in_the_new_post_comes_back_with_the_branch(post, other, bob, client):
    made = make_thread(post, "a(b)c")
    line = move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    new = write(other, "This is n.", Comment.objects.get(pk=made["b"].pk))
    undo(decision_id=line.pk, moderator=bob)
    assert shape(post) == "a(b(n))c"
    assert Comment.objects.get(pk=new.pk).number == 4
    answer = client.get(f"{other.get_absolute_url()}?c=3", follow=True)
    assert answer.redirect_chain[-1][0] == f"{post.get_absolute_url()}?c=4#c4"
    write(other, "After.")
    assert Comment.objects.get(source="After.").number == 4
    assert find_faults() == []


def test_a_branch_that_was_moved_on_comes_back_step_by_step(post, other, bob):
    made = make_thread(post, "a(b(c))")
    third = make_post("A third")
    first = move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    second = move_comment(comment_id=made["b"].pk, to_post=third, moderator=bob)
    with pytest.raises(ChangedSince):
        undo(decision_id=first.pk, moderator=bob)
    undo(decision_id=second.pk, moderator=bob)
    undo(decision_id=first.pk, moderator=bob)
    assert shape(post) == "a(b(c))"
    assert find_faults() == []


def test_where_it_cannot_go(post, other, bob):
    made = make_thread(post, "a(b)")
    draft = Post.objects.create(title="Draft", body="", html="")
    for to in (post, draft):
        with pytest.raises(CannotMove):
            move_comment(comment_id=made["a"].pk, to_post=to, moderator=bob)
    move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    with pytest.raises(CannotMove):
        move_comment(comment_id=Comment.objects.get(post=post).pk, to_post=other, moderator=bob)
    assert Decision.objects.count() == 1


def test_times_that_name_comments_are_links_within_the_branch_alone(post, other, bob, client):
    with at("2026-01-05T10:15"):
        early, other_early = write(post, "Early."), write(other, "Other early.")
    with at("2026-01-05T10:20"):
        top = write(post, "@10:15 bring a coat")
        below = write(post, "Below.", top)
    with at("2026-01-05T10:30"):
        write(post, "@10:20 bring a spoon", below)
        outside = write(post, "@10:20 thank you")
    before = rows_of(post)
    assert f'@<a href="#c{early.number}">10:15</a>' in Comment.objects.get(pk=top.pk).fragment
    with at("2026-01-05T10:40"):
        line = move_comment(comment_id=top.pk, to_post=other, moderator=bob)
        moved = {row.source: row.fragment for row in Comment.objects.filter(post=other)}
        assert "<p>@10:15 bring a coat</p>" in moved["@10:15 bring a coat"]
        assert '(<a href="#c2">#2</a> or <a href="#c3">#3</a>?)' in moved["@10:20 bring a spoon"]
        assert "<p>@10:20 thank you</p>" in Comment.objects.get(pk=outside.pk).fragment
        # Even when something else about that minute changes.
        remove_comment(comment_id=other_early.pk, reason="Spam")
        restore_comment(comment_id=other_early.pk)
        assert "<p>@10:15 bring a coat</p>" in Comment.objects.get(pk=top.pk).fragment
        undo(decision_id=line.pk, moderator=bob)
    assert rows_of(post) == before


@pytest.mark.parametrize("whole", [True, False])
def test_voices_go_along_and_come_back(post, other, bob, whole):
    first = write(post, "This is a.", voice_key="k1")
    write(post, "This is b.", first, voice_key="k2")
    if not whole:
        write(post, "This is c.", voice_key="k2")
    Voice.objects.filter(key="k1").update(mark="Aardvark")
    write(other, "This is x.", voice_key="k3")
    Voice.objects.filter(key="k3").update(mark="Zebra")
    voices_before = sorted(Voice.objects.values_list("pk", "post", "key", "mark"))
    line = move_comment(comment_id=first.pk, to_post=other, moderator=bob)
    marks = dict(Comment.objects.filter(post=other).values_list("source", "voice__mark"))
    assert marks["This is a."] == "Aardvark"
    assert len(set(marks.values())) == 3
    assert Voice.objects.count() == 5, "those that may come back are kept for it"
    assert not Comment.objects.exclude(voice__post=models.F("post")).exclude(voice=None).exists()
    undo(decision_id=line.pk, moderator=bob)
    assert sorted(Voice.objects.values_list("pk", "post", "key", "mark")) == voices_before


def test_a_mark_that_was_taken_elsewhere_comes_back_and_goes_when_its_author_withdraws(post, other, bob):
    comment, code = write_with_code(post, "This is a.", voice_key="k1")
    write(other, "This is x.", voice_key="k3")
    Voice.objects.update(mark="Aardvark")
    line = move_comment(comment_id=comment.pk, to_post=other, moderator=bob)
    assert Comment.objects.get(pk=comment.pk).voice.mark != "Aardvark"
    undo(decision_id=line.pk, moderator=bob)
    assert Comment.objects.get(pk=comment.pk).voice.mark == "Aardvark"
    move_comment(comment_id=comment.pk, to_post=other, moderator=bob)
    withdraw_comment(code=code)
    assert list(Voice.objects.values_list("key", flat=True)) == ["k3"]


def test_cases_digests_tickets_and_later_comments_follow(post, other, bob, client):
    made = make_thread(post, "a(b)")
    case = open_case(post=post, comment=made["b"])
    ticket = post_comment(post=post, submission=Submission("Held till later.", 2, later=True))
    seal()
    events = DigestEvent.objects.count()
    move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    assert Case.objects.get(pk=case.pk).post == other
    assert Case.objects.get(pk=case.pk).version == case.version + 1
    assert DigestEvent.objects.count() == events
    assert DigestEvent.objects.filter(comment__isnull=False, post=other).count() == 2
    assert client.get(f"/posted/{ticket}/").status_code == 200
    LaterComment.objects.update(release_at=timezone.now())
    release_due_comments()
    assert Comment.objects.get(source="Held till later.").post == other
    assert find_faults() == []


def test_a_quotation_search_and_feeds_find_the_new_place(post, other, bob, client):
    made = make_thread(post, "a(b)")
    quoting = make_post("Round-up", body=f":::comment {post.get_absolute_url()}?c=2\n:::")
    move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    assert "This is b." in client.get(quoting.get_absolute_url()).content.decode()
    where = f"{other.get_absolute_url()}?c=2"
    assert where in client.get("/comments.atom").content.decode()
    assert where in client.get("/search/?q=b").content.decode()
    assert "<entry>" not in client.get(f"{post.get_absolute_url()}/comments.atom").content.decode()
    lines = [json.loads(line) for line in export(post).splitlines()]
    assert [(line["state"], line["text"], line["moved"]) for line in lines] == [("moved", None, 2)]


def test_the_case_of_the_top_is_decided_by_it(post, other, bob):
    made = make_thread(post, "a")
    case = open_case(post=post, comment=made["a"])
    line = move_comment(comment_id=made["a"].pk, to_post=other, moderator=bob)
    assert Case.objects.get(pk=case.pk).outcome == Action.MOVE
    undo(decision_id=line.pk, moderator=bob)
    assert Case.objects.get(pk=case.pk).is_open
    assert Case.objects.get(pk=case.pk).post == post


def test_who_read_it_before_it_was_moved_finds_it_where_it_is(post, other, bob):
    """Whatever was read before the post was locked may be old."""
    read = make_thread(post, "a(b)")["a"]
    case = open_case(post=post, comment=read)
    move_comment(comment_id=read.pk, to_post=other, moderator=bob)
    report = report_comment(comment=read, category=Category.SPAM, text="Spam.")
    asked = ask_for_removal(post=post, comment=read, text="About me.")
    assert report.case == asked.case == open_case(post=post, comment=read) != case
    assert set(Case.objects.values_list("post", flat=True)) == {other.pk}
    assert lock_thread(comment=read, moderator=bob).post == slow_down(comment=read, moderator=bob, minutes=5).post
    assert Decision.objects.last().post == other


@pytest.mark.usefixtures("emptied_log")
def test_reports_come_in_while_the_branch_moves_to_and_fro():
    bob = User.objects.create(email="bob@example.org", role=Role.MODERATOR)
    posts = [make_post("One"), make_post("Two")]
    top = write(posts[0], "Top.")
    told = []

    def mover():
        for step in range(6):
            move_comment(comment_id=top.pk, to_post=posts[(step + 1) % 2], moderator=bob)

    def reporter(who):
        for step in range(6):
            try:
                report_comment(comment=Comment.objects.get(pk=top.pk), category=Category.SPAM, text=f"{who} {step}")
            except MovedMeanwhile:
                told.append(1)

    assert at_once(mover, partial(reporter, 1), partial(reporter, 2)) == []
    assert Report.objects.count() + len(told) == 12
    report_comment(comment=Comment.objects.get(pk=top.pk), category=Category.SPAM, text="When all is quiet.")
    assert set(Case.objects.values_list("post", flat=True)) == {posts[0].pk}
    assert Case.objects.open().count() <= 1


class TestAnyBranch(TestCase):
    """Any tree, any branch, any number of moves, and back."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.integers(1, 16).flatmap(parents_of),
        st.integers(1, 8).flatmap(parents_of),
        st.lists(st.tuples(st.integers(0, 23), st.integers(0, 2), st.booleans()), min_size=1, max_size=6),
    )
    @example([None] * 11, [None], [(0, 1, False), (10, 1, False)])
    def test_moves_keep_order_and_undoing_all_restores_everything(self, here, there, steps):
        bob = User.objects.create(email="bob@example.org", role=Role.MODERATOR)
        posts = [make_post(f"Post {n}") for n in range(3)]
        made = [*plant(posts[0], here), *plant(posts[1], there)]
        first = [rows_of(post) for post in posts]
        lines, written = [], 0
        for which, to, writes in steps:
            comment = Comment.objects.get(pk=made[which % len(made)].pk)
            if comment.post_id == posts[to].pk:
                continue
            order = [row.pk for row in branch_of(comment)]
            rest = [
                row.pk for row in Comment.objects.filter(post=comment.post).in_thread_order() if row.pk not in order
            ]
            parents = dict(Comment.objects.values_list("pk", "parent"))
            texts = dict(Comment.objects.values_list("pk", "source"))
            lines.append(move_comment(comment_id=comment.pk, to_post=posts[to], moderator=bob))
            assert find_faults() == []
            now = Comment.objects.get(pk=comment.pk)
            assert [row.pk for row in branch_of(now)] == order
            left = Comment.objects.filter(post=comment.post).in_thread_order()
            signpost = lines[-1].after["signpost"]
            assert [row.pk for row in left if row.pk != signpost] == rest
            after = dict(Comment.objects.exclude(pk=signpost).values_list("pk", "parent"))
            assert after == parents | {comment.pk: None}
            assert texts.items() <= dict(Comment.objects.values_list("pk", "source")).items()
            numbers = [n for n in branch_of(now).values_list("number", flat=True) if n]
            assert numbers == sorted(numbers)
            if writes and now.is_published:
                write(posts[to], f"Since {written}.", now)
                written += 1
        for line in reversed(lines):
            undo(decision_id=line.pk, moderator=bob)
            assert find_faults() == []
        if not written:
            assert [rows_of(post) for post in posts] == first
        numbers = {row["pk"]: (row["post_id"], row["parent_id"], row["number"]) for rows in first for row in rows}
        now = {pk: rest for pk, *rest in Comment.objects.values_list("pk", "post_id", "parent_id", "number")}
        assert {pk: tuple(now[pk]) for pk in numbers} == numbers
        assert not MovedComment.objects.exclude(signpost=None).exists()
        assert first_broken() is None


def branch_of(comment):
    within = {"tree_id": comment.tree_id, "lft__gte": comment.lft, "rght__lte": comment.rght}
    return Comment.objects.filter(**within).in_thread_order()


def plant(post, parents):
    """Comments, every fourth of which was removed since, and every fifth of which has a voice."""
    made = []
    for index, parent in enumerate(parents):
        voice = {"voice_key": f"key {post.pk} {index % 2}"} if index % 5 == 0 else {}
        made.append(write(post, f"Text {index}", None if parent is None else made[parent], **voice))
    for comment in made[3::4]:
        remove_comment(comment_id=comment.pk, reason="Spam")
    return made


@pytest.mark.usefixtures("emptied_log")
def test_branches_move_to_and_fro_while_others_write():
    """Two posts in both orders, so that movers who locked them otherwise would wait for each other."""
    bob = User.objects.create(email="bob@example.org", role=Role.MODERATOR)
    posts = [make_post("One"), make_post("Two")]
    tops = [write(post, f"Top {n}") for post in posts for n in range(3)]

    def mover(top):
        for _ in range(4):
            now = Comment.objects.get(pk=top.pk)
            line = move_comment(
                comment_id=now.pk, to_post=posts[0] if now.post_id == posts[1].pk else posts[1], moderator=bob
            )
            undo(decision_id=line.pk, moderator=bob)

    def writer(worker):
        for step in range(12):
            write(posts[step % 2], f"Writer {worker}, step {step}.")

    works = [partial(mover, top) for top in tops] + [partial(writer, worker) for worker in range(3)]
    assert at_once(*works) == []
    assert find_faults() == []
    assert Comment.objects.count() == 6 + 3 * 12
    assert first_broken() is None
