"""Topics: what looks like one and what does not, the rule before posting, and parking on the topic's own post."""

import datetime

import pytest
from django.utils import timezone

from forum.integrity import find_faults
from forum.models import Comment, Post
from moderation.models import Decision, Topic
from moderation.services import open_case, park, report_comment, undo_batch
from moderation.services.topics import numbers_of, park_all, remind
from tests.scenery import make_post, make_thread, write

pytestmark = pytest.mark.django_db
WORDS = "PSO\nPO\nSPO\nband 3\nband 4\nqualified officer\npay grade\nunqualified\ngrade"
LIKE = [
    "A PSO does the same job as any PO, and gets less for it.",
    "Typical PO. Typical. And the PSOs carry the rest.",
    "Why is a Band 3 writing reports?",
    "A qualified officer would never have said that.",
    "> something else\n\nThe grade above me, the POs, never answer.",
]
HARMLESS = [
    "The PO box of the court has changed.",
    "My son got a grade 4 in maths.",
    "My SPO was kind about my leave.",
    "The report template lost my changes again.",
    "Post comes late to our office, too.",
    "I upgraded the laptop and nothing works.",
    "Has anybody got the new rota for the hostel?",
    "> A PSO does the same as a PO.\n\nThat was a good point about the bus.",
    "Unqualified thanks to the admin team.",
    "The band at the Christmas do was great.",
]


@pytest.fixture
def grades(db):
    own = make_post("Grades: who does what")
    return Topic.objects.create(name="grades", words=WORDS, rule="Say it *there*.\nNot here.", post=own)


@pytest.mark.parametrize("text", LIKE)
def test_what_looks_like_it(grades, post, text):
    assert [one.name for one in remind(post, text)] == ["grades"]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_harmless(grades, post, text, client, path):
    assert remind(post, text) == []
    assert client.post(path, {"text": text}).status_code == 303


def test_it_counts_where_and_when_the_owner_says(grades, post):
    assert remind(grades.post, LIKE[0]) == []
    today = timezone.localdate()
    for active, until, only, expected in [
        ("until", today, None, 1),
        ("until", today - datetime.timedelta(days=1), None, 0),
        ("post", None, post, 1),
        ("post", None, grades.post, 0),
    ]:
        Topic.objects.update(active=active, until=until, only_post=only)
        assert len(remind(post, LIKE[0])) == expected


def test_the_rule_is_shown_once_before_posting_and_stops_nobody(grades, post, client, path):
    asked = client.post(path, {"text": LIKE[0], "name": "Dana"})
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Before you post: a rule stands here" in page
    assert "Say it *there*." in page
    assert f'<a href="{grades.post.get_absolute_url()}">Grades: who does what</a>' in page
    assert not Comment.objects.exists()
    digest = page.split('name="checked" value="')[1].split('"')[0]
    assert client.post(path, {"text": LIKE[0], "name": "Dana", "checked": digest}).status_code == 303
    shown = client.post(f"{post.get_absolute_url()}/preview", {"text": LIKE[0]}).content.decode()
    assert "Say it *there*." in shown


def test_a_press_parks_it_and_the_numbers_tell(grades, post, as_bob, client):
    made = make_thread(post, "a(b)")
    for text in LIKE[:3]:
        write(post, text, made["b"])
    case = open_case(post=post, comment=made["a"])
    page = as_bob.get(f"/moderation/cases/{case.pk}/").content.decode()
    assert "Park it on grades" in page
    answer = as_bob.post(f"/moderation/comments/{made['a'].pk}/move/", {"topic": grades.pk}, follow=True)
    assert "Moved 5 comments to" in answer.content.decode()
    assert "5 comments were moved to Grades: who does what" in client.get(post.get_absolute_url()).content.decode()
    assert [(matched, parked) for _, matched, parked in numbers_of(grades)] == [(3, 5)]


