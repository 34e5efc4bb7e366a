"""Ways to reach a person or an office: e-mail, phone, postcode, number plate."""

from __future__ import annotations

import re

from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places
from forum.identifiers.words import words

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])", re.ASCII)
# “jo dot holt at example dot org”, “jo.holt (at) example.org”
AT = r"(?: ?[(\[{<] ?(?:at|@) ?[)\]}>] ?| @ ?| ?@ | at )"
DOT = r"(?: ?[(\[{<] ?(?:dot|\.) ?[)\]}>] ?| dot |\.)"
HIDDEN_EMAIL = re.compile(
    rf"(?<![\w.+-])(?P<first>[\w+-]{{1,40}}(?:{DOT}[\w+-]{{1,40}}){{0,3}}){AT}[\w-]{{1,40}}"
    rf"(?P<rest>(?:{DOT}[\w-]{{1,40}}){{1,5}})(?![\w-])",
    re.ASCII,
)
ENDS_OF_HOSTS = words("uk com org net gov co cjsm police nhs ac info eu io me london wales scot proton hotmail gmail")
# Addresses and numbers that are made public so that anybody may write or call.
PUBLIC_BOXES = words(
    "press pressoffice press.office newsdesk news editor letters media info information enquiries enquiry contact "
    "hello help helpline support admin office complaints petitions membership subscriptions consultation noreply "
    "no-reply webmaster advice campaigns"
)
PHONE = re.compile(
    r"(?<![\w/£.-])(?<![0-9]:)(?:(?:\+|00)44[ ().-]{0,3}(?:0\)?)?|\(?0)[ ._-]{0,2}[1-9](?:[ ()._-]{0,2}[0-9]){8,9}"
    r"(?![\w%]|[.,:/][0-9])"
)
# Free numbers, national ones of organisations, and what costs extra.
PUBLIC_NUMBER = re.compile(r"0(?:800|808|500|3|84|87|9)")
SAID_PUBLIC = re.compile(
    r"(?:press (?:office|team|desk|officer)|news ?desk|help ?line|hot ?line|advice line|enquir(?:y|ies)(?: line)?|"
    r"switchboard)[^\n]{0,40}$"
)
AREAS = words(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY "
    "G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR "
    "NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA "
    "WC WD WF WN WR WS WV YO ZE"
)
POSTCODE = re.compile(
    r"(?<![\w£.#-])(?P<area>[A-Z]{1,2})[0-9](?:[0-9]|[ABEHMNPRSTUVWXY])?[ \t]{0,2}"
    r"(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})(?!\w)",
    re.IGNORECASE,
)
# “TR1 2nd phase”, “E3 4hr slots”: small letters that count something.
COUNTING = ("st", "nd", "rd", "th", "hr", "yr", "pt", "ed", "pd", "ft", "lb", "gb", "ab", "ps")
# Parliament, Downing Street, the Ministry: addresses of the state, not of people.
PUBLIC_POSTCODES = frozenset({"SW1A0AA", "SW1A0PW", "SW1A1AA", "SW1A2AA", "SW1A2HQ", "SW1H9AJ"})
PLATE = re.compile(r"(?<!\w)[A-HJ-PR-Y]{2}(?P<age>[0-9]{2})(?P<gap>[ -]?)(?P<end>[A-HJ-PR-Z]{3})(?!\w)")
PLATE_SAID = re.compile(
    r"\b(?:reg(?:istration)?|number ?plate|plate|vrm|vrn)\b(?: (?:no|number|mark|is|was))?[^\w\n]{0,4}"
    r"(?P<value>[a-hj-pr-y]{2}[0-9]{2} ?[a-hj-pr-z]{3}|[a-hj-pr-y][0-9]{1,3} ?[a-hj-pr-z]{3}|"
    r"[a-hj-pr-z]{3} ?[0-9]{1,3}[a-hj-pr-y])(?!\w)"
)
# Groups that are written in capitals without being the end of a plate.
NOT_THE_END = words("NPS CRC PSO SPO HMP MOJ PSR SFO THE AND FOR NOT DTO SSO YRO PDU LDU RAR UPW AND")


def places(copy: Folded) -> Places:
    """The contacts in a text without its web addresses."""
    if "@" in copy.low:
        for match in EMAIL.finditer(copy.low):
            if not is_public_box(match[0]):
                yield Finding(Kind.EMAIL, *match.span())
    for match in HIDDEN_EMAIL.finditer(copy.low):
        if is_hidden_email(match):
            yield Finding(Kind.EMAIL, *match.span())
    for match in PHONE.finditer(copy.text):
        if not is_public_number(match, copy):
            # A bracket around the whole is no part of it.
            opens = match[0].startswith("(") and ")" not in match[0]
            yield Finding(Kind.PHONE, match.start() + opens, match.end())
    for match in POSTCODE.finditer(copy.text):
        if is_postcode(match):
            yield Finding(Kind.POSTCODE, *match.span())
    for match in PLATE.finditer(copy.text):
        if is_age(match["age"]) and not (match["gap"] and match["end"] in NOT_THE_END):
            yield Finding(Kind.PLATE, *match.span())
    for match in PLATE_SAID.finditer(copy.low):
        yield Finding(Kind.PLATE, *match.span("value"))


def is_public_box(address: str) -> bool:
    return address.partition("@")[0] in PUBLIC_BOXES


def is_hidden_email(match: re.Match[str]) -> bool:
    """It ends as hosts do, and something beside the plain word “at” says that it is an address.

    “We met at noon.net” could be one; “arrives at court.no warning” is not.
    """
    last = re.findall(r"\w+", match["rest"])[-1]
    boxed = re.sub(DOT, ".", match["first"])
    if last not in ENDS_OF_HOSTS or boxed in PUBLIC_BOXES:
        return False
    whole = match[0]
    if "@" in whole or re.search(r"[(\[{<]", whole) or " dot " in whole:
        return True
    # Then the words around decide: a first part with a dot or a digit in it.
    return "." in match["first"] or any(character.isdigit() for character in match["first"])


def is_public_number(match: re.Match[str], copy: Folded) -> bool:
    digits = re.sub("[^0-9]", "", match[0])
    national = "0" + digits.removeprefix("00").removeprefix("44").lstrip("0")
    before = copy.low[max(0, match.start() - 60) : match.start()]
    return bool(PUBLIC_NUMBER.match(national)) or bool(SAID_PUBLIC.search(before))


def is_postcode(match: re.Match[str]) -> bool:
    if match["area"].upper() not in AREAS or match["inward"][1:] in COUNTING:
        return False
    return re.sub(r"\s", "", match[0]).upper() not in PUBLIC_POSTCODES


def is_age(digits: str) -> bool:
    """Whether plates with these digits have been given out: 02 to 29, and 51 to 79."""
    return 2 <= int(digits) <= 29 or 51 <= int(digits) <= 79
