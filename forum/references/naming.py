"""Which clock times name a comment, by the words around them.

With a sign of its own: an @ that calls somebody, or Anon. Without: a time that opens a comment, is agreed with or
thanked, says or is right about something, is asked or addressed, or is said to be a comment; two joined by “and”
share what stands around them. Stricter with a dot, since sums and paragraphs have one, and strictest with neither
dot nor colon: four digits are a name only after @ or Anon, or between a person's name and “says”.
"""

from __future__ import annotations

from forum.references import after as ahead
from forum.references import before as behind
from forum.references.clocks import Clock, Line

# More times than this joined together are a timetable.
LONGEST_CHAIN = 8


def names(chain: list[Clock], line: Line) -> list[Clock]:
    """Those of joined times that name a comment: from the first with a sign of its own; or all, or none."""
    if len(chain) > LONGEST_CHAIN:
        return []
    signed = [clock for clock in chain if _own_sign(clock)]
    if not signed:
        return chain if _sign(chain, line) else []
    joined = chain[chain.index(signed[0]) :]
    return [clock for clock in joined if clock in signed or not clock.could_be_year]


def _own_sign(clock: Clock) -> bool:
    """Anon before it, or an @ that calls somebody; no amount, appointment or year."""
    before, after = clock.before, clock.after
    if behind.ANON.search(before):
        return not behind.NOT_ANON.search(before) and not (clock.could_be_year and _is_adjective(before, after))
    if not behind.AT_SIGN.search(before) or behind.AMOUNT_AT.search(before):
        return False
    if ahead.EVENT_NEXT.match(after) or ahead.FUTURE.match(after):
        return False
    talks = bool(behind.TALK_BEFORE.search(before))
    return talks or (bool(behind.ADDRESSED_AT.search(before)) and not behind.EVENT_BEFORE.search(before))


def _is_adjective(before: str, after: str) -> bool:
    """“an anonymous 2016 survey”, “Anonymous 2016 Report”"""
    if behind.ADJECTIVE.search(before):
        return True
    followed = (ahead.STOPS, ahead.SAYS, ahead.IS_RIGHT, ahead.YOU, ahead.REPLY, ahead.JOINS)
    return bool(behind.IN_FULL.search(before)) and not any(sign.match(after) for sign in followed)


def _sign(chain: list[Clock], line: Line) -> bool:
    """Whether the words around joined times, or a single one, make them names without @ or Anon."""
    before, after = chain[0].before, chain[-1].after
    if any(clock.bare for clock in chain):
        by_name = len(chain) == 1 and behind.NAME.search(before) and ahead.SAYS.match(after)
        return bool(by_name) and not chain[0].could_be_year
    dotted = any(clock.dotted for clock in chain)
    sentence = behind.SENTENCE_END.split(before)[-1] + " " + behind.SENTENCE_END.split(after)[0]
    if dotted and behind.MEASURE.search(sentence):
        return False
    return bool(
        behind.COMMENT_AT.search(before)
        or _is_addressed(before, after, dotted)
        or _speaks(before, after, dotted)
        or _opens(chain, line)
        or (not dotted and (_is_named(chain) or _is_pair(chain)))
    )


def _is_addressed(before: str, after: str, dotted: bool) -> bool:
    """“I agree with 10:15”, “Thanks 10:15”, “You are right, 10:15.”"""
    if ahead.EVENT_NEXT.match(after) or ahead.FUTURE.match(after):
        return False
    if behind.LEAD_IN.search(before):
        return not dotted or bool(behind.I_AGREE.search(before) and not ahead.TELLING.match(after))
    if behind.POLITE.search(before) and not ahead.TELLING.match(after):
        return True
    called = behind.VOCATIVE.search(before) and ahead.STOPS.match(after)
    return bool(called) and not dotted and not behind.EVENT_BEFORE.search(before)


def _speaks(before: str, after: str, dotted: bool) -> bool:
    """“as 10:15 said”, “whoever at 10:15 wrote”, “No, 10:15, you …”, “10:15's point”"""
    if ahead.ITS_COMMENT.match(after) and not dotted:
        return True
    # “1.15 Said plainly” is a paragraph.
    said = ahead.SAYS.match(after) and not (dotted and after.lstrip()[:1].isupper())
    says = bool(said or (not dotted and ahead.IS_RIGHT.match(after)))
    you = bool(ahead.YOU.match(after)) and not (
        behind.EVENT_BEFORE.search(before) and not behind.TALK_BEFORE.search(before)
    )
    if (says and behind.CLAUSE.search(before)) or (you and behind.PAUSE.search(before)):
        return True
    if dotted:
        return False
    if behind.PERSON_AT.search(before):
        return says or bool(ahead.ENDS_NAME.match(after))
    if ahead.IS_PERSON.match(after):
        return bool(behind.CLAUSE.search(before) or behind.IS_IT.search(before))
    return bool(behind.ASKING.search(before) and ahead.ASKED.match(after))


def _is_named(chain: list[Clock]) -> bool:
    """“the 10:15 comment”, “Dana 10:15 says”, “Dana 10:15, where …”, “some words” (10:15)."""
    before, after = chain[0].before, chain[-1].after
    if ahead.COMMENT_AFTER.match(after) and (behind.DETERMINER.search(before) or behind.CLAUSE.search(before)):
        return True
    if behind.AFTER_QUOTATION.search(before) and ahead.STOPS.match(after):
        return True
    if not behind.NAME.search(before):
        return False
    if ahead.SAYS.match(after) or ahead.IS_RIGHT.match(after) or (chain[0].date and ahead.STOPS.match(after)):
        return True
    return not behind.AT_WORD.search(before) and bool(ahead.YOU.match(after) or ahead.ASKS.match(after))


def _is_pair(chain: list[Clock]) -> bool:
    """“It seems that 10:15 and 11:02 are one person”"""
    before, after = chain[0].before, chain[-1].after
    return len(chain) > 1 and bool(behind.CLAUSE.search(before)) and bool(ahead.PLURAL.match(after))


def _opens(chain: list[Clock], line: Line) -> bool:
    """A time that opens a comment, or a later line that speaks to somebody; not a timetable or a tale."""
    before, after = chain[0].before, chain[-1].after
    if not behind.OPENING.fullmatch(before):
        return False
    if any(clock.date and clock.date.month for clock in chain):
        return bool(ahead.STOPS.match(after) or ahead.ANON_AFTER.match(after))
    if ahead.TELLING.match(after) or ahead.EVENT_AFTER.match(after) or ahead.FUTURE.match(after):
        return False
    if any(clock.could_be_amount for clock in chain) and not ahead.REPLY.match(after):
        return False
    return (line.opens and not line.timetable) or bool(ahead.ADDRESSED.match(after))
