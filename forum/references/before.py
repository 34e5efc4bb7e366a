"""What stands before a clock time and says that it is, or is not, the name of a comment.

To be used with `search` on a stretch of bounded length. Blanks are counted, so that none can run away over hostile
text.
"""

import re

from forum.references.words import COMMENT, COMMENTER, EVENT, NUMBERED, PERSON, ROLE, TALK


def _before(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(patterns)})$", re.IGNORECASE)


ANON = _before(
    rf"(?<![\w.])an+on(?:ymous)?s?\.?(?:\s{{1,3}}(?:{COMMENTER}|{PERSON}|above|below|earlier|{ROLE}))?(?:['’]s)?"
    r"[\s,:(\[–—-]{0,4}(?:\b(?:at|of|from|on|as|who (?:posted|wrote|commented|said)(?: this| that| it)? at"
    r"|(?:said|posted|writing) at)\b)?[\s@(\[]{0,3}(?:an+on(?:ymous)?\s{0,3})?"
)
# Alcoholics Anonymous; “I wish to stay anonymous”.
NOT_ANON = _before(
    r"\b(?:\w{1,12}holics|narcotics|gamblers|cocaine|debtors|overeaters|addicts|families|remain(?:ed|ing|s)?"
    r"|stay(?:ed|s)?|keep|kept)\s{1,3}an+on(?:ymous)?\b.{0,12}",
    r"\b(?:be|been|being|is|are|was|were)\s{1,3}(?-i:anonymous)\b.{0,12}",
)
# “an anonymous 2016 survey”
ADJECTIVE = _before(r"\b(?:an?|the|this|that|these|those|some|our|another)\s{1,3}an+on(?:ymous)?\s{1,3}")
AT_SIGN = _before(r"(?:^|(?<=[\s(\[\"“'‘*,;:!?–—&/-]))@\s{0,2}")
AMOUNT_AT = _before(r"(?<![0-9:.])[0-9]{1,9}\s{0,3}(?:[a-z]{1,20}\s{1,3}){0,2}@\s{0,2}")
# “Dentist @10:15” is a date, “rubbish @10:15” an answer: the word before tells.
ADDRESSED_AT = _before(
    r"(?:^|[\].,;:!?()\[\"“”'‘’*–—…/&+-]|[0-9]|\b(?:to|with|and|or|but|as|that|this|if|like|unlike|no|yes|well|so"
    r"|from|by"
    r"|of|what|why|how|because|both|re|for|think|sure|fast|down|more|indeed|brilliant|great|lol|haha|sense|not|hi|hello"
    rf"|hey|dear|{TALK}))\s{{0,3}}@\s{{0,2}}"
)
EVENT_BEFORE = _before(rf"\b(?:{EVENT})\b[^.,;:!?()]{{0,100}}")
TALK_BEFORE = _before(
    rf"\b(?:{COMMENT}|posted|repl(?:y|ies)|agree|disagree|wrote|points?|anon\w{{0,6}}|thanks"
    rf"|mention)\b[^.;:!?]{{0,100}}"
)
LEAD_IN = _before(
    r"\b(?:(?:(?:dis)?agree(?:d|s|ing)? (?:\w{1,12} )?with|sid(?:e|ing) with|i(?:['’]m| am) with|(?:with|in) respect to"
    r"|(?:reply|replying|response|responding|answer|answering|further|listen|listening|question|message|note|apologies"
    r"|credit|kudos) to|(?:question|message|note) for|quot(?:e|ing) (?:from )?|according to|i second|seconding"
    r"|ignor(?:e|ing)"
    r"|unlike|same as|aimed at|directed at|as for|reading|having read|just read|re)(?: my| your)?:?|i(?:['’]m| am"
    r"| was)(?: not)?(?: the)?)\s{1,3}\(?"
)
POLITE = _before(
    r"\b(?:thanks(?: both| all| to| for (?:that|this|the \w{1,14}))?|thank you|thank u|thx|cheers|well said"
    r"|well put|hear,? hear|spot on|so true|good (?:point|question|one"
    r"|shout)|great (?:post|point|comment)|nice one|couldn['’]t agree more|i agree|sorry|apologies|hi|hello|hey|dear"
    r"|with respect)[\s,:–—-]{1,4}"
)
# Lead-ins that sums and paragraphs may follow as well.
MIXED = _before(
    r"\b(?:re|according to|answer(?:ing)? to|further to|same as|unlike|as for|read(?:ing)?|i(?:['’]m| am"
    r"| was)(?: the)?):?\s{1,3}"
)
I_AGREE = _before(
    r"(?:^|[.!?,]\s{1,3}|\bi\s{1,3})(?:(?:also|totally|completely|must|do"
    r"|have to)\s{1,3})?(?:dis)?agree(?: \w{1,12})? with\s{1,3}"
)
COMMENT_AT = _before(
    r"\b(?:(?:the|your|my|that|this|his|her|their|those|these|both|see|read)\s{1,3}(?:\w{1,14}\s{1,3})?"
    rf"(?:{COMMENT})|your\s{{1,3}}(?:\w{{1,14}}\s{{1,3}})?(?:reply|message|response|answer|question|point))"
    r"\s{0,3}[,(]?\s{0,3}(?:(?:made |posted |left |timed )?(?:at|of|from|@))?[\s(]{0,3}",
    r"\b(?:points?|questions?|claims?|arguments?|suggestions?)\s{1,3}(?:(?:well )?(?:made|raised) (?:by|at)"
    r"|by)\s{1,3}",
    r"(?<!was )(?<!were )(?<!been )(?<!be )(?<!is )\b(?:posted|commented)\s{1,3}"
    r"(?:(?:this|that|it|above|here|earlier)\s{1,3})?at\s{1,3}",
    r"\b(?:you|whoever|as i)\s{1,3}(?:said|wrote|asked|mentioned|claimed|replied|suggested)\s{1,3}"
    r"(?:(?:this|that|it|above|here|earlier)\s{1,3})?at\s{1,3}",
)
AT_WORD = _before(r"\bat\s{1,3}")
IN_FULL = _before(r"\banonymous\s{1,3}")
PERSON_AT = _before(
    rf"\b(?:you|whoever|some(?:one|body)|anyone|those|people|(?:the|that) (?:{PERSON})|{ROLE})\s{{1,3}}(?:at|@|of|from)"
    r"\s{1,3}"
)
CLAUSE = _before(
    r"(?:^|[.!?;:,(–—…*\"“]|\s-|\b(?:if|as|that|what|whether|when|because|and|but|so|or|think|thinks|thought|like"
    r"|how|why|where|while|whilst|though|although|than|then|yes|no|well|oh|ok|okay|believe|know|hope|wish|suspect|guess"
    r"|assume|feel|bet|maybe|perhaps|surely|clearly|clear|obvious|obviously|actually|indeed|exactly|both|see|confirm"
    r"|wonder|even|everything|anything|nothing|it was|wasn['’]t it|question|points?|argument|claim|idea))\s{0,3}[\"“(]?"
)
PAUSE = _before(r"(?:^|[.!?;:,(–—…*\"“]|\s-|\b(?:yes|no|well|oh|ok|okay|so|but|and|exactly|indeed))\s{0,3}[\"“(]?")
NAME = re.compile(
    rf"(?:^|[\s(,'’‘])(?!(?i:{NUMBERED}|{EVENT})\b)(?:[A-Z][a-z]{{2,20}}|{ROLE})(?:\s{{1,3}}at)?[\s,]{{1,3}}$"
)
ASKING = _before(r"(?:^|[.!?,])\s{0,3}(?:and\s|but\s|so\s)?(?:has|have|does|do|did|would|could|can)\s{1,3}")
IS_IT = _before(r"(?:^|[.!?,])\s{0,3}(?:is|was|are)\s{1,3}")
VOCATIVE = _before(
    rf"\b(?:{TALK})\b[^.!?]{{0,60}},\s{{1,3}}",
    r"(?:agreed?|points?|true|said|right|wrong|rubbish|nonsense|enough|calm down|grow up|(?:think|thought) so"
    r"|love (?:this|it)|good on you|oh dear|you ok|bravo|brilliant|really|luck|take care|keep well"
    r"|welcome(?: back)?|dare you|shame on you|congratulations|congrats|bless you)\s{1,3}",
)
# A greeting, a yes or a no before the time, at the start of a comment.
OPENING = re.compile(
    r"[\s\"“‘'(*–—-]{0,6}(?:(?:to|yes|no|nope|yep|agreed?|totally agree|exactly|absolutely|precisely|well|wow|oh"
    r"|oh dear|so"
    r"|but|and|true|indeed|actually|rubbish|nonsense|brilliant|excellent|bravo|really|seriously|quite|haha|lol)\b"
    r"[\s,.:!–—-]{1,4})?[\"“(]?",
    re.IGNORECASE,
)
BULLET = re.compile(r"\s{0,12}[-*+•]\s{1,3}")
AFTER_QUOTATION = _before(r"[”\"’']\s{0,3}(?:[(–—-]\s{0,3})")
DETERMINER = _before(
    r"(?<!catch )(?<!caught )(?<!miss )(?<!missed )\b(?:the|your|my|that|this|both|anon\w{0,6}['’]s)\s{1,3}"
)
SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
# What is said of sums in the same sentence.
MEASURE = re.compile(
    r"\b(?:pay|paid|rise|rates?|wages?|hour|hourly|pounds|inflation|costs?|price|salary|increase|percent|budget|average"
    r"|scored?|ratio|million|award|offer|offered|fee|charge|agency|medium|vs)\b",
    re.IGNORECASE,
)
