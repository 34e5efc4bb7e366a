"""What is new: since a moment in the address, since the last visit, and while somebody reads."""

import datetime
import json
import re
import string

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from forum import new_since, seen
from forum.reader_cookies import READING, SEEN
from forum.seen import Visit
from forum.services.comments import remove_comment
from forum.threads import PAGE_SIZE
from tests.scenery import at, make_post, make_thread, write

NUMBERS = st.integers(0, 100_000)
VISITS = st.builds(
    lambda known, more, minute: Visit(known, known + more, minute), NUMBERS, NUMBERS, st.integers(0, 60**4)
)
SEENS = st.dictionaries(st.integers(1, 2**31), VISITS, max_size=80)
NOW = datetime.datetime(2026, 11, 22, 14, 2, 40, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


class TestCookie:
    @given(SEENS)
    @example({post: Visit(90_000, 99_000, 60**4) for post in range(2**31, 2**31 + 80)})
    def test_what_is_written_is_read_again_and_the_oldest_fall_out(self, before):
        text = seen.write(before)
        after = seen.read(text)
        assert len(f"{SEEN}={text}") < 1024
        assert set(text) <= set(string.ascii_letters + string.digits + ".-")
        assert list(after.items()) == list(before.items())[len(before) - len(after) :]
        assert len(after) <= seen.MOST_POSTS

    @given(st.dictionaries(st.integers(1, 200_000), st.builds(Visit, *[st.just(500)] * 2, NUMBERS), min_size=60))
    def test_sixty_posts_of_the_usual_size_find_room(self, before):
        assert len(seen.read(seen.write(before))) == seen.MOST_POSTS

    @given(st.one_of(st.text(), st.text(alphabet="01.-zA", max_size=60).map("1.".__add__)))
    def test_garbage_is_passed_over(self, text):
        found = seen.read(text)
        assert seen.read(seen.write(found)) == found
        assert all(0 <= visit.known <= visit.newest for visit in found.values())

    def test_one_broken_entry_spoils_no_other(self):
        whole = seen.look({}, post=7, newest=12, now=NOW)
        assert seen.read(seen.write(whole) + ".x-y.é") == whole
        assert seen.read("1.é-1-1-1." + seen.write(whole)[2:]) == whole

    @given(SEENS, st.integers(1, 50), NUMBERS)
    def test_the_post_read_last_stands_at_the_end(self, before, post, newest):
        after = seen.look(before, post=post, newest=newest, now=NOW)
        assert list(after)[-1] == post
        assert after[post].known <= after[post].newest == newest
        assert {other: visit for other, visit in after.items() if other != post} == {
            other: visit for other, visit in before.items() if other != post
        }


class TestVisits:
    def look(self, before, newest, minutes):
        return seen.look(before, post=7, newest=newest, now=NOW + minutes * MINUTE)

    def test_nothing_is_new_at_the_first_visit(self):
        assert self.look({}, 12, 0)[7].known == 12

    def test_reloading_clears_no_mark_and_another_visit_does(self):
        found = self.look(self.look({}, 12, 0), 15, 60)
        assert found[7].known == 12
        for minutes in (61, 70, 79):
            found = self.look(found, 16, minutes)
            assert found[7].known == 12
        found = self.look(found, 20, 89)
        assert found[7].known == 16

    def test_a_clock_that_was_wrong_ends_the_visit(self):
        assert self.look({7: Visit(3, 9, 10**7)}, 12, 0)[7].known == 9

    def test_what_one_wrote_is_not_new_when_nothing_came_between(self):
        found = self.look({}, 12, 0)
        assert seen.wrote(found, post=7, number=13)[7] == Visit(13, 13, found[7].minute)
        assert seen.wrote(found, post=7, number=15) == found
        assert seen.wrote(found, post=8, number=1) == found
        assert seen.wrote(self.look(found, 14, 60), post=7, number=15)[7].known == 12


class TestSince:
    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("hour", "2026-11-22T13:02"),
            ("today", "2026-11-22T00:00"),
            ("day", "2026-11-21T14:02"),
            ("week", "2026-11-15T14:02"),
            ("2026-11-22T14:02", "2026-11-22T14:02"),
            ("2026-11-22", "2026-11-22T00:00"),
            ("2026-07-01T12:00", "2026-07-01T12:00"),
            ("2026-07-01T12:00Z", "2026-07-01T13:00"),
            ("2026-07-01T12:00+01:00", "2026-07-01T12:00"),
            ("2026-07-01T12:00 01:00", "2026-07-01T12:00"),
        ],
    )
    def test_moments(self, text, moment):
        assert f"{new_since.read_since(text, NOW).moment:%Y-%m-%dT%H:%M}" == moment

    @pytest.mark.parametrize(
        "text", ["", "yesterday", "14:02", "2026-13-01", "1066-10-14T09:00", "9" * 400, "\x00", "é"]
    )
    def test_what_is_no_moment(self, text):
        assert new_since.read_since(text, NOW) is None

    def test_a_bookmark_is_read_as_the_same_minute(self):
        summer = datetime.datetime(2026, 7, 1, 12, 30, 59, tzinfo=datetime.UTC)
        for now in (NOW, summer):
            again = new_since.read_since(new_since.bookmark(now), now)
            assert again.moment == now.replace(second=0, microsecond=0)

    @pytest.mark.django_db
    def test_numbers_since_a_minute_count_that_minute_and_only_what_can_be_read(self):
        post = make_post()
        with at("2026-11-22T14:00"):
            write(post, "Before.")
        with at("2026-11-22T14:02:50"):
            write(post, "In that minute.")
            gone = write(post, "Removed.")
        remove_comment(comment_id=gone.pk, reason="It names somebody.")
        write(make_post("Other"), "Elsewhere.")
        assert new_since.numbers_since(post, NOW.replace(second=0)) == {2}


