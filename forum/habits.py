"""What this audience types that Markdown does not know: rules of its own, and answers straight below a quotation."""

import re

RULE_LINE = re.compile(r"^[ \t]*(?:\*{5,}|--oo00oo--)[ \t]*$")
# Stars glued to a letter are a masked word ("what the f*****"), not a rule.
RULE_AT_END = re.compile(r"(?:(?<=[^\s*\w])[ \t]*|(?<=\w)[ \t]+)\*{5,}[ \t]*$|(?<=\S)[ \t]*--oo00oo--[ \t]*$")
LIST_ITEM = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,9}[.)])\s")
# What may open a quotation or a list, once or several times, at the start of a line.
OPENERS = re.compile(r"(?:\s{0,3}(?:>|[-*+](?=\s)|\d{1,9}[.)](?=\s)))+")
MAX_OPENERS = 6
MAX_INDENT = 12


def in_grammar(text: str, *, is_bounded: bool) -> str:
    """A text as this audience types it, in Markdown's grammar.

    Rules typed as asterisks or `--oo00oo--`, also at the end of a paragraph; an answer straight below a
    quoted line or a list is a paragraph of its own and not part of it. `is_bounded` limits what readers nest,
    since beyond a depth that nobody means, Markdown parsers drop text.
    """
    lines: list[str] = []
    for line in text.split("\n"):
        if RULE_LINE.match(line):
            lines += ["", "***", ""]
            continue
        glued = RULE_AT_END.search(line)
        said = line[: glued.start()] if glued else line
        said = _bound(said) if is_bounded else said
        if said.strip() and lines and _ends_block(lines[-1], said):
            lines.append("")
        lines.append(said)
        if glued:
            lines += ["", "***", ""]
    return "\n".join(lines)


def _bound(line: str) -> str:
    """At most 12 columns of indentation, and six openers of quotations or lists; what follows is text."""
    body = line.lstrip(" \t")
    indent = line[: len(line) - len(body)].expandtabs(4)[:MAX_INDENT]
    openers = OPENERS.match(body)
    if openers and len(marks := list(re.finditer(r">|[-*+]|\d{1,9}[.)]", openers[0]))) > MAX_OPENERS:
        cut = marks[MAX_OPENERS].start()
        # A word joiner keeps the next mark from opening anything and shows nothing.
        body = f"{body[:cut]}\u2060{body[cut:]}"
    return indent + body


def _ends_block(before: str, line: str) -> bool:
    quoted, was_quoted = line.lstrip().startswith(">"), before.lstrip().startswith(">")
    if quoted or was_quoted:
        return was_quoted and not quoted
    return bool(LIST_ITEM.match(before)) and not LIST_ITEM.match(line) and not line.startswith((" ", "\t"))
