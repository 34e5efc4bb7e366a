"""Whether a reply is itself a report on what it answers: “I'm reporting racism above. Remove it now!”

Only whoever runs the site can act on that, and may read it hours later. People who talk about reports (to courts,
pre-sentence, of the police) mean something else, so only short texts that speak to a moderator, or about this very
comment, count.
"""

from __future__ import annotations

import re

from forum.identifiers.folding import fold

# Longer texts argue; a report among them is an answer, too.
LONGEST = 500
THIS = (
    r"(?:this|that|the (?:above|last|previous)|above|your|his|her|their)(?: (?:racist|sexist|vile|nasty|disgusting|awful|last|"
    r"offensive|abusive|libellous|hateful|foul)){0,2}(?: (?:comment|post|remark|reply|message|rant|poster|commenter)s?)"
)
BARE = r"(?:this|it|that|you|the above|above)"
END = r"(?=[ ]?(?:$|[.!?,;:)\n-]|now\b|please\b|pls\b|at once\b|immediately\b|asap\b|because\b|as\b|for\b|to (?:the )?(?:mod|admin|owner|site|blog)))"
STAFF = r"(?:mods?|moderators?|admins?|administrators?|owner|blog owner|site owner|webmaster|whoever runs this)"
TAKING_DOWN = r"(?:remove|delete|take down|take|hide|bin|get rid of|moderate)"
START = r"(?:^|(?<=[.!?,;:\n-] )|(?<=[.!?\n]))"
REPORTS = [
    # I'm reporting this; I have reported your comment; reporting racism above
    rf"\b(?:i'm|i am|im|i have|i've|ive|i|am|have|we|we've|just|will be|i'll be|be)(?: \w{{2,9}})? report(?:ing|ed|) (?:{THIS}\b|{BARE}{END})",
    r"\breporting (?:the )?(?:racism|sexism|hate|abuse|bullying|homophobia|libel|this racism) (?:above|here|in this|in that)",
    rf"{START}(?:reporting (?:this|it|you|that)|reported(?: (?:it|this|you|that))?|report (?:this|it|them)){END}[ ]?(?:$|[!?\n]|\.(?!\.)|for\b|to\b|as\b)",
    # Moderator, please delete this
    rf"\b{STAFF}\b,?(?: please| pls| can you| could you| kindly| should| must| need to| will you| -)*,? {TAKING_DOWN} (?:{BARE}|{THIS})\b",
    rf"\b{TAKING_DOWN} {THIS}\b",
    rf"{START}(?:please |pls |kindly |can (?:you|someone|somebody) (?:please )?){TAKING_DOWN} (?:this|it|that|the above)(?: down)?{END},?[ ]?(?:$|[.!?\n]|now|please|at once|immediately|asap|{STAFF})",
    rf"{START}(?:remove|delete|take) (?:this|it|that)(?: down| off)?,? (?:now|at once|immediately|please|asap|straight ?away)\b",
    # This comment should be taken down
    rf"\b{THIS} (?:should|must|needs? to|ought to|has to) (?:not )?be (?:removed|deleted|taken down|hidden|reported|moderated)",
    rf"\b(?:why|how) (?:is|has|was) {THIS} (?:still (?:up|here)|not been (?:removed|deleted|taken down)|allowed)",
]
REPORT = re.compile("|".join(REPORTS))
# The court, the police, a manager: then somebody tells of a report elsewhere.
ELSEWHERE = re.compile(
    r"\breport(?:ed|ing)? (?:it|this|that|you|him|her|them) to (?!(?:the )?(?:mods?\b|moderat|admin|owner|site|blog))\w|"
    r"\b(?:from|off|in|on) (?:delius|oasys|the (?:licence|system|file|record|register|diary|rota|list|report|contract|intranet))"
)
# The worst first; the values are those of the form for reports.
CATEGORIES = [
    ("racism_or_hate", r"racis[tm]|xenophob|homophob|transphob|antisemit|anti-semit|islamophob|sexis[tm]|misogyn|hate\b|hateful|bigot|nazi"),
    ("identifies_someone", r"nam(?:es|ing|ed) (?:a|an|the|me|him|her|them|people|some)|outing|outed|doxx?|identif|anonym|real name|personal details|my name"),
    ("libel", r"libel|defam|slander|untrue|lies? about"),
    ("personal_attack", r"abus|bully|insult|personal attack|attack|harass|threat|vile|nasty|offensive|rude|disgusting|troll"),
    ("spam", r"spam|advert|scam"),
    ("off_topic", r"off[ -]topic|grade war|nothing to do with"),
]  # fmt: skip
OTHER = "other"


def suggested_category(text: str) -> str:
    """The category of report that this reply is, or "" where it is none."""
    if len(text) > LONGEST:
        return ""
    low = " ".join(fold(text).low.split(" "))
    if not REPORT.search(low) or ELSEWHERE.search(low):
        return ""
    return next((category for category, words in CATEGORIES if re.search(rf"\b(?:{words})", low)), OTHER)
