"""The queue for whoever sits at it: a part of it, what is left to a colleague, folded texts, a word about a pause."""

import datetime
import re

import pytest
from django.utils import timezone

from forum.models import Comment
from moderation.models import Action, Case, Category, Decision
from moderation.models.decisions import PAST_TENSE
from moderation.public_log import ALWAYS_SEEN, NEVER_SEEN, SEEN_IF_BEFORE
from moderation.services import Ruling, report_comment, take_appeal, undo
from moderation.services import decide as decide_case
from moderation.services.log import first_broken
from moderation.sitting import MANY
from moderation.templatetags.appeals import appeal_of
from tests.moderation.test_queue import decide, page_of, reported
from tests.moderation.test_screening import THREE_LINKS
from tests.scenery import at, make_post, write

pytestmark = pytest.mark.django_db


def listed(html):
    """The keys of the cases beside a case, in their order."""
    return [int(pk) for pk in re.findall(r'<li><a href="/moderation/cases/(\d+)/', html)]


def leave(client, case, note="I know the author."):
    case.refresh_from_db()
    return client.post(f"{case.get_absolute_url()}leave/", {"version": case.version, "internal_note": note})


def test_a_part_of_the_queue_is_gone_through_to_its_end_and_undone_in_it(as_bob, post):
    other = make_post("Another post")
    reported(post, 2)
    first, second = reported(other, 2)
    query = f"post={other.pk}"
    html = page_of(as_bob, f"/moderation/?{query}")
    assert listed(html) == [first.pk, second.pk]
    assert "Only cases on “Another post”" in html
    assert "Waiting (<span data-waiting>4</span>)" in html
    action = re.search(r'id="decision" method="post" action="([^"]+)"', html)[1]
    answer = as_bob.post(action.replace("&amp;", "&"), {"version": first.version, "action": "keep"})
    assert answer.url == f"/moderation/cases/{second.pk}/?done={Decision.objects.get().pk}&{query}"
    assert "1 left of these." in page_of(as_bob, answer.url)
    path = f"/moderation/decisions/{Decision.objects.get().pk}/undo/?{query}"
    assert as_bob.post(path).url.endswith(f"&{query}")
    for case in (first, second):
        case.refresh_from_db()
        sent = {"version": case.version, "action": "keep"}
        answer = as_bob.post(f"{case.get_absolute_url()}decision/?{query}", sent)
    assert "Nothing waits here" in page_of(as_bob, answer.url)
    assert Case.objects.open().count() == 2


def test_the_list_is_asked_for_by_post_and_by_rule_and_keeps_that(as_bob, post):
    reported(post, 2)
    write(post, f"Held. {THREE_LINKS}")
    held = Case.objects.get(held_by_rule="links")
    html = page_of(as_bob, "/moderation/?view=list&rule=links")
    assert re.findall(r'name="pick" value="(\d+):', html) == [str(held.pk)]
    assert '<option value="links" selected>' in html
    assert "1 of 3 " in html
    assert f'href="{held.get_absolute_url()}?rule=links"' in html
    assert 'action="/moderation/batches/?rule=links"' in html
    for nonsense in ("post=x", "rule=%00", "post=999999999999"):
        assert page_of(as_bob, f"/moderation/?view=list&{nonsense}").count('name="pick"') == 3
    assert page_of(as_bob, f"/moderation/?view=list&rule=links&post={make_post('Other').pk}").count('name="pick"') == 0


def test_what_is_left_to_a_colleague_comes_last_for_one_and_with_the_note_for_the_other(as_bob, as_alice, post):
    urgent, plain = reported(post, 1, Category.LIBEL)[0], reported(post, 1)[0]
    answer = leave(as_bob, urgent)
    line = Decision.objects.get()
    assert answer.url == f"/moderation/cases/{plain.pk}/?done={line.pk}"
    assert "Left to a colleague: comment 1. 2 left." in page_of(as_bob, answer.url)
    assert listed(page_of(as_bob, "/moderation/")) == [plain.pk, urgent.pk]
    html = page_of(as_alice, "/moderation/")
    assert listed(html) == [urgent.pk, plain.pk]
    assert "Bob left this to a colleague" in html
    assert "I know the author." in html
    assert 'class="mark left">Left by bob' in html
    assert Comment.objects.published().count() == 2

    assert as_bob.post(f"/moderation/decisions/{line.pk}/undo/").status_code == 303
    assert listed(page_of(as_bob, "/moderation/")) == [urgent.pk, plain.pk]
    assert "left this to a colleague" not in page_of(as_alice, "/moderation/")
    assert first_broken() is None


def test_a_colleague_decides_and_then_the_leaving_stands_until_that_is_undone(as_bob, as_alice, alice, bob, post):
    case = reported(post, 1)[0]
    leave(as_bob, case)
    left = Decision.objects.get()
    assert decide(as_alice, case, reason="Spam").status_code == 303
    assert as_bob.post(f"/moderation/decisions/{left.pk}/undo/").status_code == 409
    undo(decision_id=Decision.objects.get(action="remove").pk, moderator=alice)
    assert "Bob left this to a colleague" in page_of(as_alice, case.get_absolute_url())
    undo(decision_id=left.pk, moderator=bob)
    case.refresh_from_db()
    assert (case.left_by, case.is_open) == (None, True)


