"""The cast (Alice owns, Bob moderates, Charlie subscribes, Dana and Eve are anonymous) and the scenery."""

from __future__ import annotations

import time
from importlib import import_module

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.test import Client
from hypothesis import HealthCheck, settings

from accounts.digests import fragments, rendering
from accounts.models import User
from accounts.roles import Role
from accounts.team import make_staff
from config.launch.processes import Processes
from forum import page_cache
from forum.memory import Silence
from forum.site import Here
from tests.scenery import make_post
from tests.site import Site

# A third of what hypothesis would try by itself: both halves of the run try, and `make prove` tries more.
# On a busy machine it would take what is slow there for a fault.
settings.register_profile("suite", deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
PASSWORD = "quiet river under seven bridges"


@receiver(post_migrate)
def _put_rules_and_reasons_back(sender, **kwargs):
    """A test with transactions of its own leaves empty tables behind, without what a new site begins with."""
    if sender.label == "moderation":
        import_module("moderation.migrations.0007_rules").seed(apps, None)


@pytest.fixture(autouse=True)
def _fresh_memory():
    """Counters of one test must not slow the next, nor its pages be served there, nor its dead Redis be left alone."""
    Silence.until = 0.0
    Here.keep(None)
    for cache in caches.all(initialized_only=False):
        cache.clear()
    page_cache.KEPT.clear()
    fragments.KEPT.kept.clear()
    rendering.MOULDS.clear()


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """Real hashing takes a third of a second, hundreds of times; the sites that tests start keep it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PHRASE_COST = {"memory_cost": 8, "iterations": 1, "lanes": 1}


@pytest.fixture
def middle_of_a_window(monkeypatch):
    """The clock stands in the middle of the ten minutes in which uses are counted, so that none falls into the next."""
    real = time.time
    shift = 300 - real() % 600
    monkeypatch.setattr(time, "time", lambda: real() + shift)


@pytest.fixture
def path(post):
    """Where comments on the post are sent."""
    return f"{post.get_absolute_url()}/comments"


@pytest.fixture
def processes():
    with Processes() as family:
        yield family


@pytest.fixture
def site(tmp_path, processes) -> Site:
    """The whole site with the demo content, running."""
    made = Site(tmp_path, processes, demo=True)
    made.start()
    return made


@pytest.fixture
def post(db):
    return make_post("The second desk review")


@pytest.fixture
def alice(db) -> User:
    make_staff("alice@example.org", Role.OWNER, PASSWORD)
    return User.objects.get(email="alice@example.org")


@pytest.fixture
def bob(db) -> User:
    make_staff("bob@example.org", Role.MODERATOR, PASSWORD)
    return User.objects.get(email="bob@example.org")


@pytest.fixture
def as_alice(alice) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def as_bob(bob) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session, exitstatus):
    """A skipped test is a part that is missing: it fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = 1
