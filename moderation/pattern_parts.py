"""Reading a pattern: what the owner typed becomes a graph of parts that each read one sign."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LENGTH = 300
MOST_NODES = 1000
MOST_REPEATS = 100
TIMES = re.compile(r"\{(\d{1,3})(?:(,)(\d{0,3}))?\}")
Takes = Callable[[str], bool]
CLASSES: dict[str, Takes] = {
    "d": str.isdecimal,
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
}
ESCAPED = {"n": "\n", "t": "\t"}


class BadPattern(ValueError):
    """A pattern that cannot be read; its text says why, for whoever typed it."""


@dataclass
class Node:
    """A part of a pattern: it takes a sign (`sign`), leads two ways (`fork`), looks (`^ $ b B`) or is the `end`."""

    kind: str
    then: int = 0
    other: int = 0
    takes: Takes = bool


# What was typed, as a tree: ("sign", takes), ("look", kind), ("row", [...]), ("or", [...]),
# ("times", tree, least, most).
Tree = tuple[Any, ...]


def graph_of(source: str) -> tuple[list[Node], int]:
    """The parts, and the number of the first.

    Raises:
        BadPattern: the sentence says what is wrong.
    """
    if len(source) > LENGTH:
        raise BadPattern(f"A pattern can have {LENGTH} characters; this one has {len(source)}.")
    tree = Reading(source).whole()
    nodes = [Node("end")]
    first = build(tree, 0, nodes)
    return nodes, first


def build(tree: Tree, then: int, nodes: list[Node]) -> int:
    """Put the parts of a tree before the part `then`; the number of the first of them."""
    name = tree[0]
    if name == "row":
        for one in reversed(tree[1]):
            then = build(one, then, nodes)
        return then
    if name == "or":
        ways = [build(one, then, nodes) for one in tree[1]]
        while len(ways) > 1:
            ways.append(add(nodes, Node("fork", ways.pop(), ways.pop())))
        return ways[0]
    if name == "times":
        return repeated(tree, then, nodes)
    return add(nodes, Node("sign", then, takes=tree[1]) if name == "sign" else Node(tree[1], then))


def repeated(tree: Tree, then: int, nodes: list[Node]) -> int:
    _, one, least, most = tree
    end = then
    if most is None:
        then = add(nodes, Node("fork", 0, end))
        nodes[then].then = build(one, then, nodes)
    for _ in range((most or least) - least):
        then = add(nodes, Node("fork", build(one, then, nodes), end))
    for _ in range(least):
        then = build(one, then, nodes)
    return then


def add(nodes: list[Node], node: Node) -> int:
    if len(nodes) >= MOST_NODES:
        raise BadPattern("This pattern repeats too much. Make it shorter.")
    nodes.append(node)
    return len(nodes) - 1


class Reading:
    """Reads a pattern from left to right."""

    def __init__(self, source: str) -> None:
        self.source, self.at, self.depth = source, 0, 0

    def whole(self) -> Tree:
        tree = self.choice()
        if self.at < len(self.source):
            raise BadPattern("There is a “)” without a “(” before it.")
        return tree

    def next(self) -> str:
        return self.source[self.at : self.at + 1]

    def take(self) -> str:
        sign = self.next()
        if not sign:
            raise BadPattern("The pattern ends in the middle.")
        self.at += 1
        return sign

    def choice(self) -> Tree:
        ways = [self.row()]
        while self.next() == "|":
            self.at += 1
            ways.append(self.row())
        return ("or", ways) if len(ways) > 1 else ways[0]

    def row(self) -> Tree:
        parts: list[Tree] = []
        while self.next() not in ("", "|", ")"):
            parts.append(self.times(self.one()))
        return "row", parts

    def times(self, one: Tree) -> Tree:
        """A part, and how often it may come."""
        least: int
        most: int | None
        if self.next() in ("*", "+", "?"):
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[self.take()]
        elif found := TIMES.match(self.source, self.at):
            self.at = found.end()
            least = int(found[1])
            most = least if not found[2] else int(found[3]) if found[3] else None
        else:
            return one
        if max(least, most or 0) > MOST_REPEATS or (most is not None and most < least):
            raise BadPattern(f"Repeat a part at most {MOST_REPEATS} times, the smaller number first.")
        if self.next() in ("*", "+", "?", "{"):
            raise BadPattern("A repeat cannot be repeated: leave one of “*”, “+”, “?” out.")
        return "times", one, least, most

    def one(self) -> Tree:
        sign = self.take()
        if sign == "(":
            return self.group()
        if sign == "[":
            return "sign", self.listed()
        if sign in "^$":
            return "look", sign
        if sign in "*+?":
            raise BadPattern(f"There is nothing before “{sign}” to repeat.")
        if sign == ".":
            return "sign", lambda read: read != "\n"
        if sign == "\\":
            return self.escaped()
        return "sign", same(sign)

    def group(self) -> Tree:
        if self.source.startswith("?:", self.at):
            self.at += 2
        elif self.next() == "?":
            raise BadPattern("“(?” is not understood here: a pattern cannot look around or name its parts.")
        self.depth += 1
        if self.depth > 20:
            raise BadPattern("There are too many brackets in brackets.")
        tree = self.choice()
        if self.next() != ")":
            raise BadPattern("There is a “(” without a “)” after it.")
        self.at += 1
        self.depth -= 1
        return tree

    def escaped(self) -> Tree:
        sign = self.take()
        if sign in "bB":
            return "look", sign
        return "sign", self.class_or_sign(sign)

    def class_or_sign(self, sign: str) -> Takes:
        if sign.lower() in CLASSES:
            takes = CLASSES[sign.lower()]
            return takes if sign.islower() else lambda read: not takes(read)
        if sign.isalnum() and sign not in ESCAPED:
            raise BadPattern(f"“\\{sign}” is not understood here.")
        return same(ESCAPED.get(sign, sign))

    def listed(self) -> Takes:
        """The signs in square brackets."""
        is_not = self.next() == "^"
        self.at += is_not
        takes: list[Takes] = []
        while self.next() != "]" or not takes:
            sign = self.take()
            if sign == "\\":
                takes.append(self.class_or_sign(self.take()))
            elif self.next() == "-" and self.source[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                takes.append(between(sign, self.take()))
            else:
                takes.append(same(sign))
        self.at += 1
        return lambda read: any(one(read) for one in takes) != is_not


def same(sign: str) -> Takes:
    alike = {sign, sign.lower(), sign.upper()}
    return lambda read: read in alike


def between(first: str, last: str) -> Takes:
    if first > last:
        raise BadPattern(f"“{first}-{last}” goes backwards.")
    return lambda read: any(first <= sign <= last for sign in (read, read.lower(), read.upper()))
