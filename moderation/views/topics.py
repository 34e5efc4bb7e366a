"""The owner's topics: quarrels that keep coming back, each with its words, its rule and its post."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from forum.models import Post
from forum.staff import WRITE_POSTS, staff_only
from moderation.addresses import posts_called
from moderation.models import Topic
from moderation.services.topics import numbers_of


class TopicForm(forms.ModelForm):  # type: ignore[type-arg]
    """A topic; its posts are named by title or address."""

    own_post = forms.CharField(
        label="Its own post", help_text="Title or address of the post on which its comments are parked."
    )
    under = forms.CharField(
        label="Only under this post", required=False, help_text="Title or address. For “Under one post” alone."
    )

    class Meta:
        model = Topic
        fields = ["name", "words", "rule", "own_post", "active", "until", "under"]
        widgets = {
            "words": forms.Textarea(attrs={"rows": 6}),
            "rule": forms.Textarea(attrs={"rows": 4}),
            "until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, host: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = host
        if self.instance.pk:
            self.initial["own_post"] = self.instance.post.title
            self.initial["under"] = self.instance.only_post.title if self.instance.only_post else ""

    def clean_own_post(self) -> Post:
        return self.one_post(self.cleaned_data["own_post"])

    def clean_under(self) -> Post | None:
        typed = self.cleaned_data["under"]
        if not typed and self.cleaned_data.get("active") == Topic.Active.POST:
            raise forms.ValidationError("Enter the post under which it counts.")
        return self.one_post(typed) if typed else None

    def one_post(self, typed: str) -> Post:
        posts = posts_called(typed, host=self.host)
        if len(posts) != 1:
            several = "Several posts have this in their title" if posts else "No published post has this title"
            raise forms.ValidationError(f"{several}. Enter its address.")
        return posts[0]

    def clean(self) -> dict[str, Any]:
        """The posts are in place before the model looks at itself."""
        data = super().clean() or {}
        if "own_post" in data:
            self.instance.post = data["own_post"]
        self.instance.only_post = data.get("under")
        return data


@require_safe
@staff_only(WRITE_POSTS)
def topics(request: HttpRequest) -> HttpResponse:
    """All topics with their numbers by month."""
    listed = [(topic, numbers_of(topic)) for topic in Topic.objects.select_related("post", "only_post")]
    return render(request, "moderation/topics.html", {"topics": listed, "saved": "saved" in request.GET})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(WRITE_POSTS)
def topic(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Add a topic, or change one."""
    found = get_object_or_404(Topic, pk=pk) if pk else None
    form = TopicForm(request.POST or None, instance=found, host=request.get_host())
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect("/moderation/topics/?saved", status=303)
    return render(request, "moderation/topic.html", {"form": form, "topic": found}, status=422 if form.errors else 200)
