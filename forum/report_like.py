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
    r"(?:this|that|the (?:above|last|previous)|above|your|his|her|their)"
    r"(?: (?:racist|sexist|vile|nasty|disgusting|awful|last|offensive|abusive|libellous|hateful|foul)){0,2}"
    r"(?: (?:comment|post|remark|reply|message|rant|poster|commenter)s?)"
)
BARE = r"(?:this|it|that|you|the above|above)"
SITE = r"(?:the )?(?:mods?\b|moderat|admin|owner|site|blog)"
AT_ONCE = r"(?:now|please|pls|at once|immediately|asap|straight ?away)\b"
END = rf"(?=[ ]?(?:$|[.!?,;:)\n-]|{AT_ONCE}|because\b|as\b|for\b|to {SITE}))"
STAFF = r"(?:mods?|moderators?|admins?|administrators?|owner|blog owner|site owner|webmaster|whoever runs this)"
ASKING = r"(?: please| pls| can you| could you| kindly| should| must| need to| will you| -)"
TAKING_DOWN = r"(?:remove|delete|take down|take|hide|bin|get rid of|moderate)"
START = r"(?:^|(?<=[.!?,;:\n-] )|(?<=[.!?\n]))"
I_AM = r"(?:i'm|i am|im|i have|i've|ive|i|am|have|we|we've|just|will be|i'll be|be)(?: \w{2,9})?"
REPORTS = [
    # I'm reporting this; I have reported your comment; reporting racism above
    rf"\b{I_AM} report(?:ing|ed|) (?:{THIS}\b|{BARE}{END})",
    r"\breporting (?:the |this )?(?:racism|sexism|hate|abuse|bullying|homophobia|libel) (?:above|here|in this|in that)",
    rf"{START}(?:reporting (?:this|it|you|that)|reported(?: (?:it|this|you|that))?|report (?:this|it|them)){END}"
    r"[ ]?(?:$|[!?\n]|\.(?!\.)|for\b|to\b|as\b)",
    # Moderator, please delete this
    rf"\b{STAFF}\b,?{ASKING}{{0,3}},? {TAKING_DOWN} (?:{BARE}|{THIS})\b",
    rf"\b{TAKING_DOWN} {THIS}\b",
    rf"{START}(?:please |pls |kindly |can (?:you|someone|somebody) (?:please )?){TAKING_DOWN} "
    rf"(?:this|it|that|the above)(?: down)?{END},?[ ]?(?:$|[.!?\n]|{AT_ONCE}|{STAFF})",
    rf"{START}(?:remove|delete|take) (?:this|it|that)(?: down| off)?,? {AT_ONCE}",
    # This comment should be taken down; how is it still here?
    rf"\b{THIS} (?:should|must|needs? to|ought to|has to) be (?:removed|deleted|taken down|hidden|reported|moderated)",
    rf"\b(?:why|how) (?:is|has|was) {THIS} (?:still (?:up|here)|not been (?:removed|deleted|taken down)|allowed)",
]
REPORT = re.compile("|".join(REPORTS))
# The court, the police, a manager: then somebody tells of a report elsewhere.
ELSEWHERE = re.compile(
    rf"\breport(?:ed|ing)? (?:it|this|that|you|him|her|them) to (?!{SITE})\w|"
    r"\b(?:from|off|in|on) (?:delius|oasys|"
    r"the (?:licence|system|file|record|register|diary|rota|list|report|contract|intranet))"
)
# The worst first; the values are those of the form for reports.
CATEGORIES = {
    "racism_or_hate": r"racis[tm]|xenophob|homophob|transphob|anti-?semit|islamophob|sexis[tm]|misogyn|hate\b|hateful|"
    r"bigot|nazi",
    "threatens": r"threat",
    "identifies_someone": r"nam(?:es|ing|ed) (?:an?|the|me|him|her|them|people|some)|outing|outed|doxx?|identif|anonym|"
    r"real name|personal details|my name",
    "libel": r"libel|defam|slander|untrue|lies? about",
    "sub_judice": r"sub judice|live case|jury|the victim",
    "personal_attack": r"abus|bully|insult|attack|harass|vile|nasty|offensive|rude|disgusting|troll",
    "spam": r"spam|advert|scam",
    "off_topic": r"off[ -]topic|grade war|nothing to do with",
}
OTHER = "other"


def suggested_category(text: str) -> str:
    """The category of report that this reply is, or "" where it is none."""
    if len(text) > LONGEST:
        return ""
    # A line that is quoted is what the other one said.
    low = "\n".join(line for line in fold(text).low.split("\n") if not line.lstrip().startswith(">"))
    if not REPORT.search(low) or ELSEWHERE.search(low):
        return ""
    return next((category for category, words in CATEGORIES.items() if re.search(rf"\b(?:{words})", low)), OTHER)
