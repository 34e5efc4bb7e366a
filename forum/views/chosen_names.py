"""What the form for comments asks about names: voices and pen names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from forum import limits, voices
from forum.errors import BadPhrase
from forum.services.voices import known_voice

if TYPE_CHECKING:
    from forum.models import Post
    from forum.views.write_form import WriteForm


def read_names(request: HttpRequest, form: WriteForm) -> None:
    """Put what was sent about names into the form; a secret phrase is not among it."""
    sent = request.POST
    form.name, form.voice, form.voice_code = sent.get("name", ""), "voice" in sent, sent.get("voice_code", "").strip()
    form.voice_mark = mark_here(request, form.post) if form.voice else ""
    form.phrase_again = bool(sent.get("phrase"))


def phrase_from(request: HttpRequest, form: WriteForm) -> str:
    """The secret phrase that was sent, or "".

    Raises:
        BadPhrase: one was sent before, and was not entered again.
        TooMany: too many phrases or receipt codes were tried.
    """
    phrase = request.POST.get("phrase", "")
    if form.starter_code or form.voice_code:
        limits.spend(limits.RECEIPT, request)
    if phrase:
        limits.spend(limits.PHRASE, request)
    elif form.name and "phrase_again" in request.POST:
        raise BadPhrase("Enter your secret phrase again. To post without it, press Post comment once more.")
    return phrase


def mark_here(request: HttpRequest, post: Post) -> str:
    """The mark of the voice that this browser has under a post; a query where it has a secret."""
    secret = voices.secret_of(request)
    found = known_voice(post, voices.key_from_secret(secret, post.pk)) if secret else None
    return found.mark if found else ""


def to_posted_page(ticket: str, *, voice_secret: str) -> HttpResponse:
    """303 to the page after posting; with a voice it sees whether the browser kept the cookie."""
    if not voice_secret:
        return HttpResponseRedirect(f"/posted/{ticket}/", status=303)
    response = HttpResponseRedirect(f"/posted/{ticket}/?voice", status=303)
    voices.keep_secret(response, voice_secret)
    return response
