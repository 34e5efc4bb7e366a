"""Writing a post: the editor, what it keeps while one types, earlier versions, updates, taking a post down."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum import quotations, receipts
from forum.errors import BadText, ForumError
from forum.markup import render_post
from forum.models import Autosave, Label, Post, PostVersion
from forum.post_form import PostForm, initial_for
from forum.repeats import repeated_paragraphs, without_paragraph
from forum.services import autosaves
from forum.services.posts import EditedMeanwhile, create_post, save_post, unpublish_post
from forum.services.updates import add_update, delete_update
from forum.source import small_number
from forum.staff import WRITE_POSTS, staff_only
from forum.views.before_posting import asks_before_publishing, check_of


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def new_post(request: HttpRequest) -> HttpResponse:
    """Begin a post. `?tab=` goes on with what was kept of an editor that was not saved."""
    kept = kept_in(request, None)
    if request.method != "POST":
        return editor(request, PostForm(initial=typed_in(kept, {}) if kept else None), kept=kept)
    form = PostForm(as_typed(request))
    if not form.is_valid() or asks_to_see(request):
        return editor(request, form)
    if asks_first(request, form, None):
        return editor(request, form, asks=True)
    tab = tab_of(request)
    try:
        post = create_post(draft=form.draft(), nonce=tab)
    except ForumError as error:
        return refused(request, form, error)
    return saved(request, post, tab)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def edit_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a post. Whoever saves second sees what the first one saved, above their own text."""
    post = get_object_or_404(Post, pk=pk)
    if post.is_from_reader:
        return redirect("forum:discussion", pk)
    if request.method != "POST":
        kept, initial = kept_in(request, post), initial_for(post)
        if number := small_number(request.GET.get("version")):
            earlier = get_object_or_404(PostVersion, post=post, version=number)
            initial |= {"title": earlier.title, "body": earlier.body}
        initial = typed_in(kept, initial) if kept else initial
        version = kept.version if kept else post.version
        return editor(request, PostForm(initial=initial), post=post, version=version, kept=kept)
    form = PostForm(as_typed(request))
    version = small_number(request.POST.get("version")) or 0
    if not form.is_valid() or asks_to_see(request):
        return editor(request, form, post=post, version=version)
    if asks_first(request, form, post):
        return editor(request, form, post=post, version=version, asks=True)
    try:
        return saved(request, save_post(post_id=pk, version=version, draft=form.draft()), tab_of(request))
    except ForumError as error:
        return refused(request, form, error, post=post, version=version)


def as_typed(request: HttpRequest) -> QueryDict:
    """What the form holds, without the repeated paragraph that a button asks to drop."""
    line = small_number(request.POST.get("drop"))
    if line is None:
        return request.POST
    typed = request.POST.copy()
    typed["body"] = without_paragraph(typed.get("body", ""), line)
    return typed


def asks_to_see(request: HttpRequest) -> bool:
    """Whether the form was sent to be looked at, not to be saved."""
    return "preview" in request.POST or "drop" in request.POST


def asks_first(request: HttpRequest, form: PostForm, post: Post | None) -> bool:
    """Whether readers are to see something that may identify someone, and nobody was asked about it yet."""
    if form.cleaned_data["publish"] == "draft":
        return False
    is_out = post is not None and post.state in (Post.State.PUBLISHED, Post.State.SCHEDULED)
    earlier = check_of(request, title=post.title, text=post.body) if post and is_out else None
    return asks_before_publishing(
        request, check_of(request, title=typed(form, "title"), text=typed(form, "body")), earlier
    )


def typed(form: PostForm, field: str) -> str:
    """What stands in a field, as it was typed."""
    return form[field].value() or ""


def refused(request: HttpRequest, form: PostForm, error: ForumError, **context: Any) -> HttpResponse:
    """Say why nothing was saved; and, where somebody else (or another tab) saved, what is stored now."""
    form.add_error("body" if isinstance(error, BadText) else None, str(error))
    if isinstance(error, EditedMeanwhile):
        context |= {"post": error.post, "version": error.post.version, "stored": error.post}
    return editor(request, form, **context)


def saved(request: HttpRequest, post: Post, tab: str) -> HttpResponse:
    """Say what was saved; then to the post where readers see it, or on with the draft."""
    autosaves.discard(tab=tab)
    if post.is_published:
        messages.success(request, "Saved. Readers see it like this now.")
        return redirect(post.get_absolute_url())
    appears = post.state == Post.State.SCHEDULED and post.published_at
    local = timezone.localtime(appears) if appears else None
    messages.success(request, f"Saved. It appears on {local:%A %-d %B %Y, %H:%M}." if local else "Saved as a draft.")
    return redirect("forum:edit_post", post.pk)


def tab_of(request: HttpRequest) -> str:
    """The name of this editor; a new one where the form carries none."""
    sent = request.POST.get("tab", "")
    return sent if receipts.is_ours(sent) else receipts.new_nonce()


