"""What stands after a clock time and says that it is, or is not, the name of a comment; to be used with `match`."""

import re

from forum.references.words import COMMENTER, EVENT, ROLE


def _after(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


UNIT = _after(
    r"\s{0,3}(?:%|per ?cent\b|percent\b|pence\b|pounds?\b|quid\b|euros?\b|dollars?\b|usd\b|gbp\b|k\b|m\b|bn\b"
    r"|[mb]illion"
    r"|trillion|thousand|[ap]\.?m\b|o['’]?clock|hrs?\b|hours?\b|h\b|mins?\b|minutes?\b|secs?\b|seconds?\b|gmt\b"
    r"|bst\b|utc\b|cet\b|miles?\b|km\b|met(?:re|er)s?\b|kg\b|litres?\b|[gm]b\b|degrees\b|per\b|an hour|each\b(?! to\b)"
    r"|apiece\b|long\b"
    r"|a (?:hour|week|month|day|year|mile|minute|litre)\b|tonnes?\b|ft\b|days?\b|weeks\b|months\b|years?\b|tomorrow\b"
    r"|tonight\b|sharp\b|prompt\b|onwards\b|last (?:week|month|year)|(?:to|till|til|until)\s[0-9]|[–—][0-9]"
    r"|\s-\s?[0-9])"
)
EVENT_AFTER = _after(rf"\s{{0,3}}[,–—:-]?\s{{0,3}}(?:\w{{1,14}}\s{{1,3}})?(?:{EVENT})\b")
EVENT_NEXT = _after(rf"\s{{1,3}}(?:{EVENT})\b")
FUTURE = _after(
    r"[^.;:!?\n]{0,60}\b(?:tomorrow|tonight|in (?:room|court) \w+|in the (?:annexe?|office|canteen|car park|hall"
    r"|crown))\b"
)
_ADVERB = (
    r"[\s)\]]{0,3}(?:\s(?:also|just|clearly|rightly|actually|really|already|obviously|correctly|above|earlier"
    r"|who|so rightly|so well|quite rightly))?\s{1,3}"
)
SAYS = _after(
    rf"{_ADVERB}(?:said|says|wrote|writes|posted|commented|asked|asks|claims|claimed|thinks|believes|argues|argued"
    rf"|suggests"
    r"|suggested|replied|mentions|mentioned|complains|complained|describes|agrees|disagrees|explains|explained|reckons"
    r"|points? out|pointed out|raises?d?|notes|noted|impli(?:es|ed)|insists?|insisted|assumes|assumed|quotes"
    r"|quoted|refers|referred"
    r"|admits|admitted|forgets|reads this|calls (?:it|me|us|you|them|people)|called (?:me|us|you|them|people)"
    r"|meant (?:it|to|by|well|what|no))\b"
)
IS_RIGHT = _after(
    rf"{_ADVERB}(?:(?:is|was|are|were|isn['’]t|sounds|seems)\s(?:\w{{1,12}}\s)?(?:right(?! for)|wrong|correct"
    rf"|mistaken|spot on"
    r"|bang on|talking|trolling|confused|the same (?:person|poster)|one person)|has (?:a point|it right|hit|said"
    r"|no idea|ever"
    r"|never|clearly|obviously)|ha(?:s|ve) the right idea|have (?:a point|never)|(?:makes?|made) (?:an?|some"
    r"|is) (?:\w{1,12} )?points?"
    r"|make (?:\w{1,12} )?points|(?:miss|hit)(?:es|ed|s)? the (?:point|nail)|sum(?:s|med) (?:it|us) up|puts? it"
    r"|nail(?:s|ed) it"
    r"|g(?:ets|ot) it right|speaks? (?:the truth|for)|above|knows (?:what|nothing|full|very)|would (?:care|do well"
    r"|agree)|ought to)\b"
)
IS_PERSON = _after(
    r"\s{1,3}(?:(?:is|was|must be|sounds like|could be)\s(?:(?:clearly|obviously|probably"
    r"|either)\s)?)?an?\s(?:\w{1,12}\s)?"
    rf"(?:manager|troll|colleague|rep|officer|{ROLE}|trainee|politician|minister|plant|bully|genius|hero|star|fool)\b",
    r"\s{1,3}(?:is|was|isn['’]t|wasn['’]t)(?: not)? me\b",
)
ASKED = _after(
    r"\s{1,3}(?:(?:ever|really|actually|seriously|honestly|also|not|please)\s)?(?:believe|think|explain|care|know"
    r"|mean|want|understand|tell|say|remember|realise|met|worked|read|been|heard|work in)\b"
)
YOU = _after(
    r"[\s,:;)!?–—-]{1,4}(?:(?:but|and|so|sorry|well|yes|no|are|do|did|have|were|what|why|how|if|can|could|would"
    r"|when|i think"
    r"|i hope|with respect|as)\s{1,3}){0,2}(?:your|you['’](?:re|ve|d|ll)|you(?! (?:must(?! be)|shall|may|will|can)))\b"
)
ITS_COMMENT = _after(
    r"['’]s?\s{1,3}(?:\w{1,14}\s{1,3})?(?:comments?|posts?|points?|arguments?|questions?|claims?|suggestions?"
    r"|views?|opinions?|ideas?|attitude|tone|remarks?|repl(?:y|ies)|answers?|theory|logic|reading|wording|rant|right)\b"
)
COMMENT_AFTER = _after(
    rf"\s{{1,3}}(?:\w{{1,14}}\s{{1,3}})?(?:(?:{COMMENTER})s?|comments?|contribution|remarks?)\b|\s{{1,3}}posts?\b"
)
# Words with which one answers somebody, and hardly ever a number.
REPLY = _after(
    r"[\s,:;.!?…–—-]{1,5}(?:[iou]|i['’](?:m|ve|d|ll)|your|you['’](?:re|ve|d|ll)|you(?! (?:must(?! be)|shall|may"
    r"|will|can|should))|no|nope|yes|yep"
    r"|agreed?|disagree|totally|absolutely|exactly|precisely|completely|thanks|thank you|well|wrong|rubbish"
    r"|nonsense|really"
    r"|seriously|sorry|why|who|please|try|don['’]t|are you|do you|have you|did you|if you|so you|but you"
    r"|couldn['’]t|neither|oh|ah|calm|stop|not (?:true|so|sure|at all))\b"
)
ASKS = _after(r"[\s,:–—-]{1,5}(?:where|what|how|which|when|well|i|no|yes|that|agree|thanks)\b")
ADDRESSED = _after(r"\s{0,3}[,:–—-]\s{0,3}[^.!?\n]{0,60}\b(?:you|your|you['’]re|i|i['’]m|thanks|agree)\b")
ENDS = _after(r"\s{0,3}[.!?…\"”)]{0,3}\s*$")
ENDS_NAME = _after(r"\s{0,3}[:,]")
STOPS = _after(r"\s{0,3}(?:[,:;.!?)–—-]|$)")
JOINS = _after(r"\s{0,3}(?:&|and\b)")
ANON_AFTER = _after(r"\s{1,3}an+on(?:ymous)?\b")
PLURAL = _after(
    r"\s{1,3}(?:are|were|both|have|seem|sound|must be|might be|could be|may be|should|agree|make|miss|say)\b"
)
# After a time that opens a comment: a day told, a timetable, a sum; nobody's name.
TELLING = _after(
    r"\s{0,3}(?:and\b(?! (?:how|why|what|who|you)\b)|,?\s?and (?:i['’]?m|i am|still|yet|no sign|nobody|counting)\b"
    r"|[.,:…–—-]{0,3}\s{0,3}(?:here\b(?! (?:again|here))|already\b|now\b|still\b|can(?:no|['’])?t sleep"
    r"|(?:wide )?awake|when (?!you)"
    r"|(?:by|at|via|vs|until|from|to|in|into|inside|outside|near|behind|opposite|off|on|onto|over|under|with|of|due)\b"
    r"(?! (?:the way|last|least|what|my (?:experience|view|opinion)|fact|short|that case|other words|be|say"
    r"|suggest|call|claim|the contrary|the other hand|all due|respect|course)\b)|for (?:an?|the|each|every|one|me)\b"
    r"|as (?:an? (?:floor|start|rate))"
    r"|is\b|isn['’]t\b|was\b|were\b|are\b|it is(?: then)?[.!]*$|works\b|suits\b|then\b|came\b|comes\b|will do\b"
    r"|too (?:early|late)\b|respectively|the \w{1,14} (?:alarm|bell|phone|line)\b|\w{1,14} (?:is|was) (?:cancelled"
    r"|late|delayed)\b))"
)
