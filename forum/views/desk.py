"""The owner's desk: the list of posts, and the form that writes them."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from forum import receipts
from forum.clock import YEARS
from forum.markup import render_post
from forum.models import Label, Post
from forum.services.posts import EditedMeanwhile, PostDraft, create_post, save_post, slug_of_label
from forum.source import clean_title, small_number
from forum.staff import WRITE_POSTS, staff_only

NONCE_LENGTH = 32
PUBLISH_CHOICES = [("draft", "Keep as a draft"), ("now", "Publish now"), ("later", "Publish later")]


class PostForm(forms.Form):
    """What the owner types; it saves nothing itself."""

    title = forms.CharField(max_length=200, error_messages={"required": "Enter a title."})
    body = forms.CharField(
        label="Text",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
        max_length=500_000,
        error_messages={"required": "Enter the text of the post."},
    )
    labels = forms.CharField(required=False, help_text="Separate with commas.")
    publish = forms.ChoiceField(choices=PUBLISH_CHOICES, initial="draft", widget=forms.RadioSelect)
    publish_at = forms.DateTimeField(
        label="Date and time",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="UK time. Only for “Publish later”.",
        error_messages={"invalid": "Enter a date and time such as 14/01/2026 06:30."},
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"],
    )
    comments_open = forms.BooleanField(label="Readers may comment", required=False, initial=True)
    hold_comments = forms.BooleanField(label="Hold every comment until a moderator has read it", required=False)

    def clean_title(self) -> str:
        title = clean_title(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError("Enter a title.")
        return title

    def clean_labels(self) -> list[str]:
        names = [name for name in map(clean_title, self.cleaned_data["labels"].split(",")) if name]
        if unusable := [name for name in names if not slug_of_label(name)]:
            raise forms.ValidationError(f"Labels need letters from A to Z or numbers: {', '.join(unusable)}.")
        return names

    def clean_publish_at(self) -> datetime.datetime | None:
        moment: datetime.datetime | None = self.cleaned_data["publish_at"]
        if moment and moment.year not in YEARS:
            raise forms.ValidationError(f"Enter a year from {YEARS[0]} to {YEARS[-1]}.")
        return moment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("publish") == "later" and not data.get("publish_at") and "publish_at" not in self.errors:
            self.add_error("publish_at", "Enter the date and time at which the post is to appear.")
        return data

    def draft(self) -> PostDraft:
        data = self.cleaned_data
        times = {"now": timezone.now(), "later": data["publish_at"]}
        return PostDraft(
            title=data["title"],
            body=data["body"].replace("\r\n", "\n"),
            labels=data["labels"],
            publish_at=times.get(data["publish"]),
            comments_open=data["comments_open"],
            hold_comments=data["hold_comments"],
        )


@require_safe
@staff_only(WRITE_POSTS)
def desk(request: HttpRequest) -> HttpResponse:
    """All posts, what waits first."""
    order = [Post.State.DRAFT, Post.State.SCHEDULED, Post.State.PUBLISHED]
    newest_first = Post.objects.order_by("-published_at", "-updated_at")
    posts = sorted(newest_first, key=lambda post: order.index(Post.State(post.state)))
    return render(request, "forum/desk.html", {"posts": posts})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def new_post(request: HttpRequest) -> HttpResponse:
    """Begin a post."""
    sent = request.POST.get("nonce", "")
    nonce = sent if len(sent) == NONCE_LENGTH else receipts.new_nonce()
    form = PostForm(request.POST or None)
    if request.method != "POST" or not form.is_valid() or "preview" in request.POST:
        return editor(request, form, nonce=nonce)
    try:
        return saved(request, create_post(draft=form.draft(), nonce=nonce))
    except EditedMeanwhile as error:
        return conflict(request, form, error)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def edit_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a post. Whoever saves second sees what the first one saved, above their own text."""
    post = get_object_or_404(Post, pk=pk)
    if request.method != "POST":
        return editor(request, PostForm(initial=initial_for(post)), post=post, version=post.version)
    form = PostForm(request.POST)
    version = small_number(request.POST.get("version")) or 0
    if not form.is_valid() or "preview" in request.POST:
        return editor(request, form, post=post, version=version)
    try:
        return saved(request, save_post(post_id=pk, version=version, draft=form.draft()))
    except EditedMeanwhile as error:
        return conflict(request, form, error)


def conflict(request: HttpRequest, form: PostForm, error: EditedMeanwhile) -> HttpResponse:
    """What somebody else (or another tab) stored, above what was typed here."""
    form.add_error(None, str(error))
    return editor(request, form, post=error.post, version=error.post.version, stored=error.post)


def initial_for(post: Post) -> dict[str, Any]:
    published_or_not = {Post.State.DRAFT: "draft", Post.State.SCHEDULED: "later", Post.State.PUBLISHED: "now"}
    return {
        "title": post.title,
        "body": post.body,
        "labels": ", ".join(label.name for label in post.labels.all()),
        "publish": published_or_not[Post.State(post.state)],
        "publish_at": post.published_at,
        "comments_open": post.comments_open,
        "hold_comments": post.hold_comments,
    }


def saved(request: HttpRequest, post: Post) -> HttpResponse:
    """Say what was saved; then to the post where readers see it, or on with the draft."""
    if post.is_published:
        messages.success(request, "Saved. Readers see it like this now.")
        return redirect(post.get_absolute_url())
    appears = post.published_at and f"{timezone.localtime(post.published_at):%A %-d %B %Y, %H:%M}"
    messages.success(request, f"Saved. It appears on {appears}." if appears else "Saved as a draft.")
    return redirect("forum:edit_post", post.pk)


def editor(request: HttpRequest, form: PostForm, **context: Any) -> HttpResponse:
    """The form, with a preview where one was asked for, and what somebody else stored meanwhile."""
    if request.method == "POST" and "preview" in request.POST and form.is_valid():
        context["preview"] = render_post(form.cleaned_data["body"])
    status = 409 if context.get("stored") else 422 if form.is_bound and form.errors else 200
    known_labels = Label.objects.values_list("name", flat=True)
    return render(request, "forum/editor.html", {"form": form, "known_labels": known_labels} | context, status=status)
