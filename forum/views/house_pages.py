"""Where the owner writes the house pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from forum.errors import ForumError
from forum.models import HousePage
from forum.services.house_pages import (
    HOUSE_PAGES,
    PageEditedMeanwhile,
    clean_body,
    html_of,
    newest_version,
    read_version,
    save_page,
    title_of,
)
from forum.source import small_number
from forum.staff import WRITE_POSTS, staff_only


class PageForm(forms.Form):
    body = forms.CharField(
        label="Text",
        help_text="Markdown. The first line is the title of the page.",
        widget=forms.Textarea(attrs={"rows": 24}),
        error_messages={"required": "Enter the text of the page."},
    )


@require_safe
@staff_only(WRITE_POSTS)
def house_pages(request: HttpRequest) -> HttpResponse:
    """The pages, and when each was last changed."""
    pages = [(page, title_of(page.body)) for page in map(newest_version, HOUSE_PAGES)]
    return render(request, "forum/house_pages.html", {"pages": pages})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def edit_page(request: HttpRequest, name: str) -> HttpResponse:
    """Change a page, look at an earlier version (`?show=`), or bring one back."""
    if request.method != "POST":
        return editor(request, name, PageForm(initial={"body": newest_version(name).body}), shown=shown(request, name))
    form = PageForm(sent_or_brought_back(request, name))
    version = small_number(request.POST.get("version")) or 0
    if not form.is_valid():
        return editor(request, name, form, version=version, status=422)
    try:
        if "preview" in request.POST:
            preview = html_of(clean_body(form.cleaned_data["body"]))
            return editor(request, name, form, version=version, preview=preview)
        save_page(page=name, version=version, body=form.cleaned_data["body"])
    except PageEditedMeanwhile as error:
        form.add_error(None, str(error))
        return editor(request, name, form, version=error.page.version, stored=error.page, status=error.status)
    except ForumError as error:
        form.add_error("body", str(error))
        return editor(request, name, form, version=version, status=error.status)
    messages.success(request, "Saved. Readers see it like this now.")
    return redirect("forum:house_page", name)


def sent_or_brought_back(request: HttpRequest, name: str) -> dict[str, str]:
    """What the form holds: the text that was typed, or that of an earlier version."""
    if "bring_back" not in request.POST:
        return {"body": request.POST.get("body", "")}
    return {"body": earlier_version(name, request.POST["bring_back"]).body}


def shown(request: HttpRequest, name: str) -> HousePage | None:
    return earlier_version(name, request.GET["show"]) if "show" in request.GET else None


def earlier_version(name: str, asked: str) -> HousePage:
    """The version with this number; 404 if there is none."""
    number = small_number(asked)
    found = None if number is None else read_version(name, number)
    if found is None:
        raise Http404("There is no such version.")
    return found


def editor(request: HttpRequest, name: str, form: PageForm, *, status: int = 200, **context: Any) -> HttpResponse:
    """The form, with what was asked for above it and the earlier versions below."""
    newest = newest_version(name)
    earlier = HousePage.objects.filter(page=name, version__lt=newest.version).defer("body", "html")
    context = {"version": newest.version} | context
    context |= {"form": form, "name": name, "title": title_of(newest.body), "newest": newest, "earlier": earlier}
    return render(request, "forum/edit_house_page.html", context, status=status)
