"""A stylesheet as a browser of the end of 2021 reads it: what is newer is not there.

What Chrome 96, Firefox 95 and Safari 15.2 all knew is listed here, as far as we use it. Whatever is not listed counts
as newer, so that nobody has to remember to add to this when the stylesheet grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# `accent-color`, `color-scheme`, `content-visibility`, `text-wrap` and plain `user-select` came later to one of them.
PROPERTIES = _words("""
    align-items animation background border border-bottom border-collapse border-color border-inline-start
    border-inline-start-color border-radius border-start-start-radius border-top border-width box-shadow box-sizing
    break-after break-inside clip-path color columns content cursor direction display filter flex flex-direction
    flex-wrap font font-family font-size font-style font-variant-numeric font-weight gap height inset-block
    inset-block-end inset-inline inset-inline-end inset-inline-start justify-content left letter-spacing line-height
    list-style margin margin-block margin-bottom margin-inline margin-inline-end margin-inline-start margin-top
    max-height max-width min-height min-width object-fit opacity orphans outline outline-offset overflow overflow-wrap
    overflow-x padding padding-block padding-block-end padding-bottom padding-inline padding-inline-end
    padding-inline-start padding-top position resize scroll-behavior scroll-margin-top scroll-padding-block
    scroll-padding-block-end text-align text-decoration text-decoration-thickness text-underline-offset top transition
    unicode-bidi vertical-align white-space widows width word-break word-spacing z-index
""")
# Safari learned this value of `overflow-wrap` in 2022.
LATER_WORDS = _words("anywhere")
FUNCTIONS = _words("attr brightness calc clamp inset min not nth-child rgb var")
UNITS = _words("% cm em pt px rem vh vw")
# `:focus-visible` came to Safari in 2022.
PSEUDO = _words("""
    after before empty file-selector-button first-child focus hover last-child not nth-child root selection target
""")
# `prefers-contrast` came to Firefox, `forced-colors` to Safari in 2022.
MEDIA = _words("max-width min-width pointer prefers-color-scheme prefers-reduced-motion")
STRING = re.compile(r'"[^"]*"|\'[^\']*\'')


def as_of_2021(css: str) -> str:
    """The rules and declarations of this stylesheet that are not newer than 2021."""
    return "\n".join(_known(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)))


def _known(css: str) -> Iterator[str]:
    for prelude, block in _rules(css):
        if prelude.startswith("@media"):
            if set(re.findall(r"\(([\w-]+)", prelude)) <= MEDIA:
                yield f"{prelude} {{ {' '.join(_known(block))} }}"
        elif _is_known_selector(prelude):
            kept = [line.strip() for line in block.split(";") if _is_known(line.strip())]
            yield f"{prelude} {{ {'; '.join(kept)} }}"


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """What stands before each outermost pair of braces, and what in it."""
    depth = start = 0
    prelude = ""
    for brace in re.finditer(r"[{}]", css):
        depth += 1 if brace[0] == "{" else -1
        if depth == 1 and brace[0] == "{":
            prelude, start = css[start : brace.start()].strip(), brace.end()
        elif depth == 0:
            yield prelude, css[start : brace.start()]
            start = brace.end()


def _is_known_selector(selector: str) -> bool:
    return not selector.startswith("@") and set(re.findall(r":([\w-]+)", STRING.sub("", selector))) <= PSEUDO


def _is_known(declaration: str) -> bool:
    if not declaration or "{" in declaration or "&" in declaration:
        return False
    name, _, value = declaration.partition(":")
    value = STRING.sub("", value)
    return (
        (name.startswith("--") or name in PROPERTIES)
        and set(re.findall(r"([\w-]+)\(", value)) <= FUNCTIONS
        and set(re.findall(r"(?<![\w#-])-?[\d.]+([a-z]+|%)", value)) <= UNITS
        and not LATER_WORDS & set(re.findall(r"[\w-]+", value))
    )
