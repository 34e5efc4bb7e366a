"""How allauth is to behave here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from forum.site import mail_sender


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the owner; limits are kept on the visitor's bucket, since allauth would keep them
    under the network address."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_from_email(self) -> str:
        return mail_sender()

    def get_client_ip(self, request: HttpRequest) -> str:
        return f"bucket-{request.visitor}"  # type: ignore[attr-defined]

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return "not kept"

    def get_login_redirect_url(self, request: HttpRequest) -> Any:
        return "/desk/" if request.user.has_perm("forum.write_posts") else "/moderation/"
