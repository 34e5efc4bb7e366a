"""How a reader wants pages to look, and whether this device remembers what was read: two cookies, each on request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forum import reader_cookies, reading_settings, seen, voices
from forum.models import Post
from forum.reader_cookies import READING, SEEN, seen_by, settings_of
from forum.source import small_number

PAGE = "/reading/"
# What the page says after a press, by the address that the press led to and whether the cookie is there.
SAID = {
    ("saved", True): "Saved on this device.",
    ("saved", False): "Your browser did not keep the cookie, so the settings are not saved. It may refuse cookies.",
    ("usual", False): "These are the settings that everybody has, so nothing is kept on this device.",
    ("forgotten", False): "Forgotten: your reading settings are deleted from this device.",
    ("marking", True): "From now on this device marks what is new when you come back.",
    ("marking", False): "Your browser did not keep the cookie, so nothing will be marked. It may refuse cookies.",
    ("unmarked", False): "Forgotten: what you have read is deleted from this device.",
    ("silent", False): "Forgotten: your next comment from this browser has no voice, or a new one.",
}
COOKIE_OF = {"marking": SEEN, "unmarked": SEEN, "silent": voices.cookie_name()}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """The form; or save what it asks for. A setting that is not sent stays as it is."""
    before = settings_of(request)
    if request.method == "POST":
        return save(reading_settings.changed(before, request.POST))
    context = {
        "fields": [(setting, before[setting.name]) for setting in reading_settings.SETTINGS],
        "keeps_settings": bool(request.COOKIES.get(READING)),
        "keeps_seen": bool(request.COOKIES.get(SEEN)),
        "keeps_voice": bool(voices.secret_of(request)),
        "posts_seen": len(seen_by(request) or ()),
        "most_posts": seen.MOST_POSTS,
        "said": sentence(request),
        "back_to": post_named(request.GET.get("post")),
    }
    return render(request, "forum/reading.html", context)


@csrf_exempt
@require_POST
def forget_settings(request: HttpRequest) -> HttpResponse:
    """Delete the cookie that holds the settings."""
    response = see_other("forgotten")
    reader_cookies.forget(response, READING)
    return response


@csrf_exempt
@require_POST
def remember_seen(request: HttpRequest) -> HttpResponse:
    """Begin to mark what is new on this device; the post that the button stood under counts as read."""
    so_far = seen_by(request) or {}
    post = post_named(request.POST.get("post"))
    if post:
        so_far = seen.look(so_far, post=post.pk, newest=post.last_number, now=timezone.now())
    response = see_other("marking", post)
    reader_cookies.keep(response, SEEN, seen.write(so_far))
    return response


@csrf_exempt
@require_POST
def forget_seen(request: HttpRequest) -> HttpResponse:
    """Delete the cookie that holds what was read; nothing is marked from then on."""
    response = see_other("unmarked", post_named(request.POST.get("post")))
    reader_cookies.forget(response, SEEN)
    return response


@csrf_exempt
@require_POST
def forget_voice(request: HttpRequest) -> HttpResponse:
    """Delete the cookie that this browser's voices are made from; they stay on the comments that have them."""
    response = see_other("silent")
    voices.forget_secret(response)
    return response


def save(wanted: reading_settings.ReadingSettings) -> HttpResponse:
    """Keep the settings; where all are as usual there is nothing to keep."""
    value = reading_settings.write(wanted)
    response = see_other("saved" if value else "usual")
    if value:
        reader_cookies.keep(response, READING, value)
    else:
        reader_cookies.forget(response, READING)
    return response


def see_other(what: str, post: Post | None = None) -> HttpResponse:
    """Back to the form, which says what was done, and the way back to the post where the button stood."""
    return HttpResponseRedirect(f"{PAGE}?{what}" + (f"&post={post.pk}" if post else ""), status=303)


def post_named(key: str | None) -> Post | None:
    """The readable post with this key, if there is one."""
    number = small_number(key)
    return Post.objects.readable().filter(pk=number).first() if number else None


def sentence(request: HttpRequest) -> str:
    """What to say after a press: what became of the cookie can only be told by the request after it."""
    for key in request.GET:
        if found := SAID.get((key, bool(request.COOKIES.get(COOKIE_OF.get(key, READING))))):
            return found
    return ""
