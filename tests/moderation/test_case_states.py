"""Every transition of a case, allowed and forbidden, with what it leads to."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from forum.errors import ForumError
from forum.integrity import find_faults
from forum.models import Comment, MovedComment, Post
from moderation.models import Appeal, Case, Decision, Redaction, RemovalRequest, Report
from moderation.services.log import first_broken
from tests.moderation.case_verbs import STATES, VERBS, Scene
from tests.scenery import make_post

pytestmark = pytest.mark.django_db


def everything() -> list[Any]:
    """All rows that a transition may touch."""
    kinds = (Case, Comment, Decision, Report, RemovalRequest, Appeal, Redaction, Post, MovedComment)
    return [list(kind._base_manager.order_by("pk").values()) for kind in kinds]


def standing(scene: Scene) -> str:
    """How the newest case about the same stands, and its comment: `open, published`."""
    newest = Case.objects.filter(post=scene.about().post if scene.comment else scene.post, comment=scene.comment).last()
    new = "a new case: " if newest != scene.case else ""
    state = f", {scene.about().state}" if scene.comment else ""
    return f"{new}{newest.outcome or 'open'}{state}"


def what_happens(scene: Scene, verb: str) -> str | None:
    """What one verb leads to, None if it is refused; all is put back afterwards."""
    before = everything()
    with transaction.atomic():
        try:
            with transaction.atomic():
                VERBS[verb](scene)
            led_to = standing(scene)
            assert first_broken() is None
            assert find_faults() == []
        except ForumError as error:
            assert str(error)
            assert everything() == before, verb
            led_to = None
        transaction.set_rollback(True)
    return led_to


# What leads somewhere, to `state of the case, state of the comment`; whatever is not here is refused.
AROUND = {"lock its thread", "slow its thread", "pin a note"}
OF_READABLE = {
    **{verb: f"{verb}, published" for verb in ("note", "redact")},
    "remove": "remove, removed",
    "many: goes": "remove, removed",
}
OFF_TOPIC = dict.fromkeys(("off_topic", "many: off topic"), "off_topic, published")
OF_REPORTED = (
    OF_READABLE
    | OFF_TOPIC
    | {
        "keep": "keep, published",
        "many: stays": "keep, published",
        "move away": "move, published",
        **dict.fromkeys(("open a case", "report", "request", "author: change"), "open, published"),
        **dict.fromkeys(("cover", "cover by readers"), "open, covered"),
        "author: change, and it is held": "open, held",
        "author: withdraw": "withdrawn, withdrawn",
    }
)
OF_HELD = {
    "approve": "approve, published",
    "many: stays": "approve, published",
    "refuse": "refuse, refused",
    "many: goes": "refuse, refused",
    **dict.fromkeys(("redact", "open a case", "request", "move away", "author: change"), "open, held"),
    "author: change, and it is held": "open, held",
    "answer the held comment": "answer, held",
    "author: withdraw": "withdrawn, withdrawn",
}
OF_COVERED = {
    "keep": "keep, published",
    "many: stays": "keep, published",
    "remove": "remove, removed",
    "many: goes": "remove, removed",
    **dict.fromkeys(("redact", "open a case", "request", "move away"), "open, covered"),
    "undo the decision": "open, published",
    "author: withdraw": "withdrawn, withdrawn",
}
OF_REQUESTED = {
    **dict.fromkeys(("remove", "many: goes", "grant, and remove"), "remove, removed"),
    **dict.fromkeys(("redact", "open a case", "report", "request", "move away"), "open, published"),
    **dict.fromkeys(("cover", "cover by readers"), "open, covered"),
    "refuse the request": "keep, published",
    "author: change": "open, published",
    "author: change, and it is held": "open, held",
    "author: withdraw": "withdrawn, withdrawn",
}
ANOTHER = dict.fromkeys(("open a case", "report", "request"), "a new case: open, published")
AND_REMOVED = dict.fromkeys(("open a case", "request", "author: appeal"), "a new case: open, removed")
RESTORED = dict.fromkeys(("restore", "restore, by whoever removed it", "many: stays"), "restore, published")
OF_APPEALED = {
    "restore": "restore, published",
    "dismiss": "dismiss, removed",
    "author: withdraw": "withdrawn, withdrawn",
    **dict.fromkeys(("open a case", "request", "move away"), "open, removed"),
}
TABLE = {
    "reported": OF_REPORTED,
    "undone": OF_REPORTED,
    "held": OF_HELD,
    "covered": OF_COVERED,
    "covered by readers": OF_COVERED,
    "requested": OF_REQUESTED,
    "kept": OF_READABLE
    | OFF_TOPIC
    | ANOTHER
    | {"undo the decision": "open, published", "move away": "keep, published", "author: withdraw": "keep, withdrawn"},
    "off topic": OF_READABLE
    | ANOTHER
    | {"on_topic": "on_topic, published", "undo the decision": "open, published"}
    | {"move away": "off_topic, published", "author: withdraw": "off_topic, withdrawn"},
    "approved": OF_READABLE
    | OFF_TOPIC
    | ANOTHER
    | {"undo the decision": "open, held", "move away": "approve, published", "author: withdraw": "approve, withdrawn"},
    "moved": OF_READABLE
    | OFF_TOPIC
    | ANOTHER
    | {"undo the decision": "open, published", "move away": "move, published", "author: withdraw": "move, withdrawn"}
    | {"author: change": "move, published", "author: change, and it is held": "a new case: open, held"},
    "removed": RESTORED
    | AND_REMOVED
    | {"undo the decision": "open, published", "move away": "remove, removed", "author: withdraw": "remove, withdrawn"}
    | {"without a receipt: look again": "a new case: open, removed"},
    "refused": RESTORED
    | dict.fromkeys(AND_REMOVED, "a new case: open, refused")
    | {"undo the decision": "open, held", "move away": "refuse, refused", "author: withdraw": "refuse, withdrawn"},
    "answered": {
        "approve": "approve, published",
        "many: stays": "approve, published",
        "redact": "redact, held",
        "refuse": "refuse, refused",
        "many: goes": "refuse, refused",
        "undo the decision": "open, held",
        **dict.fromkeys(("answer the held comment", "move away", "author: change"), "answer, held"),
        **dict.fromkeys(("open a case", "request", "author: change, and it is held"), "a new case: open, held"),
        "author: withdraw": "answer, withdrawn",
    },
    "appealed": OF_APPEALED,
    "asked again": OF_APPEALED | {"many: stays": "restore, published", "author: appeal": "open, removed"},
    "withdrawn": {"open a case": "a new case: open, withdrawn", "move away": "withdrawn, withdrawn"},
    # An old case decides nothing while a newer one is open.
    "kept and reported again": {
        **dict.fromkeys(("undo the decision", *ANOTHER), "a new case: open, published"),
        "move away": "a new case: move, published",
        "author: withdraw": "a new case: withdrawn, withdrawn",
    },
    "post": {"dismiss": "dismiss", "request": "open", "open a case": "open"},
    "post requested": {
        "request": "open",
        "open a case": "open",
        "grant, done already": "dismiss",
        "refuse the request": "dismiss",
    },
    "post closed": {"undo the decision": "open", **dict.fromkeys(("request", "open a case"), "a new case: open")},
}


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(state, post, alice, bob):
    scene = Scene(post, make_post("Elsewhere"), bob, alice)
    for step in STATES[state]:
        step(scene)
    around = dict.fromkeys(AROUND if scene.comment else {"pin a note"}, standing(scene))
    assert {verb: led_to for verb in VERBS if (led_to := what_happens(scene, verb))} == TABLE[state] | around
