"""Atom feeds as this site makes them: complete, well-formed whatever was typed, and the same until they change."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag

from forum.characters import CONTROLS
from forum.site import current

# Since when a feed without entries has been as it is.
LONG_AGO = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


class Feed(Atom1Feed):
    """A feed at `path`, of what the page at `page` shows; texts stand in it whole, as `content`."""

    def __init__(self, *, title: str, path: str, page: str, subtitle: str = "") -> None:
        super().__init__(
            title=shown(title),
            link=settings.SITE_URL + page,
            description="",
            subtitle=shown(subtitle) or None,
            feed_url=settings.SITE_URL + path,
            author_name=shown(current().name),
            language="en-GB",
        )

    def add_entry(
        self,
        *,
        title: str,
        address: str,
        html: str,
        published: datetime.datetime | None,
        updated: datetime.datetime | None,
        author: str = "",
        categories: list[str] | None = None,
    ) -> None:
        """Add one entry. `address` is its permalink with the site's name, and what readers' programs know it by."""
        self.add_item(
            title=shown(title),
            link=address,
            unique_id=address,
            description=shown(html),
            pubdate=published,
            updateddate=updated,
            author_name=shown(author) or None,
            categories=[shown(category) for category in categories or []],
        )

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item | {"description": None})
        handler.addQuickElement("content", item["description"], {"type": "html"})

    def latest_post_date(self) -> datetime.datetime:
        # Django's own says "now" for an empty feed, which so would change all the time.
        return super().latest_post_date() if self.items else LONG_AGO

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The feed, or 304 for whoever has this very feed already.

        Only its bytes say whether it changed: a comment taken down, a title put right or the site's new name have
        no time that a Last-Modified could give, and times are cut to the minute anyway.
        """
        response = HttpResponse(self.writeString("utf-8"), content_type=self.content_type)
        response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest()[:32])
        response["Cache-Control"] = "public, no-cache"
        conditional = get_conditional_response(request, etag=response["ETag"], response=response)
        return conditional if isinstance(conditional, HttpResponse) else response


def shown(text: str) -> str:
    """`text` without what XML cannot hold: an old title with such a character must not end the feed for all."""
    return CONTROLS.sub("", text).encode("utf-8", "ignore").decode()
