"""A grade, a region and years of service in one breath: each fits many, all three together may fit one person."""

from __future__ import annotations

import bisect
import re

from forum.identifiers.folding import Folded
from forum.identifiers.kinds import Finding, Kind, Places

# How far the others may stand from the years, in characters.
REACH = 160
NUMBER = (
    r"(?:[0-9]{1,2}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|(?:twenty|thirty|forty)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
)
YEARS = re.compile(
    rf"\b{NUMBER}(?:\+| plus|-odd| odd)? ?(?:years?|yrs?)\b'?(?: of| post)?"
    r"(?: (?:service|in(?: the| this)? (?:job|service|role|probation|post)|experience|qualif\w{2,12}|"
    r"with (?:the )?probation|as an? \w{2,12}|under my belt|and counting|here|now))|"
    r"\b(?:qualified|joined|started|(?:been )?(?:in (?:the job|probation|post|service)|here)|retired|p[os]o|serving)"
    r"(?: as an? \w{2,10})?(?: in| since| from)? (?:19[6-9][0-9]|20[0-2][0-9])\b|"
    r"\b(?:for|after|with|done|did|over|nearly|almost) (?:the (?:last|past) )?"
    rf"{NUMBER}(?:\+| plus|-odd)? ?(?:years|yrs)\b"
)
GRADE = re.compile(
    r"\b(?:s?po|p?so|apo|pso|pqips?|probation (?:services? )?officer|offender manager|case (?:manager|administrator)|"
    r"trainee|(?:team|deputy|middle|senior) manager|(?:deputy )?head of (?:pdu|ldu|service|operations)|band [2-9]|aco|"
    r"chief officer|psychologist|court officer|receptionist|victim liaison officer|vlo|trainer|practice tutor)\b"
)
REGION = re.compile(
    r"\b(?:(?:in|from|of|for|across|at|to|with|the|covering|round|around|up|down|nps|crc|hmpps)\s)?(?:the )?"
    r"(?P<region>(?:north|south|east|west|mid|greater|central)[ -]?(?:east|west|england|wales|yorkshire|sussex|london|"
    r"midlands|kent|lancs|lancashire|manchester|devon|anglia|central|wilts|mercia|thames)|midlands|wales|london|"
    r"yorkshire|humber(?:side)?|cumbria|northumbria|durham|teesside|cleveland|merseyside|cheshire|lancashire|"
    r"manchester|liverpool|derbyshire|nottinghamshire|notts|leicestershire|lincolnshire|lincs|northamptonshire|staffs|"
    r"staffordshire|shropshire|warwickshire|worcestershire|herefordshire|gloucestershire|wiltshire|avon|somerset|dorset|"
    r"devon|cornwall|hampshire|surrey|sussex|kent|essex|suffolk|norfolk|cambridgeshire|bedfordshire|beds|herts|"
    r"hertfordshire|bucks|buckinghamshire|oxfordshire|berkshire|thames valley|gwent|dyfed|powys|gwynedd|clwyd|"
    r"glamorgan|bristol|birmingham|leeds|sheffield|hull|newcastle|sunderland|nottingham|leicester|derby|cardiff|swansea|"
    r"bradford|coventry|plymouth|portsmouth|southampton|norwich|york)\b"
)


def places(copy: Folded) -> Places:
    """The years, the grade and the region of the first place that has all three."""
    years = [match.span() for match in YEARS.finditer(copy.low)]
    grades = [match.span() for match in GRADE.finditer(copy.low)] if years else []
    regions = [match.span("region") for match in REGION.finditer(copy.low)] if grades else []
    for place in years:
        grade, region = nearest(place, grades), nearest(place, regions)
        if grade and region:
            yield from (Finding(Kind.TRAITS, *one) for one in (place, grade, region))
            return


def nearest(place: tuple[int, int], others: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The one of these places, which are in order, that stands next to `place` and within reach."""
    at = bisect.bisect(others, place)
    beside = [one for one in others[max(0, at - 1) : at + 1] if -REACH <= one[0] - place[0] <= REACH]
    return min(beside, key=lambda one: abs(one[0] - place[0]), default=None)
