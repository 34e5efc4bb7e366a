"""Tables: those that hold facts become lines of text, those that only arrange a page become what they arrange."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from forum.paste.furniture import Furniture

STRUCTURE = ["table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre"]
# A longer cell is a column of a page.
LONGEST_CELL = 200


def rows_to_lines(tree: BeautifulSoup, furniture: Furniture) -> None:
    """Turn each row of facts into a line, its cells parted by commas."""
    for row in tree.find_all("tr"):
        cells = [cell for cell in row.find_all(["td", "th"], recursive=False) if cell not in furniture]
        texts = {id(cell): cell.get_text().strip() for cell in cells if cell.find(STRUCTURE) is None}
        filled = [cell for cell in cells if texts.get(id(cell), "?")]
        if len(filled) > 1 and len(texts) == len(cells) and max(map(len, texts.values())) <= LONGEST_CELL:
            _to_line(tree, row, filled, texts)


def _to_line(tree: BeautifulSoup, row: Tag, filled: list[Tag], texts: dict[int, str]) -> None:
    for cell in filled:
        for part in cell.find_all(True):
            if part.name in ("br", "div", "p"):
                part.insert_before(" ")
                part.name = "span"
        cell.name = "span"
    for cell in filled[:-1]:
        cell.append(" " if texts[id(cell)].endswith((":", ",", ";")) else ", ")
    row.name = "span"
    row.insert_after(tree.new_tag("br"))
