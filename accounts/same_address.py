"""When two ways to write an e-mail address mean one."""

from __future__ import annotations


def normalised(email: str) -> str:
    """The address as it is stored: in small letters, its domain as the Domain Name System has it ("xn--…").

    Raises:
        UnicodeError: the domain is none that could have a name there.
    """
    name, at, domain = email.strip().lower().rpartition("@")
    return name + at + domain.rstrip(".").encode("idna").decode()
