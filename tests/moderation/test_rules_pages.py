"""The owner's pages for rules and reasons."""

import time

import pytest

from forum import site
from forum.models import Comment, Post
from moderation.models import Case, Reason, Rule, reasons_shown
from moderation.services import open_case
from tests.scenery import make_post, make_rule, write, write_with_code

pytestmark = pytest.mark.django_db

PAGES = [
    "/moderation/rules/",
    "/moderation/rules/new/words/",
    "/moderation/rules/{rule}/",
    "/moderation/rules/{rule}/?try",
    "/moderation/reasons/",
    "/moderation/reasons/{reason}/",
]
ACTIONS = [
    ("/moderation/rules/", {"comments": "closed", "away_after_hours": "3"}),
    ("/moderation/rules/new/words/", {"wanted": "x", "answer": "refuse", "why": "x", "do": "on"}),
    ("/moderation/rules/{rule}/", {"do": "delete"}),
    ("/moderation/rules/{rule}/", {"do": "off"}),
    ("/moderation/rules/{rule}/move/", {"to": "down"}),
    ("/moderation/reasons/", {"label": "x", "sentence": "x"}),
    ("/moderation/reasons/{reason}/", {"do": "delete"}),
    ("/moderation/reasons/{reason}/move/", {"to": "down"}),
]


@pytest.fixture
def there():
    return {"rule": Rule.objects.get().pk, "reason": Reason.objects.first().pk}


@pytest.mark.parametrize("path", PAGES)
def test_only_the_owner_sees_rules_and_reasons(path, there, client, as_bob, as_alice):
    path = path.format(**there)
    assert [client.get(path).status_code, as_bob.get(path).status_code] == [302, 403]
    assert as_alice.get(path).status_code == 200


@pytest.mark.parametrize(("path", "sent"), ACTIONS)
def test_nobody_else_changes_them(path, sent, there, client, as_bob):
    def stored():
        return list(Rule.objects.values()), list(Reason.objects.values()), site.stored().comments

    before = stored()
    path = path.format(**there)
    assert [client.post(path, sent).status_code, as_bob.post(path, sent).status_code] == [403, 403]
    assert stored() == before


def test_a_rule_is_tried_out_then_switched_on_then_off_then_deleted(as_alice, post):
    write(post, "At the pass there is a class.")
    write(post, "An ass, he said.")
    path, typed = "/moderation/rules/new/words/", {"wanted": "ass\n\n ass", "answer": "hold", "why": "A rude word."}
    tried = as_alice.post(path, typed | {"do": "try"}).content.decode()
    assert "<strong>1</strong> of the last 2 comments" in tried
    assert "An <mark>ass</mark>, he said." in tried
    assert Rule.objects.count() == 1
    as_alice.post(path, typed | {"do": "save"})
    as_alice.post(path, typed | {"do": "save"})
    rule = Rule.objects.get(kind="words")
    assert (rule.active, rule.wanted, rule.position) == (False, "ass", 2)
    assert write(post, "What an ass!").is_published
    own = f"/moderation/rules/{rule.pk}/"
    assert "Save and switch on" in as_alice.get(f"{own}?try").content.decode()
    as_alice.post(own, typed | {"do": "on"})
    held = write(post, "You ass!")
    assert (held.state, held.reason) == (Comment.State.HELD, "A rude word.")
    as_alice.post(own, {"do": "off"})
    assert write(post, "That ass!").is_published
    as_alice.post(own, {"do": "delete"})
    assert Rule.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "wrong"),
    [
        ("words", {"wanted": ""}, "Enter at least one line"),
        ("words", {"wanted": "x", "why": ""}, "Enter what its author is told"),
        ("pattern", {"wanted": "(a"}, "without a “)”"),
        ("pattern", {"wanted": "a*"}, "even an empty one"),
        ("links", {"wanted": "", "number": ""}, "Enter a number of links"),
        ("links", {"wanted": "not a host"}, "is no host"),
        ("links", {"number": "-1"}, "from 0 to 100"),
        ("name", {"wanted": "Al"}, "three letters"),
        ("age", {"number": "0"}, "from 1 to 36,500"),
        ("age", {"number": "99999999999"}, "from 1 to 36,500"),
        ("hours", {"begins": "22:00", "ends": "22:00"}, "Enter another time"),
        ("hours", {"begins": "25:00", "ends": "22:00"}, "Enter a time such as"),
        ("words", {"wanted": "a\x00b"}, "Null characters"),
        ("words", {"wanted": "x", "answer": "burn"}, "not one of the available choices"),
    ],
)
def test_a_rule_that_cannot_be_is_not_stored_and_comes_back(as_alice, kind, typed, wrong):
    sent = {"answer": "hold", "why": "Kept words.", "do": "on"} | typed
    response = as_alice.post(f"/moderation/rules/new/{kind}/", sent)
    assert response.status_code == 422
    assert wrong in response.content.decode()
    assert sent["why"] in response.content.decode()
    assert Rule.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "typed", "summary"),
    [
        ("links", {"number": "5"}, "more than 5 links"),
        ("links", {"wanted": "https://www.Spam.example/x\nspam.example"}, "to spam.example"),
        ("age", {"number": "30"}, "older than 30 days"),
        ("hours", {"begins": "22:30", "ends": "06:00"}, "22:30 to 06:00"),
        ("name", {"wanted": "Jane Holmfield"}, "Jane Holmfield"),
        ("pattern", {"wanted": r"v[i1]agra"}, "v[i1]agra"),
    ],
)
def test_each_kind_is_stored_and_read_back(as_alice, post, kind, typed, summary):
    path = f"/moderation/rules/new/{kind}/"
    assert as_alice.post(path, typed | {"answer": "publish", "do": "on"}).status_code == 303
    rule = Rule.objects.latest("pk")
    assert (rule.kind, rule.active) == (kind, True)
    assert rule in Rule.active_rows()
    assert summary.split(",")[0] in rule.summary
    assert write(post, "Hello.").is_published


