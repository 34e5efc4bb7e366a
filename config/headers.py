"""Headers that every answer carries, and the guard that keeps other sites from posting here."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from forum import reader_cookies

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Of what is larger no byte is read, although the browser may then only say that the connection broke.
MAX_UPLOAD = 40 * 1024 * 1024
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
FEATURES = (
    "accelerometer, autoplay, browsing-topics, camera, display-capture, encrypted-media, fullscreen, "
    "geolocation, gyroscope, hid, idle-detection, magnetometer, microphone, midi, payment, "
    "picture-in-picture, screen-wake-lock, serial, usb, web-share, xr-spatial-tracking"
)
PERMISSIONS_POLICY = ", ".join(f"{name}=()" for name in FEATURES.split(", "))


class SecurityHeaders:
    """Add what neither Django nor django-csp sets."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # Whoever has a session may be shown more than others; no cache on the way is to keep that.
        is_the_same_for_all = "public" in response.headers.get("Cache-Control", "")
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        # What answers a form, and a page that says what went wrong, may hold what somebody typed.
        is_an_answer = request.method not in SAFE_METHODS or response.status_code >= 400
        if is_an_answer or request.path.startswith("/accounts/") or (has_session and not is_the_same_for_all):
            response.headers["Cache-Control"] = "no-store"
        elif reader_cookies.has_any(request) and not is_the_same_for_all:
            # Made for one reader; their own browser may keep it, so that Back brings the place back.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class WholeForms:
    """Refuse a form that broke off on its way: half a sentence must not be posted, for it may say the opposite.

    Reading the body here also bounds it: what is larger than `DATA_UPLOAD_MAX_MEMORY_SIZE` is refused with 400.
    A view that takes files sets `takes_files = True`. A body of at most `FILE_UPLOAD_MAX_MEMORY_SIZE` is then read;
    of a larger one Django keeps the words and drops the files, unread, so that the view can say so beside the words;
    beyond `MAX_UPLOAD` it is refused with 413.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        if request.method in SAFE_METHODS:
            return None
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        if getattr(view, "takes_files", False):
            if announced > MAX_UPLOAD:
                return render(request, "400.html", {"too_large": True}, status=413)
            if announced > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
                return None
            # `request.body` knows one limit for all views; from here on it is what was read.
            request._body = request.read()
        if len(request.body) < announced:
            raise BadRequest("The form broke off on its way.")
        return None


class OwnPagesOnly:
    """Refuse a state change that another site's page sent.

    Reader's forms stand on pages that all readers share, so they carry no CSRF token. Browsers say where a
    request comes from in `Sec-Fetch-Site` and `Origin`; one that names another site is refused with 403, and
    one that names nothing (old browsers, tools) passes, since it carries nobody's authority.
    A view that must accept such posts (one-click unsubscribe) sets `any_origin = True`.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method in SAFE_METHODS or getattr(view, "any_origin", False) or not sent_by_another_site(request):
            return None
        return render(request, "403.html", {"another_site": True}, status=403)


def sent_by_another_site(request: HttpRequest) -> bool:
    """Whether the browser says that a page of another site sent this request."""
    fetch_site = request.META.get("HTTP_SEC_FETCH_SITE", "")
    if fetch_site not in ("", "same-origin", "none"):
        return True
    origin = request.META.get("HTTP_ORIGIN", "")
    try:
        return bool(origin) and urlsplit(origin).netloc.lower() != request.get_host().lower()
    except ValueError:  # An origin that cannot be read is none of ours.
        return True