def test_the_new_one_after_each_new_one():
    assert new_since.following([1, 5, 2, 3, 6], {5, 3, 6, 99}) == {5: 3, 3: 6}
    assert new_since.following([1, 2], set()) == {}


@pytest.mark.django_db
class TestCheckWhileReading:
    def check(self, client, post, after):
        response = client.get(f"{post.get_absolute_url()}/new", {"after": after})
        return response, json.loads(response.content) if response.status_code == 200 else None

    def test_it_counts_what_can_be_read_above_a_number(self, client, django_assert_max_num_queries):
        post = make_post()
        made = make_thread(post, "a(b)c")
        remove_comment(comment_id=made["b"].pk, reason="Abuse")
        with django_assert_max_num_queries(2):
            response, found = self.check(client, post, 1)
        assert found == {"new": 1}
        assert "max-age=0" in response.headers["Cache-Control"]
        assert response.cookies == {}
        assert self.check(client, post, 3)[1] == {"new": 0}

    @pytest.mark.parametrize("after", ["", "-1", "x", "9" * 30])
    def test_no_number(self, client, after):
        assert self.check(client, make_post(), after)[0].status_code == 404


@pytest.mark.django_db
class TestRemembering:
    def test_the_button_begins_with_the_post_it_stands_under(self, client):
        post = make_post("Rooms")
        make_thread(post, "a(b)c")
        html = client.post("/reading/seen/", {"post": post.pk}, follow=True).content.decode()
        assert "marks what is new" in html
        assert f'href="{post.get_absolute_url()}#comments"' in html
        cookie = client.cookies[SEEN]
        assert cookie["max-age"] == 90 * 24 * 3600
        assert cookie["httponly"]
        assert seen.read(cookie.value)[post.pk].known == 3
        assert "holds 1 post now" in html

    def test_forgetting(self, client):
        client.post("/reading/seen/")
        html = client.post("/reading/seen/deletion/", follow=True).content.decode()
        assert client.cookies[SEEN]["max-age"] == 0
        assert "Forgotten" in html

    @pytest.mark.parametrize("post", ["", "x", "999999", "-1"])
    def test_a_post_that_is_none(self, client, post):
        assert client.post("/reading/seen/", {"post": post}).status_code == 303
        assert seen.read(client.cookies[SEEN].value) == {}

    def test_counts_since_the_last_visit(self, django_assert_num_queries):
        rooms, desks, rota = make_post("Rooms"), make_post("Desks"), make_post("Rota")
        for post in (rooms, desks, rota):
            make_thread(post, "abc")
            post.refresh_from_db()
        minute = (timezone.now() - seen.FIRST_MINUTE) // MINUTE
        found = {rooms.pk: Visit(0, 1, minute), desks.pk: Visit(3, 3, minute)}
        with django_assert_num_queries(1):
            assert new_since.counts_since_last_visit([rooms, desks, rota], found) == {rooms.pk: 2}
        with django_assert_num_queries(0):
            assert new_since.counts_since_last_visit([desks, rota], found) == {}


