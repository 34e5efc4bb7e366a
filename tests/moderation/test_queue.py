"""The queue's pages: what stands where, undo, many at once, two moderators, and what they ask of the database."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.models import Comment
from moderation.models import Case, Category, Decision
from moderation.services import open_case, report_comment, take_appeal
from moderation.services.log import first_broken
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import make_thread, write, write_with_code

pytestmark = pytest.mark.django_db


def reported(post, count, category=Category.SPAM):
    first = Comment.objects.count()
    comments = [write(post, f"Advert {number}.") for number in range(first, first + count)]
    return [report_comment(comment=each, category=category, text="").case for each in comments]


def decide(client, case, **sent):
    case.refresh_from_db()
    return client.post(f"{case.get_absolute_url()}decision/", {"version": case.version} | sent)


def pick(*cases):
    return [f"{case.pk}:{Case.objects.get(pk=case.pk).version}" for case in cases]


def page_of(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_the_first_case_stands_beside_the_list_and_the_next_follows_with_an_undo(as_bob, post):
    first, second, third = reported(post, 3)
    urgent = reported(post, 1, Category.LIBEL)[0]
    html = page_of(as_bob, "/moderation/")
    order = [int(pk) for pk in re.findall(r'<li><a href="/moderation/cases/(\d+)/"', html)]
    assert order == [urgent.pk, first.pk, second.pk, third.pk]
    assert f'action="/moderation/cases/{urgent.pk}/decision/"' in html
    response = decide(as_bob, second, reason="Spam")
    assert response.url == f"/moderation/cases/{third.pk}/?done={Decision.objects.get().pk}"
    html = page_of(as_bob, response.url)
    assert "Removed: comment 2. Spam. 3 left." in html
    assert "<title>Removed. 3 left. Comment 3 on" in html
    undone = as_bob.post(f"/moderation/decisions/{Decision.objects.get().pk}/undo/")
    assert undone.url.startswith(second.get_absolute_url())
    assert "Undone: removed, comment 2. 4 left." in page_of(as_bob, undone.url)
    assert Comment.objects.published().count() == 4


def test_after_the_last_case_nothing_waits_and_it_can_still_be_undone(as_bob, post):
    case = reported(post, 1)[0]
    response = decide(as_bob, case, action="keep")
    html = page_of(as_bob, response.url)
    assert "Nothing waits" in html
    assert f"/moderation/decisions/{Decision.objects.get().pk}/undo/" in html


@pytest.mark.parametrize(
    ("sent", "facts"),
    [
        ({"action": "note", "remark": "We looked  at it."}, {"note": "We looked at it."}),
        ({"action": "off_topic"}, {"off_topic": True}),
        ({"action": "redact", "words": "Advert\n\n"}, {"source": "[name removed by moderator] 0."}),
        ({"action": "cover"}, {"state": "covered"}),
        ({"reason": "Spam", "note": "Third time"}, {"state": "removed", "reason": "Spam. Third time"}),
    ],
)
def test_every_answer_arrives_with_its_words_and_leads_back(as_bob, post, sent, facts):
    case = reported(post, 1)[0]
    before = Comment.objects.values(*facts).get()
    assert decide(as_bob, case, internal_note="Ask Alice.", **sent).status_code == 303
    assert Comment.objects.values(*facts).get() == facts
    line = Decision.objects.get()
    assert line.internal_note == "Ask Alice."
    assert "for moderators: Ask Alice." in page_of(as_bob, case.get_absolute_url())
    as_bob.post(f"/moderation/decisions/{line.pk}/undo/")
    assert Comment.objects.values(*facts).get() == before


@pytest.mark.parametrize("words", [{"remark": "Mine"}, {"words": "Mine"}, {"note": "Mine"}])
def test_words_for_another_answer_are_not_lost(as_bob, post, words):
    case = reported(post, 1)[0]
    response = decide(as_bob, case, action="keep", **words)
    assert response.status_code == 422
    assert "Mine</textarea>" in response.content.decode().replace("\n", "")
    assert Decision.objects.count() == 0


def test_words_taken_out_of_a_held_comment_leave_its_case_open(as_bob, post):
    write(post, f"Quentin Quill {THREE_LINKS}")
    case = Case.objects.get()
    response = decide(as_bob, case, action="redact", words="Quentin Quill")
    assert response.url.startswith(case.get_absolute_url())
    assert case.version == Case.objects.get().version - 1
    assert Case.objects.open().count() == 1
    assert decide(as_bob, case, action="approve").status_code == 303


def test_a_double_press_is_one_decision_and_no_reproach(as_bob, as_alice, post):
    case = reported(post, 1)[0]
    path, sent = f"{case.get_absolute_url()}decision/", {"version": case.version, "action": "keep"}
    assert [as_bob.post(path, sent).status_code for _ in range(2)] == [303, 303]
    assert Decision.objects.count() == 1
    assert as_alice.post(path, sent).status_code == 409


def test_an_appeal_needs_an_answer_to_stay_removed(as_bob, post):
    comment, _ = write_with_code(post, "Fine.")
    case = report_comment(comment=comment, category=Category.SPAM, text="").case
    decide(as_bob, case, reason="Spam")
    appealed = take_appeal(comment=comment, text="It names nobody.").case
    html = page_of(as_bob, appealed.get_absolute_url())
    assert "bob: removed" in html.lower()
    assert decide(as_bob, appealed, action="dismiss").status_code == 422
    assert decide(as_bob, appealed, action="dismiss", note="It does.").status_code == 303


def test_many_are_decided_with_one_press_and_undone_with_one(as_bob, post):
    cases = [*reported(post, 6), open_case(post=post, comment=write(post, f"Held. {THREE_LINKS}"))]
    listed = page_of(as_bob, "/moderation/?view=list")
    assert all(f'value="{each}"' in listed for each in pick(*cases))
    response = as_bob.post("/moderation/batches/", {"pick": pick(*cases), "reason": "Spam"})
    assert sorted(Comment.objects.values_list("state", flat=True)) == ["refused"] + ["removed"] * 6
    html = page_of(as_bob, response.url)
    assert "7 decided at once" in html
    assert page_of(as_bob, "/moderation/log/").count("7 at once") == 1
    undone = as_bob.post(response.url.split("?")[0] + "undo/")
    assert "All of it is undone" in page_of(as_bob, undone.url)
    assert sorted(Comment.objects.values_list("state", flat=True)) == ["held"] + ["published"] * 6
    assert Case.objects.open().count() == 7
    assert first_broken() is None


def test_many_at_once_touch_nothing_that_changed_after_the_page_was_drawn(as_bob, as_alice, post):
    kept, changed, whole, fine = *reported(post, 2), open_case(post=post), *reported(post, 1)
    drawn = pick(kept, changed, whole, fine)
    decide(as_alice, kept, action="keep")
    report_comment(comment=changed.comment, category=Category.LIBEL, text="New.")
    response = as_bob.post("/moderation/batches/", {"pick": drawn, "reason": "Spam"})
    html = page_of(as_bob, response.url)
    assert "1 stands; 3 were left alone" in html
    assert "alice was faster (kept" in html
    assert "something new came in" in html
    assert "cannot be done with this comment" in html
    assert list(Comment.objects.filter(state="removed")) == [fine.comment]
    again = as_bob.post("/moderation/batches/", {"pick": drawn, "reason": "Spam"})
    assert Decision.objects.filter(action="remove").count() == 1
    assert "bob was faster (removed" in page_of(as_bob, again.url)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reason": "Spam"}, "Tick at least one case"),
        ({"pick": ["x", "1:2:3"], "reason": "Spam"}, "Tick at least one case"),
        ({"pick": ["1:1"], "internal_note": "Mine"}, "Press one of the answers"),
        ({"pick": ["1:1"], "answer": "goes"}, "Choose a reason"),
        ({"pick": [f"{n}:1" for n in range(201)], "reason": "Spam"}, "at most 200"),
    ],
)
def test_a_garbled_batch_is_refused_in_words(as_bob, post, sent, said):
    reported(post, 1)
    response = as_bob.post("/moderation/batches/", sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert sent.get("internal_note", "") in response.content.decode()


def test_the_log_is_searched_by_words_and_says_who_undid_what(as_bob, as_alice, post):
    one, two = reported(post, 2)
    decide(as_bob, one, reason="Spam", note="About frogs.")
    decide(as_alice, two, reason="Libel", internal_note="About newts.")
    assert page_of(as_bob, "/moderation/log/").count("<b>") == 2
    for word, there, gone in (("frogs", "comment 1", "comment 2"), ("newts", "comment 2", "comment 1")):
        html = page_of(as_bob, f"/moderation/log/?q={word}")
        assert there in html
        assert gone not in html
    assert "No line has that word" in page_of(as_bob, "/moderation/log/?q=toads%00%27")
    line = Decision.objects.first()
    back = as_alice.post(f"/moderation/decisions/{line.pk}/undo/", {"log": "", "page": "1"})
    assert "Undone by alice" in page_of(as_bob, back.url)
    twice = as_bob.post(f"/moderation/decisions/{line.pk}/undo/", {"log": ""})
    assert twice.status_code == 409
    assert "cannot be undone any more" in twice.content.decode()


def test_two_moderators_see_each_other_and_the_count(as_bob, as_alice, post):
    case = reported(post, 2)[0]
    assert "hidden><b></b> is looking" in page_of(as_bob, case.get_absolute_url())
    assert "<b>bob</b> is looking at this, too" in page_of(as_alice, case.get_absolute_url())
    asked = as_bob.get(f"/moderation/waiting/?case={case.pk}").json()
    assert asked == {"waiting": 2, "looking": "alice"}
    decide(as_alice, case, action="keep")
    assert as_bob.get(f"/moderation/waiting/?case={case.pk}").json() == {"waiting": 1, "looking": ""}
    assert as_bob.get("/moderation/waiting/?case=x").json()["waiting"] == 1


def test_a_thread_and_a_post_are_decided_from_the_case_and_that_is_undone(as_bob, client, post):
    made = make_thread(post, "a(b)")
    case = report_comment(comment=made["b"], category=Category.SPAM, text="").case
    for path, sent, said in (
        (f"comments/{made['b'].pk}/lock/", {}, "This thread is locked"),
        (f"comments/{made['b'].pk}/slow/", {"minutes": "5"}, "This thread is slow"),
        (f"posts/{post.pk}/note/", {"text": "Mind the\0 grades.", "case": case.pk}, "Mind the grades."),
    ):
        response = as_bob.post(f"/moderation/{path}", sent)
        assert response.url.startswith(f"{case.get_absolute_url()}?done=")
        assert said in client.get(post.get_absolute_url()).content.decode()
        as_bob.post(f"/moderation/decisions/{Decision.objects.last().pk}/undo/")
        assert said not in client.get(post.get_absolute_url()).content.decode()
    long = as_bob.post(f"/moderation/posts/{post.pk}/note/", {"text": "x" * 401, "case": case.pk})
    assert long.status_code == 422
    assert "x" * 401 in long.content.decode()


def test_the_number_of_questions_to_the_database_hangs_on_nothing(as_bob, post):
    def asked(path):
        with CaptureQueriesContext(connection) as queries:
            page_of(as_bob, path)
        return len(queries)

    paths = ["/moderation/", "/moderation/?view=list", "/moderation/?show=decided", "/moderation/log/"]
    cases = reported(post, 10)
    as_bob.post("/moderation/batches/", {"pick": pick(*cases[:2]), "reason": "Spam"})
    for case in cases[2:5]:
        decide(as_bob, case, action="keep")
    few = [asked(path) for path in paths]
    more = reported(post, 215)
    as_bob.post("/moderation/batches/", {"pick": pick(*more[:8]), "reason": "Spam"})
    for case in more[8:15]:
        decide(as_bob, case, action="keep")
    assert Case.objects.open().count() >= 200
    assert [asked(path) for path in paths] == few
    assert max(few) <= 25