def test_all_of_a_post_that_look_like_it_are_parked_and_taken_back_with_one_press(grades, post, as_bob, bob):
    made = make_thread(post, "a(b)c")
    first = write(post, LIKE[0], made["b"])
    below = write(post, LIKE[1], first)
    write(post, "Calm words.", below)
    write(post, LIKE[2])
    address = f"/moderation/parking/{grades.pk}/{post.pk}/"
    page = as_bob.get(address).content.decode()
    assert page.count('type="checkbox"') == 3
    later = write(post, LIKE[3])
    chosen = list(Comment.objects.filter(source__in=LIKE[:3]).values_list("pk", flat=True))
    before = list(Comment.objects.filter(post=post).in_thread_order().values())
    done = as_bob.post(address, {"comment": chosen}).content.decode()
    assert "4 comments parked" in done
    assert Comment.objects.get(pk=later.pk).post == post
    assert set(Comment.objects.filter(post=grades.post, level=0).values_list("source", flat=True)) == {LIKE[0], LIKE[2]}
    batch = Decision.objects.last().batch
    assert "Undone." in as_bob.post(address, {"undo": batch}).content.decode()
    assert list(Comment.objects.filter(post=post).in_thread_order().values()) == before
    assert find_faults() == []
    # What stands under another post cannot be reached from this one's page.
    elsewhere = write(make_post("Elsewhere"), LIKE[0])
    as_bob.post(address, {"comment": [elsewhere.pk]})
    assert Comment.objects.get(pk=elsewhere.pk).post.title == "Elsewhere"
    assert undo_batch(batch=park_all(topic=grades, comment_ids=[later.pk], moderator=bob).batch, moderator=bob).lines


def test_a_report_of_off_topic_offers_the_topic(grades, post, as_bob):
    comment = write(post, LIKE[0])
    report = report_comment(comment=comment, category="off_topic", text="")
    page = as_bob.get(f"/moderation/cases/{report.case_id}/").content.decode()
    assert '<details class="move" open>' in page
    assert "All comments of this post that look like grades" in page


def test_a_post_is_found_by_title_or_address(post, as_bob):
    comment = write(post, "Fine.")
    address = f"/moderation/comments/{comment.pk}/move/"
    rota, rotas = make_post("Rota"), make_post("Rota of the hostel")
    assert "No published post" in as_bob.post(address, {"to": "Rotten"}).content.decode()
    assert Comment.objects.get(pk=comment.pk).post == post
    as_bob.post(address, {"to": "rota"})
    assert Comment.objects.get(pk=comment.pk).post == rota
    asked = as_bob.post(address, {"to": "Rot"}).content.decode()
    assert asked.count('type="radio"') == 2
    assert as_bob.post(address, {"to": "Rota"}).status_code == 409
    as_bob.post(address, {"to": f"http://testserver{rotas.get_absolute_url()}"})
    assert Comment.objects.get(pk=comment.pk).post == rotas
    as_bob.post(address, {"post": str(post.pk)})
    assert Comment.objects.get(pk=comment.pk).post == post
    assert find_faults() == []


def test_the_owner_names_a_topic_and_changes_it(post, as_alice, as_bob):
    own = make_post("Grades: who does what")
    sent = {"name": "grades", "words": WORDS, "rule": "There.", "own_post": own.title, "active": "until"}
    wrong = as_alice.post("/moderation/topics/new/", sent | {"own_post": "Nowhere"})
    assert wrong.status_code == 422
    assert "No published post has this title" in wrong.content.decode()
    assert "Enter the last day" in as_alice.post("/moderation/topics/new/", sent).content.decode()
    as_alice.post("/moderation/topics/new/", sent | {"until": "2030-01-31"})
    topic = Topic.objects.get()
    assert (topic.post, topic.until) == (own, datetime.date(2030, 1, 31))
    as_alice.post(topic.get_absolute_url(), sent | {"active": "post", "under": post.get_absolute_url()})
    topic.refresh_from_db()
    assert (topic.active, topic.only_post) == ("post", post)
    write(post, LIKE[0])
    page = as_alice.get("/moderation/topics/").content.decode()
    assert "<td>1</td><td>0</td>" in page
    for address in ("/moderation/topics/", "/moderation/topics/new/", topic.get_absolute_url()):
        assert as_bob.get(address).status_code == 403


def test_what_is_parked_twice_is_told(grades, post, bob):
    comment = write(post, LIKE[0])
    park(topic=grades, comment_id=comment.pk, moderator=bob)
    assert park_all(topic=grades, comment_ids=[comment.pk], moderator=bob).lines == []
    assert Post.objects.get(pk=grades.post_id).comment_count == 1
