"""Whole numbers in digits and letters: shorter than decimal ones, and harmless in addresses and cookies."""

import string

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


def in_digits(number: int) -> str:
    """A number from 0 on, to the base of 62."""
    text = ""
    while number or not text:
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text


def number_in(text: str) -> int:
    """The number that `in_digits` wrote.

    Raises:
        ValueError: there is something else in it.
    """
    value = 0
    for digit in text:
        value = value * len(DIGITS) + DIGITS.index(digit)
    return value