@pytest.mark.django_db
class TestPage:
    """A thread `a(b(c)d)e` whose comments 2, 3 and 5 are new."""

    @pytest.fixture
    def scene(self):
        post = make_post("Rooms")
        with at("2026-11-22T09:00"):
            made = make_thread(post, "a")
            write(post, "This is e.")
        with at("2026-11-22T12:30"):
            b = write(post, "This is b.", made["a"])
            write(post, "This is c.", b)
            write(post, "This is d.", made["a"])
        post.refresh_from_db()
        return post

    def page(self, client, post, query="?since=2026-11-22T12:30"):
        return client.get(post.get_absolute_url() + query).content.decode()

    def visited(self, client, post, known, *, minutes_ago=60):
        minute = (timezone.now() - seen.FIRST_MINUTE) // MINUTE - minutes_ago
        client.cookies[SEEN] = seen.write({post.pk: Visit(known, known, minute)})

    def test_new_ones_are_marked_counted_and_lead_to_each_other(self, client, scene):
        html = self.page(client, scene)
        marked = [part.split('"')[0] for part in html.split('id="c')[1:] if 'class="new">New</strong>' in part]
        assert marked == ["3", "4", "5"]
        assert "5 comments, 3 new</h2>" in html
        assert '<a href="#c3">First new</a>' in html
        assert "<summary>3 replies, 3 new</summary>" in html
        assert re.findall(r'<a href="([^"]*)">Next new', html) == ["#c4", "#c5"]
        assert "3 comments since 12:30, 22 November 2026 are marked" in html

    def test_flat_views_mark_them_too_and_keep_what_was_asked(self, client, scene):
        html = self.page(client, scene, "?view=newest&since=2026-11-22T12:30")
        assert html.count('class="new">New') == 3
        assert '<a href="#c5">First new</a>' in html

    def test_on_a_long_thread_the_way_leads_to_other_pages_and_marks_the_same_there(self, client, scene):
        with at("2026-11-22T13:00"):
            for number in range(PAGE_SIZE - 5):
                write(scene, f"Old hat {number}.")
        with at("2026-11-22T14:00"):
            write(scene, "The last of the first page.", scene.comments.get(number=1))
            write(scene, "The first of the second page.")
        html = self.page(client, scene, "?since=2026-11-22T14:00")
        assert f'<a href="?since=2026-11-22T14%3A00&c={PAGE_SIZE + 2}#c{PAGE_SIZE + 2}">Next new' in html
        assert f'href="{scene.get_absolute_url()}?since=2026-11-22T14%3A00&amp;page=2#comments"' in html
        there = self.page(client, scene, f"?since=2026-11-22T14%3A00&c={PAGE_SIZE + 2}")
        assert there.count('class="new">New') == 1
        assert "2 new</h2>" in there

    def test_a_moment_that_is_none_is_said_and_nothing_is_marked(self, client, scene):
        html = self.page(client, scene, "?since=soon")
        assert "a time that cannot be read" in html
        assert 'class="new"' not in html

    def test_without_asking_nothing_is_said_of_now_and_nothing_is_kept(self, client, scene):
        response = client.get(scene.get_absolute_url())
        html = response.content.decode()
        assert "You read this at" not in html
        assert 'class="new"' not in html
        assert response.cookies == {}
        client.cookies[READING] = "x"  # Nothing of ours, but no kept page is served.
        with at("2027-01-01T10:00"):
            assert self.page(client, scene, "") == html

    def test_the_device_that_remembers_marks_until_ten_minutes_lie_between(self, client, scene):
        self.visited(client, scene, 2)
        for _ in range(2):
            assert self.page(client, scene, "").count('class="new">New') == 3
        self.visited(client, scene, 5, minutes_ago=30)
        assert self.page(client, scene, "").count('class="new">New') == 0

    def test_marking_costs_one_query_and_only_when_something_came(self, client, scene):
        def count():
            with CaptureQueriesContext(connection) as asked:
                self.page(client, scene, "")
            return len(asked)

        client.cookies[READING] = "dark"  # So that no page is kept for it.
        self.page(client, scene, "")  # The site's settings are in memory from here on.
        plain = count()
        self.visited(client, scene, 5)
        assert count() == plain
        self.visited(client, scene, 2)
        assert count() == plain + 1

    def test_home_says_how_many_came(self, client, scene):
        assert "new<span" not in client.get("/").content.decode()
        self.visited(client, scene, 3)
        assert "5 comments, 2 new<span" in client.get("/").content.decode()
        self.visited(client, scene, 5)
        assert "new<span" not in client.get("/").content.decode()

    def test_what_one_writes_is_not_new_to_oneself(self, client, scene):
        self.visited(client, scene, 5, minutes_ago=1)
        client.post(f"{scene.get_absolute_url()}/comments", {"text": "Mine."}, follow=True)
        assert 'class="new"' not in self.page(client, scene, "")

    def test_garbage_in_the_cookie_marks_nothing_and_is_replaced(self, client, scene):
        client.cookies[SEEN] = "1.x-y-z.\x7f"
        assert 'class="new"' not in self.page(client, scene, "")
        assert seen.read(client.cookies[SEEN].value)[scene.pk].known == 5

    def test_paper_shows_everything_without_forms_and_says_when_it_was_printed(self, client, scene):
        write(scene, "\n\n".join(["A long notice, pasted whole, word by word. " * 4] * 20))
        with at("2026-11-22T15:04"):
            html = self.page(client, scene, "?print=1")
        assert f"From {scene.address}" in html
        assert "printed 22 November 2026, 15:04" in html
        assert 'id="write"' not in html
        assert html.count("<details") == html.count(" open>") > 0
        assert html.count('<article class="c"') == 6


@pytest.mark.django_db
def test_the_usual_view_is_the_one_that_was_saved(client):
    post = make_post("Rooms")
    make_thread(post, "a(b)c")
    path = post.get_absolute_url()
    client.post("/reading/", {"view": "newest"})

    def order(query=""):
        html = client.get(path + query).content.decode()
        return html, [part.split('"')[0] for part in html.split('<article class="c" id="c')[1:]]

    html, numbers = order()
    assert numbers == ["3", "2", "1"]
    assert f'href="{path}?view=threads#comments">Conversations' in html
    assert order("?view=threads")[1] == ["1", "2", "3"]
    assert order("?view=oldest")[1] == ["1", "2", "3"]
    assert order("?c=2")[1] == ["1", "2", "3"]
    assert "<details open>" in order("?c=2")[0]
    assert "<details>" in order("?fold=all")[0]
