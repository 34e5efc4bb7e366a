"""Receipt codes as people copy them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum import receipts


@given(st.binary(min_size=16, max_size=16))
def test_every_code_survives_being_copied_badly(code):
    shown = receipts.show_code(code)
    assert receipts.read_code(shown) == code
    assert receipts.read_code(f"  {shown.lower().replace('-', ' ')}\n") == code
    assert receipts.read_code(shown.replace("0", "O").replace("1", "l")) == code


@given(st.binary(min_size=16, max_size=16), st.integers(0, 25))
def test_a_wrong_letter_is_another_code_or_none(code, place):
    letters = list(receipts.show_code(code).replace("-", ""))
    letters[place] = "7" if letters[place] != "7" else "8"
    assert receipts.read_code("".join(letters)) != code


@pytest.mark.parametrize("typed", ["", "A", "U" * 26, "Ä" * 26, "0" * 27, "\x00" * 26, "Z" * 26])
def test_what_cannot_be_a_code_is_none(typed):
    assert receipts.read_code(typed) is None


@given(st.binary(min_size=16, max_size=16))
def test_only_its_ticket_opens_a_seal(code):
    ticket, other = receipts.new_ticket(), receipts.new_ticket()
    sealed = receipts.seal(code, ticket)
    assert code not in sealed
    assert receipts.unseal(sealed, ticket) == code
    assert receipts.unseal(sealed, other) is None
