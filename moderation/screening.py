"""The answer to `FORUM_SCREENER`: may this comment be published at once?"""

import datetime
import re

from django.utils import timezone

from forum.extracts import count_links
from forum.models import Post
from forum.screening import PUBLISH, Answer, Draft, Verdict
from moderation.models import ScreeningRules


def screen_comment(draft: Draft) -> Verdict:
    """Apply the owner's rules, the strictest first. The first that speaks decides.

    A draft whose post is not stored yet is a discussion that a reader begins; the owner reads it in any case.
    """
    rules = ScreeningRules.current()
    text = f"{draft.name}\n{draft.source}"
    if found := words_in(text, rules.refused_words):
        kind = "comments" if draft.post.pk else "discussions"
        reason = f"The owner of this site refuses {kind} with “{found[0]}”. Take it out, then post again."
        return Verdict(Answer.REFUSE, reason, rule="refused word", detail=", ".join(found))
    if rules.hold_everything or draft.post.hold_comments:
        where = "this site" if rules.hold_everything else "this post"
        return hold(f"Every comment on {where} is read by a moderator before it appears.", f"all on {where}")
    if found := words_in(text, rules.held_words):
        detail = ", ".join(found)
        return hold("It holds a word that a moderator looks at first.", "word on the list", detail)
    links = count_links(draft.html)
    if links > rules.most_links:
        allowed = "1 link" if rules.most_links == 1 else f"{rules.most_links} links"
        return hold(f"A moderator looks first at comments with more than {allowed}.", "links", f"{links} links")
    if rules.older_than_days and is_older(draft.post, rules.older_than_days):
        reason = f"A moderator looks first at comments on posts older than {rules.older_than_days} days."
        return hold(reason, "old post")
    return PUBLISH


def hold(reason: str, rule: str, detail: str = "") -> Verdict:
    return Verdict(Answer.HOLD, reason, rule=rule, detail=detail[:300])


def is_older(post: Post, days: int) -> bool:
    return post.published_at is not None and timezone.now() - post.published_at > datetime.timedelta(days=days)


def words_in(text: str, listed: str) -> list[str]:
    """The words and phrases of the list (one a line) that stand in the text as whole words."""
    plain = " ".join(text.casefold().split())
    wanted = {" ".join(line.casefold().split()) for line in listed.splitlines()} - {""}
    return sorted(word for word in wanted if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain))
