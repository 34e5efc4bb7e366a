"""Forgetting who is at the other end, before anything else runs.

The first middleware throws away every header that could tell people apart, and replaces the network address
by a *bucket*: a keyed hash of the address prefix whose key lives in Redis or this process's memory for an hour
and is never written anywhere. Whoever later holds the disk cannot reverse it; whoever holds the memory learns
the last hour.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import SimpleLazyObject

from forum.memory import remembered

HOUR = 3600
# All that the site needs to know of a request; no other header survives.
KEPT_HEADERS = {
    "HTTP_HOST",
    "HTTP_COOKIE",
    "HTTP_ORIGIN",
    "HTTP_SEC_FETCH_SITE",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_X_REQUESTED_WITH",
}


class Proxies:
    """The machines whose word on a client counts (`TRUSTED_PROXIES`)."""

    def __init__(self) -> None:
        self.networks = [ipaddress.ip_network(name) for name in settings.TRUSTED_PROXIES if name != "unix"]
        self.trusts_socket = "unix" in settings.TRUSTED_PROXIES

    def include(self, address: str) -> bool:
        """Whether `address` is one of ours."""
        if not address:
            return self.trusts_socket
        try:
            ip = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(ip in network for network in self.networks)

    def are_believed(self, meta: dict[str, Any]) -> bool:
        """Whether what these headers say of HTTPS, if they say anything, comes from one of ours."""
        return "HTTP_X_FORWARDED_PROTO" not in meta or self.include(meta.get("REMOTE_ADDR", ""))


class ForgetVisitor:
    """Put `request.visitor`, the bucket, in the place of address, user agent, referrer and language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.proxies = Proxies()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        prefix = address_prefix(self.client_address(request.META))
        # Lazy: reading a page must not ask Redis for a key that only limits need.
        request.visitor = SimpleLazyObject(lambda: bucket(prefix))  # type: ignore[attr-defined]
        self.forget(request.META)
        return self.get_response(request)

    def client_address(self, meta: dict[str, Any]) -> str:
        """The last address in the chain that is not a proxy of ours."""
        address: str = meta.get("REMOTE_ADDR", "")
        chain = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        while chain and self.proxies.include(address):
            address = chain.pop()
        return address

    def forget(self, meta: dict[str, Any]) -> None:
        """Strip `meta`, which is the WSGI environment itself, so that no later code can log or store it."""
        kept = set(KEPT_HEADERS)
        if self.proxies.include(meta.get("REMOTE_ADDR", "")):
            kept.add("HTTP_X_FORWARDED_PROTO")
        host = referring_host(meta.get("HTTP_REFERER", ""))
        for name in [name for name in meta if name.startswith("HTTP_") and name not in kept]:
            del meta[name]
        for name in ("REMOTE_PORT", "REMOTE_HOST", "REMOTE_USER"):
            meta.pop(name, None)
        meta["REMOTE_ADDR"] = "0.0.0.0"  # noqa: S104 - a blank, not an address to bind
        # Django's CSRF check over HTTPS asks for a referrer when there is no Origin; our own host is enough.
        if host and host.split("//")[1] == meta.get("HTTP_HOST"):
            meta["HTTP_REFERER"] = f"{host}/"


def referring_host(referrer: str) -> str:
    """`scheme://host` of a referrer; "" where there is none or it cannot be read."""
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def address_prefix(address: str) -> str:
    """What one household or office shares: an IPv4 address, or the first 56 bits of an IPv6 one."""
    try:
        ip = ipaddress.ip_address(address.split("%", 1)[0])
    except ValueError:
        return ""
    if ip.version == 6 and ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 56), strict=False))


def bucket(prefix: str) -> str:
    """The hourly name of an address prefix: 16 hex digits that nobody can take back to the address."""
    hour = int(time.time()) // HOUR
    key: bytes = remembered(f"visitor-key:{hour}", lambda: secrets.token_bytes(32), seconds=HOUR)
    return hmac.new(key, prefix.encode(), hashlib.sha256).hexdigest()[:16]
