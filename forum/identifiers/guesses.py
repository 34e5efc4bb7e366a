"""Guesses at who a poster is: “are you First Last from Firm?”, “assuming you are …”."""

from __future__ import annotations

import re

from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places
from forum.identifiers.people import FULL_NAME, NO_NAMES, PART, is_name, may_be_name, starts_a_name

# Asks or guesses outright.
ASKING = re.compile(
    r"\b(?:(?:are|r) (?:you|u|ya)(?: not| really| actually| by any chance| perhaps| maybe)?|"
    r"(?:you|u) (?:must|have to|gotta) be|"
    r"(?:assum(?:e|ing)|guess(?:ing)?|bet|reckon|presum(?:e|ing)|suspect(?:ing)?|convinced|certain|sure|think|betting)"
    r" (?:that )?(?:you|u|this|it|that|op|anon|the poster|the author|[0-9]{1,2}[:.][0-9]{2})"
    r"(?: (?:are|r|is|was|must be|might be|may be|could be)|'re|'s)|isn't (?:this|that|it)|is (?:this|that|it) you,?)"
    r" (?:none other than |our |my old mate |a certain )?"
)
# Only says something, so more must follow.
SAYING = re.compile(
    r"\b(?:you're|you are|is this|is that|this is|that's|it's|sounds (?:a lot |just )?like|written by|posted by|"
    r"you sound like)"
    r" (?:obviously |clearly |definitely |none other than )?"
)
NAME = re.compile(FULL_NAME)
FIRST_FROM_FIRM = re.compile(
    rf"(?P<first>{PART})(?P<last> {PART})?,? (?:from|at|of|in|who works (?:at|for)) (?:the )?[A-Z]"
)
IN_SMALL_LETTERS = re.compile(r"(?P<first>[a-z]{2,14}) (?P<last>[a-z'-]{3,20}),? (?:from|at|of|who works)\b")


def places(copy: Folded) -> Places:
    """The question or claim with the name in it."""
    for lead in ASKING.finditer(copy.low):
        if (end := asked_end(copy, lead.end())) is not None:
            yield Finding(Kind.GUESS, lead.start(), end)
    for lead in SAYING.finditer(copy.low):
        named = NAME.match(copy.text, lead.end())
        if named and is_name(named[0]) and FIRST_FROM_FIRM.match(copy.text, lead.end()):
            yield Finding(Kind.GUESS, lead.start(), named.end())


def asked_end(copy: Folded, at: int) -> int | None:
    """Where the name ends that stands at `at`; None if there is none."""
    named = NAME.match(copy.text, at)
    if named and is_name(named[0]):
        return named.end()
    firm = FIRST_FROM_FIRM.match(copy.text, at)
    if firm and firm["last"]:
        return firm.end("last") if may_be_name(firm["first"] + firm["last"]) else None
    if firm and firm["first"].lower() not in NO_NAMES and starts_a_name(firm["first"].lower()):
        return firm.end("first")
    small = IN_SMALL_LETTERS.match(copy.low, at)
    if small and starts_a_name(small["first"]) and small["last"] not in NO_NAMES:
        return small.end("last")
    return None
