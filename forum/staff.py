"""Who among the staff is asking, by permission: forum itself knows no accounts."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from forum.models import Comment
from forum.typed import send_again

WRITE_POSTS = "forum.write_posts"
MODERATE = "moderation.moderate"

View = Callable[..., HttpResponse]


def staff_role(request: HttpRequest) -> str:
    """`owner`, `moderator`, or "" for everybody else. Asks nothing of the database without a session cookie."""
    if request.user.has_perm(WRITE_POSTS):
        return Comment.StaffRole.OWNER
    if request.user.has_perm(MODERATE):
        return Comment.StaffRole.MODERATOR
    return Comment.StaffRole.NONE


def staff_only(permission: str) -> Callable[[View], View]:
    """Let in whoever has the permission; send others to the sign-in, or tell them 403.

    A form that arrives after its session ended comes back with everything that was typed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.user.has_perm(permission):
                response = view(request, *args, **kwargs)
            elif request.user.is_authenticated:
                raise PermissionDenied
            elif request.method == "POST":
                response = send_again(request, session_ended=True)
            else:
                response = redirect_to_login(request.get_full_path())
            add_never_cache_headers(response)
            return response

        return guarded

    return decorate
