"""Lists of words, as one reads them."""


def words(listed: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(listed.split())
