"""What the owner pastes into the editor, cleaned."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from forum.errors import ForumError
from forum.paste import markdown_from_html
from forum.staff import WRITE_POSTS, staff_only

MAX_LENGTH = 900_000


@require_POST
@staff_only(WRITE_POSTS)
def paste(request: HttpRequest) -> HttpResponse:
    """The Markdown of the field `html`, as plain text; empty where the HTML held no text. Nothing is stored."""
    html = request.POST.get("html", "")
    if len(html) > MAX_LENGTH:
        return answer(f"This is more than {MAX_LENGTH:,} characters. Paste it in pieces, or as plain text.", 413)
    try:
        return answer(markdown_from_html(html))
    except ForumError as error:
        return answer(str(error), error.status)


def answer(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, content_type="text/plain; charset=utf-8", status=status)
