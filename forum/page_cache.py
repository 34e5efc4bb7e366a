"""The page of a thread, kept whole for everybody who reads without a cookie of ours.

What is kept goes under the facts that it was made of (forum/page_version.py), which are read from the database at
each request, before anything is made. So no page is served that is older than the last commit, whatever happens to
Redis or to the memory of a process; and what was begun before a commit cannot be kept as if it came after.
Nothing of the request gets into a kept page: it is made without cookies, for a few forms of address only.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import DisallowedHost, MiddlewareNotUsed
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from forum import reader_cookies
from forum.build import build_id
from forum.kept_pages import KeptPage, KeptPages, Made, shared
from forum.negotiation import has_copy, wants_gzip
from forum.page_version import Facts, read_facts
from forum.quotations import lacks_one
from forum.visitors import Proxies

PATH = re.compile(r"/([12][0-9]{3})/(0[1-9]|1[0-2])/([-a-zA-Z0-9_]+)\.html")
# Each form of the address has one spelling here; whoever writes it otherwise gets a page made for them alone.
WHICH_PAGE = "page=(?:all|[1-9][0-9]{0,3})"
QUERY = re.compile(rf"(?:view=(?:newest|oldest|threads)(?:&{WHICH_PAGE})?|{WHICH_PAGE}|c=[1-9][0-9]{{0,6}}|fold=all)?")
SHARED = {"Cache-Control": "public, no-cache", "Vary": "Accept-Encoding, Cookie"}
QUICK = 1  # Level of gzip for a page that goes out once.

KEPT = KeptPages()


class Address(NamedTuple):
    """The address of a kept page, and whether it was made for HTTPS, which has headers of its own."""

    path: str
    query: str
    is_secure: bool


class PageCache:
    """Answer for a thread's page from what is kept. It stands first, so that little else runs for such a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.DEBUG or not settings.FORUM_PAGE_CACHE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.proxies = Proxies()
        build_id()  # Now, as long as the files are those that this process runs.

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = PATH.fullmatch(request.path_info)
        if path is None or request.method not in ("GET", "HEAD") or not self.may_answer(request):
            return self.get_response(request)
        if not is_for_everybody(request):
            return made_for_one(request, self.get_response(request))
        try:
            facts = read_facts(int(path[1]), int(path[2]), path[3])
        except (DatabaseError, InterfaceError):  # Whoever comes next says so.
            facts = None
        if facts is None:
            return self.get_response(request)
        KEPT.forget_older(facts.shared_version)
        address = Address(request.path_info, request.META.get("QUERY_STRING", ""), request.is_secure())
        page = KEPT.get(address, facts) or self.find_or_make(request, address, facts)
        return answer(request, page) if isinstance(page, KeptPage) else made_for_one(request, page)

    def may_answer(self, request: HttpRequest) -> bool:
        """Whether Django would let this request pass: its host is ours, and it came by HTTPS where that is asked."""
        try:
            request.get_host()
        except DisallowedHost:
            return False
        if request.path != request.path_info:  # Some servers take the part before it from a header of the client's.
            return False
        return not settings.SECURE_SSL_REDIRECT or (request.is_secure() and self.proxies.are_believed(request.META))

    def find_or_make(self, request: HttpRequest, address: Address, facts: Facts) -> Made:
        make = partial(self.make, request, facts)
        if address.query.startswith("c="):  # One for each comment would fill Redis.
            return KEPT.get_or_make(address, facts, make)
        name = blake2b(repr((address, facts, build_id())).encode(), digest_size=16).hexdigest()
        return KEPT.get_or_make(address, facts, partial(shared, name, make))

    def make(self, request: HttpRequest, facts: Facts) -> Made:
        """Have the page made for a reader without cookies, under the site's settings as the facts have them."""
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        request.site_settings = facts.site_settings  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or not may_be_kept(response):
            return response
        headers = {name: value for name, value in response.items() if name not in ("Content-Length", *SHARED)}
        return KeptPage.of(response.content, headers, build_id())


def is_for_everybody(request: HttpRequest) -> bool:
    """Whether this is a form of address that is kept, from somebody without a cookie that could change the page."""
    if QUERY.fullmatch(request.META.get("QUERY_STRING", "")) is None:
        return False
    if "HTTP_COOKIE" not in request.META:
        return True
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and not reader_cookies.has_any(request)


def may_be_kept(response: HttpResponse) -> bool:
    """Whether a page as it was made may be served to others, until the facts change."""
    if response.status_code != 200 or response.cookies or lacks_one(response.content):
        return False
    return not {"private", "no-store"} & set(re.findall(r"[\w-]+", response.headers.get("Cache-Control", "")))


def answer(request: HttpRequest, page: KeptPage) -> HttpResponse:
    """The kept page in the encoding that the browser wants; 304 if it has it; headers alone for HEAD."""
    zipped = wants_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    tag = f'"{page.tag}-gz"' if zipped else f'"{page.tag}"'
    if has_copy(request.META.get("HTTP_IF_NONE_MATCH", ""), tag):
        return HttpResponseNotModified(headers={"ETag": tag, **SHARED})
    body = page.zipped if zipped else page.body
    headers = {**page.headers, **SHARED, "ETag": tag, "Content-Length": str(len(body))}
    if zipped:
        headers["Content-Encoding"] = "gzip"
    return HttpResponse(b"" if request.method == "HEAD" else body, headers=headers)


def made_for_one(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A page of a thread that is kept for nobody else, zipped where no session could put a secret into it."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    is_secret = settings.SESSION_COOKIE_NAME in request.COOKIES
    if is_secret or request.method == "HEAD" or response.status_code != 200 or not isinstance(response, HttpResponse):
        return response
    if wants_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response.content = gzip.compress(response.content, QUICK, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
    return response
