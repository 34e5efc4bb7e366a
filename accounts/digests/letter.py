"""Mails from the templates in `emails/`: in plain words, and in HTML with its rules written into each element."""

from __future__ import annotations

import re
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from forum.site import current, mail_sender

# Rules for dark screens stand in the head and stay there.
INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
EMPTY_LINES = re.compile(r"\n{4,}")


class UnfoldedMail(EmailMultiAlternatives):
    """A mail whose headers stay on one line each: mail programs overlook a folded List-Unsubscribe."""

    def message(self, **kwargs: Any) -> Any:
        message: Any = super().message(**kwargs)
        message.policy = message.policy.clone(max_line_length=990)
        return message


def in_both(template: str, context: dict[str, object]) -> tuple[str, str]:
    """The text and the HTML of a mail."""
    text = render_to_string(f"emails/{template}.txt", context)
    html = INLINER.inline(render_to_string(f"emails/{template}.html", context))
    return EMPTY_LINES.sub("\n\n\n", text.strip()) + "\n", html


def letter(
    template: str, address: str, subject: str, context: dict[str, object], *, sender: str = ""
) -> EmailMultiAlternatives:
    """A mail to one person. `sender` is the name it comes from, if not the site's."""
    context |= {"subject": subject, "SITE_NAME": current().name, "SITE_URL": settings.SITE_URL}
    text, html = in_both(template, context)
    message = UnfoldedMail(subject, text, from_email=mail_sender(sender), to=[address])
    message.attach_alternative(html, "text/html")
    message.extra_headers = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
    return message
