"""What may identify somebody, in the words for whoever typed it."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass


class Kind(enum.Enum):
    """The kinds of findings; where two overlap, the one further up is kept."""

    SIGNATURE = "signature"
    COURT = "court"
    GUESS = "guess"
    PRISON_NUMBER = "prison_number"
    CRN = "crn"
    PNC = "pnc"
    NATIONAL_INSURANCE = "national_insurance"
    NHS_NUMBER = "nhs_number"
    STAFF_NUMBER = "staff_number"
    BIRTH = "birth"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    PLATE = "plate"
    WATCHED = "watched"
    TRAITS = "traits"

    @property
    def what(self) -> str:
        """What stands there: “a postcode”."""
        return WORDS[self][0]

    @property
    def why(self) -> str:
        """Why that may identify somebody, as a sentence."""
        return WORDS[self][1]


LOOKED_UP = "Whoever can open the case system can look the person up."

WORDS: dict[Kind, tuple[str, str]] = {
    Kind.SIGNATURE: ("an e-mail signature", "It says who somebody is, what they do and how to reach them."),
    Kind.COURT: (
        "a court with a detail of a case",
        "A court alone says little. With a date, a sentence or a name, one case can be found.",
    ),
    Kind.GUESS: ("a guess at who somebody is", "People write here because nobody asks who they are, right or wrong."),
    Kind.PRISON_NUMBER: ("a prison number", LOOKED_UP),
    Kind.CRN: ("a case number (CRN)", LOOKED_UP),
    Kind.PNC: ("a number of the Police National Computer (PNC)", "It stands for one person."),
    Kind.NATIONAL_INSURANCE: ("a National Insurance number", "It stands for one person."),
    Kind.NHS_NUMBER: ("an NHS number", "It stands for one person."),
    Kind.STAFF_NUMBER: ("a staff number", "An employer knows at once whose it is."),
    Kind.BIRTH: ("a date of birth", "With little else, it is enough to find a person."),
    Kind.EMAIL: ("an e-mail address", "It leads to one person, or to the few who read it."),
    Kind.PHONE: ("a phone number", "It leads to one person, or to one office."),
    Kind.POSTCODE: ("a postcode", "It covers about fifteen homes, or one office."),
    Kind.PLATE: ("a number plate", "It leads to whoever keeps the vehicle."),
    Kind.WATCHED: (
        "a name that the owner asks to leave out",
        "It is the name of an office, a team or somebody there, and few people can be meant.",
    ),
    Kind.TRAITS: (
        "a grade, a region and years of service",
        "Each of them fits many. Together they may fit one person, and colleagues know who.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """A place in a typed text: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


Places = Iterator[Finding]
