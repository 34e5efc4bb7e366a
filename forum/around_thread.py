"""The page around a thread, made while the database looks for the thread. What only the thread tells goes into gaps.

On PostgreSQL a page is made in three quarters of the time that way.
"""

from __future__ import annotations

import secrets
from html import escape

from django.utils.safestring import SafeString

from forum.asked import CONVERSATIONS, Asked
from forum.models import Post
from forum.thread_page import ThreadPage

# Stands for what comes later in templates/forum/post.html. Nobody who writes here can know it.
GAP = SafeString(f"<!-- {secrets.token_hex()} -->")
NOBODY = b"<p>Nobody has written here yet.</p>"


def filled(around: str, post: Post, asked: Asked, thread: ThreadPage) -> bytes:
    """The whole page: forum/post.html with its gaps filled, in their order."""
    title, address, bar, section, end = around.split(GAP)
    number = thread.page if thread.page and thread.page > 1 else None
    before = [
        *(title, f", page {number}" if number else ""),
        *(address, f"?page={number}" if number and asked.view == CONVERSATIONS else ""),
        *(bar, f'<a href="{escape(thread.first_new)}">First new</a>' if thread.first_new else ""),
        *(section, _page_links(post, asked, thread, "Pages of comments, top"), "\n\n"),
    ]
    after = ["\n", _page_links(post, asked, thread, "Pages of comments, end"), "\n", end]
    return b"".join(["".join(before).encode(), *(thread.parts or [NOBODY]), "".join(after).encode()])


def _page_links(post: Post, asked: Asked, thread: ThreadPage, label: str) -> str:
    """The way to each page of the thread; "" where one holds all."""
    if thread.pages == 1:
        return ""
    first, page = escape(post.get_absolute_url()), escape(f"?{asked.view_part}page=")
    links = [f'<nav class="pages" aria-label="{label}">']
    for number in range(1, thread.pages + 1):
        query = f"{page}{number}" if number > 1 or asked.view_part else ""
        way = f'<a href="{first}{query}#comments">Page {number}</a>'
        links.append(f'<span aria-current="page">Page {number}</span>' if number == thread.page else way)
    if thread.page is None:
        return "\n".join([*links, '<span aria-current="page">All on one page</span></nav>'])
    further = f'<a href="{first}{page}{thread.page + 1}#comments" rel="next">Next page</a> '
    whole = f'<a href="{page}all#comments">All on one page</a></nav>'
    return "\n".join([*links, further + whole if thread.page < thread.pages else whole])
