"""Pictures: each at its address, and the owner's page that takes and lists them."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forum.blocks import picture_size
from forum.models import Picture
from forum.pictures import TOO_LARGE, BadPicture
from forum.services.pictures import (
    PictureInUse,
    delete_picture,
    newest_pictures,
    picture_block,
    store_picture,
)
from forum.source import clean_title
from forum.staff import WRITE_POSTS, staff_only

SHOWN = 50


class PictureForm(forms.Form):
    """A file, and the words that stand with it in a post; it saves nothing itself."""

    picture = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG or WebP, at most 8 MB and 24 million pixels. Place, camera and all else that the file "
        "tells are taken out; what is longer than 1,600 pixels is made smaller.",
        error_messages={"required": "Choose a file.", "empty": "This file is empty. Choose another."},
    )
    alt = forms.CharField(
        label="Alternative text",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What a reader who cannot see it should know.",
        error_messages={"required": "Enter the alternative text: what a reader who cannot see it should know."},
    )
    caption = forms.CharField(
        label="Caption (optional)",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Stands below the picture, for everybody.",
    )
    credit = forms.CharField(
        max_length=120,
        help_text="Who made it, for example “A reader”.",
        error_messages={"required": "Enter who made the picture."},
    )

    def clean_alt(self) -> str:
        return self.one_line("alt")

    def clean_caption(self) -> str:
        return self.one_line("caption")

    def clean_credit(self) -> str:
        return self.one_line("credit")

    def one_line(self, name: str) -> str:
        line = clean_title(self.cleaned_data[name])
        if not line and self.fields[name].required:
            raise forms.ValidationError(self.fields[name].error_messages["required"])
        return line

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors and "picture" in data:
            self.add_error("picture", "Choose the file again: a browser cannot keep it.")
        return data

    def block(self, picture: Picture) -> str:
        """What the owner copies into a post."""
        words = self.cleaned_data
        return picture_block(picture, words["alt"], words["caption"], words["credit"])


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """One picture. Its name never means another one, so whoever has it need not ask again."""
    found = get_object_or_404(Picture, pk=name)
    response = HttpResponse(bytes(found.data), content_type="image/webp")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Disposition"] = f'inline; filename="{name}.webp"'
    response["X-Content-Type-Options"] = "nosniff"
    response["ETag"] = f'"{name}"'
    return cast(HttpResponseBase, get_conditional_response(request, etag=response["ETag"], response=response))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def pictures(request: HttpRequest) -> HttpResponse:
    """Take a picture (POST) and show the lines to copy into a post; below, the newest ones."""
    if request.method != "POST":
        return shelf(request, PictureForm())
    form = PictureForm(request.POST, request.FILES)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
        # Whatever file there was, WholeForms has had it dropped.
        form.fields["picture"].error_messages["required"] = TOO_LARGE
    if not form.is_valid():
        return shelf(request, form, status=422)
    try:
        stored = store_picture(upload=form.cleaned_data["picture"])
    except BadPicture as error:
        form.add_error("picture", str(error))
        return shelf(request, form, status=error.status)
    width, height = picture_size(stored.name)
    return shelf(
        request,
        PictureForm(),
        stored=stored,
        width=width,
        height=height,
        lines=form.block(stored),
        alt=form.cleaned_data["alt"],
    )


pictures.takes_files = True  # type: ignore[attr-defined]


@require_POST
@staff_only(WRITE_POSTS)
def picture_deletion(request: HttpRequest, name: str) -> HttpResponse:
    """Erase a picture that stands nowhere."""
    try:
        delete_picture(name=name)
    except PictureInUse as error:
        return shelf(request, PictureForm(), status=error.status, errors=[("newest", str(error))])
    messages.success(request, "The picture is deleted.")
    return redirect("forum:pictures")


def shelf(request: HttpRequest, form: PictureForm, *, status: int = 200, **context: Any) -> HttpResponse:
    context |= {"form": form, "newest": newest_pictures(SHOWN), "shown": SHOWN}
    return render(request, "forum/pictures.html", context, status=status)
