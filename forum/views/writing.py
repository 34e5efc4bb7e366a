"""Writing a comment: the page for it, the preview, sending it, and the page that says what became of it."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from forum import limits, reader_cookies, receipts, seen, site, voices
from forum.admission import admission
from forum.before_posting import Check
from forum.errors import BadText, ForumError, ThreadLocked
from forum.markup import render_comment
from forum.models import Comment
from forum.moved import comment_now
from forum.own_comment import own_comment
from forum.permalinks import readable_post
from forum.reader_cookies import SEEN, seen_by
from forum.receipt_words import show_words
from forum.reminding import reminders_for
from forum.report_like import suggested_category
from forum.services.posting import Submission, post_comment
from forum.services.tickets import open_ticket
from forum.source import MAX_NAME_LENGTH, clean_source, small_number
from forum.views.before_posting import CHANGE, asked_before_posting, check_of
from forum.views.chosen_names import mark_here, phrase_from, to_posted_page
from forum.views.write_form import WriteForm, blank_form, explain, form_from, parent_for, write_page


@require_safe
@never_cache
def reply(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """A page of its own for writing, below what it answers (`?to=14`) or to the post."""
    post = readable_post(year, month, slug)
    form = blank_form(request, post)
    to = request.GET.get("to", "")
    if to:
        parent = parent_for(post, small_number(to))
        if parent is None and (moved := comment_now(post, small_number(to))):
            return redirect(f"{moved.post.get_absolute_url()}/reply?to={moved.number}")
        if parent is None:
            return render(request, "410.html", {"post": post, "number": to}, status=410)
        form.reply_to = parent.number
        if parent.locked and not form.role:
            error = ThreadLocked()
            explain(form, error)
            return write_page(request, form, status=error.status)
    form.voice_mark = mark_here(request, post)
    form.voice = form.voice or bool(form.voice_mark)
    return write_page(request, form)


@csrf_exempt
@require_POST
def comments(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """Take a comment; 303 to the page that says what became of it, the form again with what is wrong, or a question."""
    post = readable_post(year, month, slug)
    form = form_from(request, post)
    role = form.role if "as_staff" in request.POST else ""
    if CHANGE in request.POST:
        form.checked = ""
        return write_page(request, form)
    secret = voices.secret_of(request) or voices.new_secret() if form.voice and not role else ""
    try:
        check = questions_about(request, form)
        hold = check.hold() if site.of(request).strict_check and not role else None
        # Asked first: what a press may use up (room, a proof) is then there for the one that counts.
        if check.asks and not check.was_seen(request.POST) and not form.closed:
            parent = parent_for(post, form.reply_to)
            return asked_before_posting(request, check, thing="comment", held=hold is not None, parent=parent)
        said = Submission(
            text=form.text,
            reply_to=form.reply_to,
            name=form.name,
            nonce=form.nonce,
            staff_role=role,
            starter_code=form.starter_code,
            later=form.later,
            voice_key=voices.key_from_secret(secret, post.pk) if secret else "",
            voice_code=form.voice_code,
            phrase=phrase_from(request, form),
        )
        with admission(request, post, said) as found:
            ticket = post_comment(post=post, submission=replace(said, hold=found or hold))
    except ForumError as error:
        explain(form, error)
        return write_page(request, form, status=error.status)
    return to_posted_page(ticket, voice_secret=secret)


@csrf_exempt
@require_POST
def preview(request: HttpRequest, year: int, month: int, slug: str) -> HttpResponse:
    """The comment as it would look, above the form that still holds it; or the form with a quotation of what is
    answered. Nothing is stored.
    """
    form = form_from(request, readable_post(year, month, slug))
    try:
        limits.spend(limits.PREVIEW, request)
        if "quote" in request.POST:
            form.text = quoted(parent_for(form.post, form.reply_to)) + form.text
            return write_page(request, form)
        shown = render_comment(clean_source(form.text))
    except ForumError as error:
        explain(form, error)
        return write_page(request, form, status=error.status)
    return write_page(request, form, shown=shown, check=questions_about(request, form))


@require_safe
@never_cache
def posted(request: HttpRequest, ticket: str) -> HttpResponse:
    """What became of a comment or discussion, with its receipt code, for about two minutes."""
    found = open_ticket(ticket)
    if found is None:
        return render(request, "410.html", {"posted": True}, status=410)
    context = {
        "comment": found.comment,
        "later": found.later,
        "post": found.post,
        "same_text": found.code is None,
        "lost_voice": "voice" in request.GET and not voices.secret_of(request),
        "code": receipts.show_code(found.code) if found.code else "",
        "words": " ".join(show_words(found.code)) if found.code else "",
        "own": own_comment(found.comment) if found.comment and found.code else None,
    }
    template = "forum/posted_discussion.html" if found.discussion else "forum/posted.html"
    response = render(request, template, context)
    if found.comment and found.comment.number and (seen_so_far := seen_by(request)) is not None:
        wrote = seen.wrote(seen_so_far, post=found.comment.post_id, number=found.comment.number)
        reader_cookies.keep(response, SEEN, seen.write(wrote))
    # Its address opens the receipt: no later page needs to know it. Not "no-referrer": browsers would then send
    # "Origin: null" with the forms that stand here.
    response["Referrer-Policy"] = "strict-origin"
    return response


def questions_about(request: HttpRequest, form: WriteForm) -> Check:
    """What there is to ask about what was typed. Only a reply to a comment that can be read may be a report on it."""
    try:
        report = suggested_category(clean_source(form.text))
    except BadText:  # Which counts as a try like any other, and is said then.
        return check_of(request)
    if report and not parent_for(form.post, form.reply_to):
        report = ""
    check = check_of(request, comment=form.text, name=form.name[:MAX_NAME_LENGTH], report=report)
    return replace(check, reminders=reminders_for(form.post, form.text))


def quoted(comment: Comment | None) -> str:
    """A comment as the beginning of an answer to it."""
    lines = comment.source.strip().split("\n") if comment else []
    return "".join(f"> {line}".rstrip() + "\n" for line in lines) + ("\n" if lines else "")
