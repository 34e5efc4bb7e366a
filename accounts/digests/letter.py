"""Mails from the templates in `emails/`: in plain words, and in HTML with its rules written into each element."""

from __future__ import annotations

import re
from functools import cache

import css_inline
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from forum.site import current, mail_sender

# Rules for dark screens stand in the head and stay there.
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
EMPTY_LINES = re.compile(r"\n{4,}")
# Where the parts go, once the frame around them is written; no template holds it twice.
PARTS = "<!--parts-->"
PARTS_IN_TEXT = "[parts]"


def in_both(template: str, context: dict[str, object], parts: tuple[str, str] = ("", "")) -> tuple[str, str]:
    """The text and the HTML of a mail; `parts` are those of a digest, written before."""
    text = render_to_string(f"emails/{template}.txt", context).replace(PARTS_IN_TEXT, parts[0], 1)
    html = INLINER.inline(render_to_string(f"emails/{template}.html", context)).replace(PARTS, parts[1], 1)
    return EMPTY_LINES.sub("\n\n\n", text.strip()) + "\n", html


def part(kind: str, context: dict[str, object]) -> tuple[str, str]:
    """One part of a digest in both versions. A post's head is left open, for what follows; its end closes it."""
    text = render_to_string(f"emails/_{kind}.txt", context)
    html = INLINER.inline_fragment(render_to_string(f"emails/_{kind}.html", context), style())
    if kind == "post":
        html = html.rstrip().removesuffix("</div>")
    return text, html.strip() + ("</div>\n" if kind == "end" else "\n")


@cache
def style() -> str:
    return render_to_string("emails/_style.css")


def letter(
    template: str, address: str, subject: str, context: dict[str, object], *, sender: str = ""
) -> EmailMultiAlternatives:
    """A mail to one person. `sender` is the name it comes from, if not the site's."""
    context |= {"subject": subject, "SITE_NAME": current().name}
    text, html = in_both(template, context)
    message = EmailMultiAlternatives(subject, text, from_email=mail_sender(sender), to=[address])
    message.attach_alternative(html, "text/html")
    message.extra_headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    return message
