"""The address of a page without the marks that say who shared it, and without a copy of the page in between.

The one list of what is tracking. It is conservative: a name that is not on it stays, and so do tokens, keys and
signatures.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from forum.web_addresses import is_web_address

PARTS = re.compile(r"(https?)://([^/?#\\]+)([^?#\\]*)(?:\?([^#\\]*))?(?:#([^\\]*))?", re.IGNORECASE)
# The global rules of ClearURLs (docs.clearurls.xyz) as far as they are unmistakable on any site, and what the BBC
# (at_, ns_, xtor), Mailchimp (mc_), HubSpot (hsa_, _hs), Matomo (mtm_, pk_) and Adobe (s_cid, CMP) say of theirs.
TRACKING = re.compile(
    r"utm_\w+|(?:mtm|pk)_(?:campaign|cid|content|group|keyword|kwd|medium|placement|source)"
    r"|at_(?:bbc_team|campaign(?:_type)?|custom\d|format|link_(?:id|origin|type)|medium|ptr_(?:name|type))"
    r"|ns_(?:campaign|fee|linkname|mchannel|source)|mc_[ce]id|hsa_[a-z]{2,3}|_hs(?:enc|mi)|_openstat"
    r"|__twitter_impression|cmpid|[dgy]clid|dicbo|echobox|fb_(?:action_(?:ids|types)|ref|source)|fbclid|[gw]braid|gclsrc"
    r"|icid|igshid|mibextid|mkt_tok|msclkid|ocid|ref_src|s_cid|ttclid|twclid|vero_id|xtor|(?-i:CMP(?:_[A-Z]+)?)",
    re.IGNORECASE,
)
# Short names that mean tracking only there.
TRACKING_AT = {
    "dailymail.co.uk": re.compile("ito", re.IGNORECASE),
    "instagram.com": re.compile("igsh", re.IGNORECASE),
    "nytimes.com": re.compile("smid|smtyp", re.IGNORECASE),
    "open.spotify.com": re.compile("si", re.IGNORECASE),
    "twitter.com": re.compile("[st]", re.IGNORECASE),
    "x.com": re.compile("[st]", re.IGNORECASE),
    "youtu.be": re.compile("si", re.IGNORECASE),
    "youtube.com": re.compile("si", re.IGNORECASE),
}
# What AMP's viewers add, to the query or behind the "#". The first name gives the others away, which alone may be
# anything.
AMP_SIGN = re.compile("amp_(?:gsa|js_v|tf)|_gsa|_tf|ampshare|aoh", re.IGNORECASE)
AMP_MARK = re.compile(f"{AMP_SIGN.pattern}|amp_[a-z]{{1,9}}|csi|referrer|share|usqp", re.IGNORECASE)

AMP_CACHE = re.compile(r"(?:[a-z0-9-]+\.)?(?:cdn\.ampproject\.org|bing-amp\.com)")
CACHED = re.compile(r"/[a-z]{1,2}/(s/)?(.+)", re.DOTALL)
GOOGLE = re.compile(r"(?:www\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
VIEWED = re.compile(r"/amp/(s/)?(.+)", re.DOTALL)
FACEBOOK = re.compile(r"lm?\.facebook\.com")
REDIRECTED = re.compile(r"(?:^|&)(?:q|u|url)=(https?(?::|%3A)[^&]+)", re.IGNORECASE)
# No site of its own: what stands before it is the site.
SUFFIX = re.compile(r"[a-z]+|(?:ac|co|com|edu|gov|ltd|me|net|nhs|org|plc|police|sch)\.[a-z]{2}")
# What the last part of an article's path looks like: a number, a name of several words, a page.
ARTICLE = re.compile(r"\d{5}|^(?=.{12}).*-|\.html?$", re.DOTALL)
# Copies of copies of copies are somebody's joke.
MOST_STEPS = 6


def without_tracking(address: str) -> str:
    """The address that `address` leads to without tracking or AMP; `address` itself where there is nothing to clean.

    Cleaning what is clean changes nothing. What comes out is an address on the web if anything was changed.
    """
    cleaned = address
    for _ in range(MOST_STEPS):
        before, cleaned = cleaned, _one_step(cleaned)
        if cleaned == before:
            return cleaned if is_web_address(cleaned) else address
    return address


def is_tracking(name: str, host: str) -> bool:
    """Whether the part `name` of a query says who shared the address, on this host in lower case."""
    if TRACKING.fullmatch(name):
        return True
    return any(
        names.fullmatch(name) for site, names in TRACKING_AT.items() if host == site or host.endswith(f".{site}")
    )


def _one_step(address: str) -> str:
    parts = PARTS.fullmatch(address)
    if parts is None:
        return address
    scheme, host, path, query, fragment = parts.groups()
    if copied := _copied(host.lower(), path):
        return copied + _joined(query, fragment)
    if redirected := _redirected(host.lower(), path, query or ""):
        return redirected
    host, path, query = _without_amp(host, path, query)
    query = _kept(query, host.lower())
    return f"{scheme}://{host}{path}" + _joined(query, _kept(fragment, host.lower(), is_fragment=True))


def _copied(host: str, path: str) -> str:
    """The page whose copy a cache or viewer of AMP shows here, without its query; "" if this is none."""
    if AMP_CACHE.fullmatch(host):
        copy = CACHED.fullmatch(path)
    else:
        copy = VIEWED.fullmatch(path) if GOOGLE.fullmatch(host) else None
    return f"http{'s' if copy[1] else ''}://{copy[2]}" if copy else ""


def _redirected(host: str, path: str, query: str) -> str:
    """Where a search result or a shared link leads, if it goes through those who count it."""
    if (path == "/url" and GOOGLE.fullmatch(host)) or (path == "/l.php" and FACEBOOK.fullmatch(host)):
        found = REDIRECTED.search(query)
        return unquote(found[1]) if found else ""
    return ""


def _without_amp(host: str, path: str, query: str | None) -> tuple[str, str, str | None]:
    """A publisher's own AMP page as its plain page, where the path is that of an article."""
    slash = "/" if path.endswith("/") else ""
    parts = path.removesuffix("/").split("/")
    if parts[-1].lower() == "amp" and ARTICLE.search(parts[-2] if len(parts) > 1 else ""):
        parts.pop()
    elif parts[-1].lower().endswith(".amp") and ARTICLE.search(parts[-1][:-4]):
        parts[-1] = parts[-1][:-4]
    elif not ARTICLE.search(parts[-1]):
        return host, path, query
    if query is not None:
        pairs = query.split("&")
        plain = [pair for pair in pairs if pair.lower() not in ("amp", "amp=", "amp=1", "amp=true")]
        query = "&".join(plain) if plain else None
    site = host[4:] if host.lower().startswith("amp.") else ""
    return (site if site and not SUFFIX.fullmatch(site.lower()) else host), "/".join(parts) + slash, query


def _kept(part: str | None, host: str, *, is_fragment: bool = False) -> str | None:
    """A query or fragment without tracking; None if nothing is left. A fragment alone (`#cmp`) is a place."""
    if part is None:
        return None
    pairs = part.split("&")
    names = [pair.partition("=")[0] if "=" in pair or not is_fragment else "" for pair in pairs]
    is_amp = any(AMP_SIGN.fullmatch(name) for name in names)
    kept = [
        pair
        for pair, name in zip(pairs, names, strict=True)
        if not (is_tracking(name, host) or (is_amp and AMP_MARK.fullmatch(name)))
    ]
    return "&".join(kept) if kept else None


def _joined(query: str | None, fragment: str | None) -> str:
    return ("" if query is None else f"?{query}") + ("" if fragment is None else f"#{fragment}")
