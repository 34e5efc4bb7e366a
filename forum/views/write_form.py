"""The form for comments: what it shows, what was sent with it, what is wrong with that, and the page around it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from forum import modes, receipts, site, slow_mode, traps
from forum.before_posting import CHECKED, Check
from forum.errors import (
    BadName,
    BadPhrase,
    Closed,
    ForumError,
    NameTaken,
    NotTheStarter,
    NotYourComment,
    ParentGone,
    ProofWanted,
    ThreadLocked,
    WrongPhrase,
)
from forum.models import Comment, Post
from forum.moved import comment_now
from forum.source import MAX_LENGTH, small_number
from forum.staff import staff_role
from forum.views.chosen_names import read_names

# Where an error stands that is not about the text.
FIELDS: dict[type[ForumError], str] = {
    BadName: "name",
    NameTaken: "name",
    BadPhrase: "phrase",
    WrongPhrase: "phrase",
    NotYourComment: "voice_code",
    NotTheStarter: "starter_code",
}


@dataclass
class WriteForm:
    """What the comment form shows: the same fields wherever it stands."""

    post: Post
    text: str = ""
    name: str = ""
    reply_to: int | None = None
    nonce: str = ""
    role: str = ""
    starter_code: str = ""
    # A phrase that was sent is never shown again, so it is asked for again.
    phrase_again: bool = False
    # Whether the browser's voice is asked for; its mark, if it has one here; whether the owner made it the default.
    voice: object = False
    voice_mark: str = ""
    voice_code: str = ""
    voices_by_default: object = False
    # Whether it is to appear later, and whether the owner made that the rule.
    later: bool = False
    later_for_all: object = False
    errors: list[tuple[str, str]] = field(default_factory=list)
    # That its author was asked about this very text (forum/before_posting.py): an error is no reason to ask again.
    checked: str = ""
    # The proof of work that is asked for, if one is (forum/pressure.py).
    wanted: ProofWanted | None = None
    # When it was made, signed; and the pause of the thread that it answers in, in minutes.
    opened: str = ""
    pause: int = 0
    # On a page of its own, whose heading says all; else below a thread.
    alone: bool = False

    closed: bool = False
    # What happens to new comments here, in words.
    told: object = ""
    max_length: int = MAX_LENGTH

    @property
    def has_chosen(self) -> bool:
        """Whether what most people leave alone is to be seen at once."""
        chosen_voice = self.voice and not self.voices_by_default
        wrong = {"name", "phrase", "voice_code"} & set(self.error_of)
        return bool(self.name or self.voice_code or chosen_voice or self.later or wrong)

    @property
    def error_of(self) -> dict[str, str]:
        """The first sentence about each field."""
        return dict(reversed(self.errors))


def blank_form(request: HttpRequest, post: Post) -> WriteForm:
    """The form as it stands on a page that all readers share: without a nonce."""
    # Looked up where the form is shown: most forms that come in are not shown again.
    later_for_all = SimpleLazyObject(lambda: site.of(request).later_for_all)
    by_default = SimpleLazyObject(lambda: site.of(request).voices_by_default)
    return WriteForm(
        post,
        role=staff_role(request),
        closed=not modes.takes_comments(post, site.of(request)),
        told=SimpleLazyObject(lambda: modes.now_for(post, site.of(request)).sentence),
        voice=by_default,
        voices_by_default=by_default,
        later_for_all=later_for_all,
    )


def shared_form(request: HttpRequest, post: Post) -> SafeString:
    """The HTML of that form. For readers it hangs on few facts, so it is made once for each post in a process."""
    form = blank_form(request, post)
    if form.closed:
        return SafeString()
    if form.role:
        return _form_html(form)
    facts = post.year, post.month, post.slug, post.kind, post.pinned_note
    return _form_for_readers(facts, str(form.told), bool(form.later_for_all), bool(form.voices_by_default))


# Year, month, slug, kind and pinned note of a post.
FormFacts = tuple[int | None, int | None, str, str, str]


@lru_cache(maxsize=500)
def _form_for_readers(facts: FormFacts, told: str, later_for_all: bool, voices_by_default: bool) -> SafeString:
    year, month, slug, kind, note = facts
    post = Post(year=year, month=month, slug=slug, kind=kind, pinned_note=note)
    form = WriteForm(post, told=told, voice=voices_by_default, voices_by_default=voices_by_default)
    form.later_for_all = later_for_all
    return _form_html(form)


def _form_html(form: WriteForm) -> SafeString:
    return render_to_string("forum/_write_form.html", {"form": form})


def form_from(request: HttpRequest, post: Post) -> WriteForm:
    """The form as it was sent. A number that cannot be one counts as an answer to nothing readable."""
    sent, form = request.POST, blank_form(request, post)
    to, nonce = sent.get("reply_to", ""), sent.get("nonce", "")
    form.text = sent.get("text", "")
    form.reply_to = (small_number(to) or 0) if to else None
    form.nonce = nonce if receipts.NONCE.match(nonce) else ""
    form.starter_code, form.checked = sent.get("starter_code", "").strip(), sent.get(CHECKED, "")
    form.later = "later" in sent
    read_names(request, form)
    form.opened = sent.get(traps.OPENED, "")
    return form


def explain(form: WriteForm, error: ForumError) -> None:
    """Put an error into the form, and take away what made it impossible."""
    sentence = str(error)
    if isinstance(error, ProofWanted):
        form.wanted = error
        return
    if isinstance(error, ParentGone) and (moved := comment_now(form.post, form.reply_to)):
        where = f"number {moved.number} on “{moved.post.title}”"
        form.errors.append(
            ("text", f"A moderator moved what you answer: it is {where}. Press Post comment to answer it.")
        )
        form.post, form.reply_to, form.nonce = moved.post, moved.number, ""
        return
    if isinstance(error, ParentGone | ThreadLocked):
        form.reply_to = None
        sentence += " Your text is below: press Post comment to post it as a comment of its own."
    form.closed = isinstance(error, Closed)
    form.errors.append((FIELDS.get(type(error), "text"), sentence))


def write_page(
    request: HttpRequest, form: WriteForm, *, shown: str = "", check: Check | None = None, status: int = 200
) -> HttpResponse:
    """The page around the form; its nonce makes pressing twice pressing once."""
    form.nonce, form.alone = form.nonce or receipts.new_nonce(), True
    form.opened = form.opened or traps.opened_now()
    _, form.pause = slow_mode.pause_of(form.post, form.reply_to)
    parent = parent_for(form.post, form.reply_to)
    context = {"post": form.post, "form": form, "parent": parent, "preview": shown, "check": check}
    response = render(request, "forum/reply.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def parent_for(post: Post, number: int | None) -> Comment | None:
    """The readable comment with this number."""
    found: Comment | None = Comment.objects.filter(post=post, number=number).published().first() if number else None
    return found