def test_a_reader_can_put_nothing_into_the_owners_page(as_alice, post):
    write(post, "<script>alert(1)</script> ass <b>", name="<i>")
    typed = {"wanted": "ass", "answer": "hold", "why": "x", "do": "try"}
    page = as_alice.post("/moderation/rules/new/words/", typed).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>ass</mark> &lt;b&gt;" in page
    assert "<script>alert" not in page


def test_order_is_changed_one_place_at_a_time_and_stays_within_the_list(as_alice):
    rules = [Rule.objects.get(), make_rule("b"), make_rule("c")]

    def order():
        return [rules.index(rule) for rule in Rule.objects.all()]

    for at, to, expected in [(2, "up", [0, 2, 1]), (2, "up", [2, 0, 1]), (2, "up", [2, 0, 1]), (1, "down", [2, 0, 1]), (0, "down", [2, 1, 0])]:  # fmt: skip
        as_alice.post(f"/moderation/rules/{rules[at].pk}/move/", {"to": to})
        assert order() == expected


def test_the_owner_chooses_what_holds_for_the_whole_site(as_alice, post):
    assert as_alice.post("/moderation/rules/", {"comments": "hold_links", "away_after_hours": "12"}).status_code == 303
    found = site.stored()
    assert (found.comments, found.away_after_hours, found.away) == ("hold_links", 12, False)
    assert found.queue_opened_at is not None
    assert write(post, "http://a.example").state == Comment.State.HELD
    wrong = as_alice.post("/moderation/rules/", {"comments": "never", "away_after_hours": "-1"})
    assert wrong.status_code == 422


def test_a_post_has_one_mode(as_alice):
    sent = {"title": "Quiet", "body": "Words.", "publish": "now"}
    for mode in ["open", "hold_links", "hold_all", "closed"]:
        as_alice.post("/desk/posts/new/", sent | {"comments": mode, "title": mode})
        post = Post.objects.get(title=mode)
        assert post.mode == mode
        page = as_alice.get(f"/desk/posts/{post.pk}/").content.decode()
        assert (
            f'value="{mode}" id="id_comments_{["open", "hold_links", "hold_all", "closed"].index(mode)}" checked'
            in page
        )


def test_a_thousand_comments_are_looked_through_in_about_a_second(as_alice):
    post = make_post("Long")
    texts = [
        "An ordinary remark about desks and rotas, with some “quotes” and a café. " * 8 + str(n) for n in range(1000)
    ]
    Comment.objects.bulk_create(
        Comment(post=post, state="published", number=n + 1, posted_at=post.published_at, published_at=post.published_at, source=text, html=f"<p>{text}</p>", tree_id=n + 1, lft=1, rght=2, level=0)
        for n, text in enumerate(texts)
    )  # fmt: skip
    slowest = {}
    for kind, wanted in [("words", "zebra\n999"), ("name", "Jane Holmfield\nR v Oakhurst"), ("pattern", r"\bd[e3]sks\b.*99\d"), ("links", "spam.example")]:  # fmt: skip
        begun = time.process_time()
        page = as_alice.post(
            f"/moderation/rules/new/{kind}/", {"wanted": wanted, "answer": "hold", "why": "x", "do": "try"}
        )
        slowest[kind] = time.process_time() - begun
        assert "of the last 1,000 comments" in page.content.decode()
    assert max(slowest.values()) < 2


def test_reasons_are_what_moderators_choose_from_in_the_owners_order(as_alice, as_bob, post):
    as_alice.post("/moderation/reasons/", {"label": "Grades", "sentence": "Not again about grades.", "active": "on"})
    reason = Reason.objects.get(label="Grades")
    assert (reason.sentence, reason.position) == ("Not again about grades", 9)
    for _ in range(10):
        as_alice.post(f"/moderation/reasons/{reason.pk}/move/", {"to": "up"})
    assert reasons_shown()[0] == reason
    comment, _ = write_with_code(post, "Band 4 or nothing.")
    case = open_case(post=post, comment=comment)
    sent = {"version": case.version, "action": "remove", "reason": "Not again about grades"}
    as_alice.post(f"/moderation/reasons/{reason.pk}/", {"label": "Grades", "sentence": "Not again about grades"})
    assert as_bob.post(f"{case.get_absolute_url()}decision/", sent).status_code == 422, "it is switched off"
    as_alice.post(
        f"/moderation/reasons/{reason.pk}/", {"label": "G", "sentence": "Not again about grades", "active": "on"}
    )
    assert as_bob.post(f"{case.get_absolute_url()}decision/", sent).status_code == 303
    comment.refresh_from_db()
    assert comment.reason == "Not again about grades"
    as_alice.post(f"/moderation/reasons/{reason.pk}/", {"do": "delete"})
    assert Case.objects.get().decisions.get().reason == "Not again about grades"


def test_two_reasons_that_readers_could_not_tell_apart_are_refused(as_alice):
    response = as_alice.post("/moderation/reasons/", {"label": "Other", "sentence": "Spam.", "active": "on"})
    assert response.status_code == 422
    assert "says the same to readers" in response.content.decode()