def kept_in(request: HttpRequest, post: Post | None) -> Autosave | None:
    """What was kept of the tab that `?tab=` names."""
    tab = request.GET.get("tab", "")
    return Autosave.objects.filter(tab=tab, post=post).first() if receipts.is_ours(tab) else None


def typed_in(kept: Autosave, initial: dict[str, Any]) -> dict[str, Any]:
    return initial | {"title": kept.title, "body": kept.body, "labels": kept.labels}


def editor(request: HttpRequest, form: PostForm, **context: Any) -> HttpResponse:
    """The form, with a preview where one was asked for, what somebody else stored, and what was not saved before."""
    if request.method == "POST" and "preview" in request.POST and form.is_valid():
        context["preview"] = quotations.fill([render_post(form.cleaned_data["body"])])[0]
    kept, post = context.get("kept"), context.get("post")
    context["tab"] = kept.tab if kept else tab_of(request)
    is_refused = context.get("asks") or (form.is_bound and form.errors)
    status = 409 if context.get("stored") else 422 if is_refused else 200
    context |= {
        "form": form,
        "repeats": repeated_paragraphs(typed(form, "body")),
        "check": check_of(request, title=typed(form, "title"), text=typed(form, "body")),
        "known_labels": Label.objects.values_list("name", flat=True),
        "unsaved": Autosave.objects.filter(post=post).exclude(tab=context["tab"]),
        "versions": post.versions.all()[:20] if post else [],
        "updates": post.updates.all() if post else [],
    }
    return render(request, "forum/editor.html", context, status=status)


@require_POST
@staff_only(WRITE_POSTS)
def autosave(request: HttpRequest) -> HttpResponse:
    """Keep what stands in an editor; 409 where the post was saved elsewhere since (it is kept all the same)."""
    sent = request.POST
    tab = sent.get("tab", "")
    if not receipts.is_ours(tab) or any("\x00" in str(value) for value in sent.values()):
        return JsonResponse({"error": "This editor has no name, or holds what cannot be kept."}, status=422)
    typed = autosaves.Typed(
        title=sent.get("title", ""),
        body=sent.get("body", "").replace("\r\n", "\n"),
        labels=sent.get("labels", ""),
        post_id=small_number(sent.get("post")),
        version=small_number(sent.get("version")) or 0,
    )
    try:
        kept = autosaves.keep(tab=tab, typed=typed)
    except Post.DoesNotExist:
        return JsonResponse({"error": "This post is not there any more."}, status=404)
    is_stale = kept.post is not None and kept.post.version != kept.version
    answer = {"saved_at": f"{timezone.localtime(kept.saved_at):%H:%M:%S}"}
    return JsonResponse(answer, status=409 if is_stale else 200)


@require_POST
@staff_only(WRITE_POSTS)
def discard(request: HttpRequest) -> HttpResponse:
    """Throw away what was kept of a tab."""
    autosaves.discard(tab=tab_of(request))
    messages.success(request, "Thrown away.")
    return HttpResponseRedirect("/desk/", status=303)


@require_safe
@staff_only(WRITE_POSTS)
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What a post said after one save."""
    post = get_object_or_404(Post, pk=pk)
    found = get_object_or_404(PostVersion, post=post, version=number)
    html = quotations.fill([render_post(found.body)])[0]
    return render(request, "forum/version.html", {"found": found, "post": post, "html": html})


@require_POST
@staff_only(WRITE_POSTS)
def updates(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a dated update, or take one away (`delete` names its number)."""
    post = get_object_or_404(Post, pk=pk)
    if number := small_number(request.POST.get("delete")):
        delete_update(post_id=pk, number=number)
        messages.success(request, f"Update {number} is taken away.")
        return HttpResponseRedirect(f"/desk/posts/{pk}/#updates", status=303)
    headline, body = request.POST.get("headline", ""), request.POST.get("body", "")
    check = check_of(request, headline=headline, text=body)
    if asks_before_publishing(request, check):
        context = {"post": post, "check": check, "headline": headline, "body": body}
        return render(request, "forum/update.html", context, status=422)
    try:
        update = add_update(post_id=pk, headline=headline, body=body)
    except ForumError as error:
        context = {"post": post, "errors": [("update-body", str(error))], "headline": headline, "body": body}
        return render(request, "forum/update.html", context, status=error.status)
    return HttpResponseRedirect(f"{post.get_absolute_url()}#update-{update.number}", status=303)


@require_POST
@staff_only(WRITE_POSTS)
def unpublish(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a post down; its address answers 410 with the reason."""
    get_object_or_404(Post, pk=pk)
    try:
        unpublish_post(post_id=pk, reason=request.POST.get("reason", ""))
        said = "Taken down. Its address now says that it is gone; publish it again to bring it back."
        messages.success(request, said)
    except ForumError as error:
        messages.warning(request, str(error))
    return HttpResponseRedirect(f"/desk/posts/{pk}/", status=303)
