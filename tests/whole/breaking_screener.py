"""A screener that fails as code does: with what it was working on in its message."""

from forum.screening import Draft, Verdict
from moderation.screening import screen_comment
from tests.whole.doors import BREAKS


def screen(draft: Draft) -> Verdict:
    if BREAKS in draft.source:
        raise RuntimeError(f"cannot read {draft.source!r}")
    return screen_comment(draft)
