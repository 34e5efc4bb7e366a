"""What Markdown may not do here: shout with headings, or take long over what nobody means."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

# Nobody means stress within stress within stress, so many stresses in a text, or brackets in a paragraph.
DEEPEST_STRESS = 6
MOST_STRESS = 300
MOST_BRACKETS = 400
STRESS = {"em_open", "em_close", "strong_open", "strong_close"}
# A place in markdown-it's own notes about a paragraph, which are kept by positions.
COUNTED = -1


def add_rules(markdown: MarkdownIt, *, lowers_headings: bool) -> None:
    """Bound brackets and stress, and lower the headings where there are any."""
    markdown.inline.ruler.before("link", "many_brackets", _many_brackets)
    markdown.inline.ruler2.after("emphasis", "bounded_stress", _bounded_stress)
    if lowers_headings:
        markdown.core.ruler.push("lower_headings", _lower_headings)


def _lower_headings(state: StateCore) -> None:
    """`h1` is the title of the page, so `#` and `##`, which people use alike, are both `h2`."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(max(int(token.tag[1]), 2), 4)}"


def _many_brackets(state: StateInline, silent: bool) -> bool:
    """Among very many, a bracket is text: looking for the other end of each takes quadratic time."""
    if state.src[state.pos] != "[":
        return False
    if COUNTED not in state.cache:
        state.cache[COUNTED] = state.src.count("[")
    if state.cache[COUNTED] <= MOST_BRACKETS:
        return False
    if not silent:
        state.pending += "["
    state.pos += 1
    return True


def _bounded_stress(state: StateInline) -> None:
    """Marks of stress within many others, or after very many, are text: bleach takes its time for each element."""
    as_text: list[bool] = []
    for token in state.tokens:
        if token.type not in STRESS:
            continue
        if token.nesting > 0:
            state.env["stressed"] = state.env.get("stressed", 0) + 1
            is_text = len(as_text) >= DEEPEST_STRESS or state.env["stressed"] > MOST_STRESS
            as_text.append(is_text)
        else:
            is_text = as_text.pop()
        if is_text:
            token.type, token.tag, token.content, token.nesting = "text", "", token.markup, 0
