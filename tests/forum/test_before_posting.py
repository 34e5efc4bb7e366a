"""The step before posting: it asks once, about this very text, keeps every field, and stores nothing."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from forum import site
from forum.before_posting import look_over
from forum.models import Comment, Post, SiteSettings
from moderation.models import Case, Report
from tests.scenery import write

TELLING = "They moved X320741 to us.\n\nWhat do I tell <him> & his mum?"
REPORT = "I'm reporting racism above. Remove it now!"


@pytest.fixture
def dana() -> Client:
    return Client()


def send(client: Client, post: Post, **fields: object):
    return client.post(f"{post.get_absolute_url()}/comments", {"nonce": "n" * 32} | fields)


def fields_of(response, *, action: str = "/comments") -> dict[str, list[str]]:
    """What the form of the step would send, by name."""
    page = response.content.decode()
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'{action}">' in form)
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def settle(**fields: object) -> None:
    site.save(SiteSettings(**fields))


def test_a_case_number_is_asked_about_and_posted_when_it_is_meant(dana, post):
    asked = send(dana, post, text=TELLING)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert asked["Cache-Control"] == "no-store"
    assert "Your comment may identify someone" in page
    assert "moved <mark>X320741</mark> to us.\n\nWhat do I tell &lt;him&gt; &amp; his mum?" in page
    assert "a case number (CRN)" in page
    assert "it is held" not in page
    assert not Comment.objects.exists()
    posted = dana.post(f"{post.get_absolute_url()}/comments", fields_of(asked))
    assert posted.status_code == 303
    comment = Comment.objects.get()
    assert comment.source == TELLING
    assert comment.is_published


def test_pressing_twice_stays_pressing_once(dana, post):
    first = fields_of(send(dana, post, text=TELLING))
    again = fields_of(send(dana, post, text=TELLING))
    codes = set()
    for fields in (first, again, first):
        answer = dana.post(f"{post.get_absolute_url()}/comments", fields, follow=True)
        codes.add(re.search('id="code">([^<]*)<', answer.content.decode())[1])
    assert Comment.objects.count() == len(codes) == 1


def test_every_field_comes_along_whoever_put_it_there(dana, post):
    parent = write(post, "Is there a form for that?")
    extra = {"name": "Dana", "reply_to": str(parent.number), "later": "on", "altcha": 'e"30=', "shape": ["a", "b<"]}
    asked = send(dana, post, text=TELLING, checked="stale", **extra)
    sent = fields_of(asked)
    checked = sent.pop("checked")
    assert len(checked) == 1 and checked != ["stale"]
    lists = {name: value if isinstance(value, list) else [value] for name, value in extra.items()}
    assert sent == {"nonce": ["n" * 32], "text": [TELLING]} | lists


def test_a_changed_text_is_checked_again(dana, post):
    fields = fields_of(send(dana, post, text=TELLING))
    asked = send(dana, post, **fields | {"text": TELLING.replace("X320741", "A8812DQ")})
    assert asked.status_code == 422
    assert "<mark>A8812DQ</mark>" in asked.content.decode()
    # The name is part of what was looked over.
    assert send(dana, post, **fields | {"name": "jo.holt@example.org"}).status_code == 422
    assert not Comment.objects.exists()


def test_an_error_after_it_is_no_reason_to_ask_again(dana, post):
    fields = fields_of(send(dana, post, text=TELLING, name="moderator"))
    refused = send(dana, post, **fields)
    again = re.search(r'name="checked" value="([^"]*)"', refused.content.decode())
    assert refused.status_code == 422 and "kept for the people who run the site" in refused.content.decode()
    assert [again[1]] == fields["checked"]
    assert send(dana, post, **fields | {"name": ["Dana"]}).status_code == 422
    fields = fields_of(send(dana, post, text=TELLING, name="Dana", phrase="four odd words here"))
    assert fields["phrase"] == ["four odd words here"]
    assert send(dana, post, **fields).status_code == 303
    assert Comment.objects.get().pen_name.name == "Dana"


def test_change_it_leads_back_to_the_form_with_the_text(dana, post):
    parent = write(post, "Is there a form for that?")
    fields = fields_of(send(dana, post, text=TELLING, reply_to=parent.number, name="Dana"))
    back = send(dana, post, **fields | {"change": "1"})
    page = back.content.decode()
    assert back.status_code == 200
    assert html.escape(TELLING) in page
    assert 'name="reply_to" value="1"' in page and 'value="Dana"' in page and f'value="{"n" * 32}"' in page
    assert "checked=" not in page and 'name="checked"' not in page


def test_where_the_owner_is_strict_it_is_said_and_held_and_only_the_kind_is_kept(dana, post):
    settle(strict_check=True)
    asked = send(dana, post, text=TELLING)
    assert "it is held" in asked.content.decode()
    answer = dana.post(f"{post.get_absolute_url()}/comments", fields_of(asked), follow=True)
    comment = Comment.objects.get()
    assert comment.state == Comment.State.HELD
    assert comment.reason in html.unescape(answer.content.decode())
    case = Case.objects.get()
    assert case.held_by_rule == "may identify someone"
    assert case.held_detail == "a case number (CRN)"
    assert "X320741" not in case.held_detail + comment.reason


def test_a_mere_hint_is_shown_and_never_held(dana, post):
    settle(strict_check=True)
    asked = send(dana, post, text="I'm a PSO in Cumbria, 22 years in the job, and tired.")
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Together, these details may name you" in page
    assert "<mark>PSO</mark>" in page and "<mark>Cumbria</mark>" in page and "<mark>22 years in the job</mark>" in page
    assert "it is held" not in page
    dana.post(f"{post.get_absolute_url()}/comments", fields_of(asked))
    assert Comment.objects.get().is_published


def test_the_owners_names_are_looked_for_and_the_list_is_not_shown(dana, post):
    settle(watched_names="Holmfield House\nTeam Kestrel")
    asked = send(dana, post, text="The ceiling at holmfield-house came down")
    assert "<mark>holmfield-house</mark>" in asked.content.decode()
    assert "Kestrel" not in asked.content.decode()


def test_a_wrapped_address_is_looked_into(dana, post):
    wrapped = (
        "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fcases.example%2FX320741%2Fnotes"
        "&data=05%7C01%7Cjo.holt%40example.gov.uk%7C"
    )
    asked = send(dana, post, text=f"See {wrapped}")
    page = asked.content.decode()
    assert "https://cases.example/<mark>X320741</mark>/notes" in page
    # The wrapping goes when it is stored, and what it carried with it.
    assert "a mail address" not in page and "an e-mail address" not in page


def test_a_reply_that_is_a_report_becomes_one_without_a_text_in_an_address(dana, post):
    parent = write(post, "Something foul.")
    asked = send(dana, post, text=REPORT, reply_to=parent.number)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "This reads like a report" in page and "Post it as a reply" in page
    path = f"{post.get_absolute_url()}/c/{parent.number}/report"
    fields = fields_of(asked, action="/report")
    form = dana.post(path, fields | {"fill": "1"})
    filled = form.content.decode()
    assert form.status_code == 200
    assert re.search(r'value="racism_or_hate"[^>]*checked', filled)
    assert html.escape(REPORT) in filled
    assert not Report.objects.exists()
    assert dana.post(path, fields).status_code == 200
    assert Report.objects.get().text == REPORT
    assert Comment.objects.count() == 1
    reply = dana.post(f"{post.get_absolute_url()}/comments", fields_of(asked))
    assert reply.status_code == 303
    assert Comment.objects.count() == 2


@pytest.mark.parametrize("reply_to", ["", "99"])
def test_without_a_comment_to_report_nothing_is_asked(dana, post, reply_to):
    assert "This reads like a report" not in send(dana, post, text=REPORT, reply_to=reply_to).content.decode()


def test_a_report_that_names_somebody_asks_both_on_one_page(dana, post):
    parent = write(post, "It was X320741, on Friday.")
    page = send(dana, post, text="Reported. You named X320741!", reply_to=parent.number).content.decode()
    assert "This reads like a report" in page
    assert "<mark>X320741</mark>" in page


def test_a_text_that_cannot_be_taken_gets_its_error_and_no_question(dana, post):
    too_long = send(dana, post, text="X320741 " * 3000)
    assert "20,000 characters or fewer" in too_long.content.decode()
    assert "may identify" not in too_long.content.decode()
    closed = Post.objects.filter(pk=post.pk).update(comments_open=False)
    assert closed
    assert send(dana, post, text=TELLING).status_code == 403


def test_the_preview_says_it_too(dana, post):
    page = dana.post(f"{post.get_absolute_url()}/preview", {"text": TELLING}).content.decode()
    assert "It may identify someone." in page and "X320741" in page
    page = dana.post("/start/preview", {"title": "Rota", "text": TELLING}).content.decode()
    assert "It may identify someone." in page and "a case number (CRN)" in page


def test_staff_are_asked_too(as_alice, post):
    settle(strict_check=True)
    as_alice.post("/desk/settings/")
    asked = send(as_alice, post, text=TELLING, as_staff="on")
    assert asked.status_code == 422
    assert "it is held" not in asked.content.decode()
    send(as_alice, post, **fields_of(asked))
    assert Comment.objects.get().is_published


def test_a_discussion_has_the_step_with_title_and_labels(dana, db):
    sent = {"title": "What is wrong at Holmfield House?", "text": TELLING, "labels": ["a", "b"], "nonce": "n" * 32}
    settle(watched_names="Holmfield House")
    asked = dana.post("/start/", sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Your discussion may identify someone" in page
    assert "<mark>Holmfield House</mark>" in page and "<mark>X320741</mark>" in page
    fields = fields_of(asked, action="/start/")
    assert fields["labels"] == ["a", "b"]
    back = dana.post("/start/", fields | {"change": "1"}).content.decode()
    assert 'value="What is wrong at Holmfield House?"' in back
    assert not Post.objects.exists()
    assert dana.post("/start/", fields).status_code == 303
    assert Post.objects.get().body == TELLING


def test_the_answer_is_bound_to_the_text_and_not_to_the_line_ends_of_the_browser():
    typed, sent = look_over({"comment": "a X320741\nb"}), look_over({"comment": "a X320741\r\nb"})
    assert typed.digest == sent.digest
    assert typed.was_seen({"checked": sent.digest})
    assert not look_over({"comment": "a X320742\nb"}).was_seen({"checked": sent.digest})
    assert not look_over({"text": "", "name": "x"}).was_seen({"checked": look_over({"text": "x", "name": ""}).digest})
    assert not typed.was_seen({})


def test_hundreds_of_places_are_a_short_list():
    check = look_over({"comment": " ".join(f"X32{number:04}" for number in range(500))})
    assert [len(found.shown) + found.more for found in check.found] == [500]
    assert len(check.found[0].shown) == 6


def test_of_a_long_text_what_is_near_a_place_is_shown():
    long = "word " * 2000
    marked = look_over({"comment": f"Begin. {long}<b>X320741 {long}A8812DQ end."}).parts[0].marked
    assert "&lt;b&gt;<mark>X320741</mark> word" in marked and marked.endswith("<mark>A8812DQ</mark> end.")
    assert marked.count("…") == 2
    assert len(marked) < 1000


def test_the_words_of_a_place_are_escaped_wherever_they_stand(dana, post):
    settle(watched_names="Holmfield House")
    page = send(dana, post, text='At Holmfield <"&> House', name="'\"><i>").content.decode()
    assert "<mark>Holmfield &lt;&quot;&amp;&gt; House</mark>" in page
    assert "<bdi>Holmfield &lt;&quot;&amp;&gt; House</bdi>" in page
    assert "<i>" not in page
