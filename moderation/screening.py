"""The answer to `FORUM_SCREENER`: may this comment be published at once?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.utils import timezone

from forum import modes, site
from forum.extracts import count_links
from forum.modes import Mode
from forum.screening import PUBLISH, Answer, Draft, Verdict
from moderation.models import Rule
from moderation.rule_matching import Found, find, in_words

WHERE = {"site": "on this site", "post": "on this post", "away": "while no moderator is here"}


def screen_comment(draft: Draft) -> Verdict:
    """Apply the owner's rules, then the mode of the site and of the post.

    A refusal stands. Where everything holds, a rule that publishes changes nothing; where links hold, it does.
    A draft whose post is not stored yet is a discussion that a reader begins; the owner reads it in any case.
    """
    rule, found = first_that_speaks(Rule.active_rows(), draft, timezone.now())
    verdict = verdict_of(rule, found) if rule and found else None
    if verdict and verdict.answer is Answer.REFUSE:
        return verdict
    now = modes.now_for(draft.post, site.current())
    if now.mode == Mode.HOLD_ALL:
        return Verdict(Answer.HOLD, now.sentence, rule=f"all {WHERE[now.where]}")
    if verdict is None and now.mode == Mode.HOLD_LINKS and (links := count_links(draft.html)):
        return Verdict(Answer.HOLD, now.sentence, rule=f"links {WHERE[now.where]}", detail=in_words(links))
    return verdict or PUBLISH


def first_that_speaks(
    rules: Iterable[Rule], draft: Draft, now: datetime.datetime
) -> tuple[Rule, Found] | tuple[None, None]:
    """The first rule that finds something, and what. What it cannot be sure of never publishes."""
    for rule in rules:
        found = find(rule, draft, now)
        if found and not (found.unsure and rule.answer == Rule.Answer.PUBLISH):
            return rule, found
    return None, None


def verdict_of(rule: Rule, found: Found) -> Verdict:
    """What a rule says of what it found. Who is refused is told what to take out; who is held is not."""
    answer = Answer(rule.answer)
    if answer is Answer.PUBLISH:
        return PUBLISH
    detail = ", ".join(found.words)[:300]
    if answer is Answer.REFUSE and not found.unsure:
        told = f"{rule.why} It is about: “{detail}”." if found.places else rule.why
        return Verdict(Answer.REFUSE, told, rule=rule.kind, detail=detail)
    return Verdict(Answer.HOLD, rule.why, rule=rule.kind, detail=detail)