@pytest.mark.parametrize("why", ["no note", "nobody else", "decided", "twice", "older page"])
def test_leaving_a_case_says_what_stands_in_its_way(as_bob, as_alice, alice, post, why):
    case, seen = reported(post, 1)[0], 1
    if why == "nobody else":
        alice.is_active = False
        alice.save()
    if why == "decided":
        decide(as_alice, case, action="keep")
    if why in {"twice", "older page"}:
        case.refresh_from_db()
        seen = case.version
        leave(as_bob if why == "twice" else as_alice, case, "Mine.")
    sent = {
        "version": seen if seen > 1 else Case.objects.get().version,
        "internal_note": "" if why == "no note" else "Mine.",
    }
    answer = as_bob.post(f"{case.get_absolute_url()}leave/", sent)
    said = {
        "no note": (422, "Tell your colleague why"),
        "nobody else": (409, "no other moderator"),
        "decided": (409, "cannot be done"),
        "twice": (303, ""),
        "older page": (409, "alice left it to a colleague"),
    }[why]
    assert answer.status_code == said[0]
    assert said[1] in answer.content.decode()
    assert Decision.objects.filter(action=Action.HAND_OVER).count() == (why in {"twice", "older page"})


def test_leaving_is_offered_only_where_there_is_a_colleague(as_bob, alice, post):
    case = reported(post, 1)[0]
    assert f'formaction="{case.get_absolute_url()}leave/"' in page_of(as_bob, case.get_absolute_url())
    alice.is_active = False
    alice.save()
    assert "formaction" not in page_of(as_bob, case.get_absolute_url())


def test_neither_the_public_nor_the_authors_learn_that_a_case_was_left(client, as_bob, alice, post):
    case = reported(post, 1)[0]
    assert leave(as_bob, case, "Quentin again.").status_code == 303
    for path in ("/moderation-log/", "/transparency/", post.get_absolute_url()):
        html = client.get(path).content.decode()
        assert "to a colleague" not in html
        assert "Quentin" not in html


def test_an_appeal_that_is_left_or_answered_and_undone_waits_for_its_author(as_bob, as_alice, alice, post):
    comment = write(post, "Fine.")
    decide(as_alice, report_comment(comment=comment, category=Category.SPAM, text="").case, reason="Spam")
    case = take_appeal(comment=comment, text="It is no advert.").case
    leave(as_bob, case)
    assert appeal_of(comment).waits
    undo(decision_id=Decision.objects.last().pk, moderator=alice)
    decide(as_bob, case, action="restore", note="You are right.")
    assert appeal_of(comment).is_upheld
    undo(decision_id=Decision.objects.last().pk, moderator=alice)
    assert appeal_of(comment).waits


@pytest.mark.parametrize("category", Category)
def test_hate_and_names_are_folded_wherever_moderators_meet_them(as_bob, post, category):
    comment = write(post, "A wounding line.")
    case = reported(post, 1)[0]
    case.reports.update(category=category)
    Case.objects.filter(pk=case.pk).update(comment=comment)
    is_folded = category in {Category.RACISM_OR_HATE, Category.IDENTIFIES_SOMEONE, Category.SUB_JUDICE}
    html = page_of(as_bob, case.get_absolute_url())
    shown = re.sub(r"<details class=\"folded\">.*?</details>", "", html, flags=re.DOTALL)
    assert "A wounding line." in html
    assert ("A wounding line." in shown) is not is_folded
    assert ("A wounding line." in page_of(as_bob, "/moderation/?view=list")) is not is_folded
    decide(as_bob, case, action="keep")
    assert ("A wounding line." in page_of(as_bob, "/moderation/?show=decided")) is not is_folded


def test_after_many_in_a_row_one_line_speaks_of_a_pause_and_only_then(as_bob, bob, post):
    def many(moment, count):
        with at(moment):
            for _ in range(count):
                case = reported(post, 1)[0]
                ruling = Ruling(Action.KEEP)
                last = decide_case(case_id=case.pk, version=case.version, moderator=bob, ruling=ruling)
            return "in a row" in page_of(as_bob, f"/moderation/?done={last.pk}")

    now = timezone.now().replace(tzinfo=None)
    early, late = now - datetime.timedelta(hours=2), now - datetime.timedelta(hours=1)
    assert many(early.isoformat(), MANY - 1) is False
    assert many(late.isoformat(), MANY - 1) is False  # An hour's pause lies between.
    assert many((late + datetime.timedelta(minutes=10)).isoformat(), 1) is True
    assert many((late + datetime.timedelta(minutes=12)).isoformat(), 1) is False


def test_every_action_is_in_one_place_of_the_public_log_and_has_a_past_tense():
    places = [ALWAYS_SEEN, set(SEEN_IF_BEFORE), NEVER_SEEN]
    assert {action: sum(action in place for place in places) for action in Action} == dict.fromkeys(Action, 1)
    assert set(PAST_TENSE) == set(Action)
