from django.apps import AppConfig
from django.core.checks import register


class ForumConfig(AppConfig):
    name = "forum"

    def ready(self) -> None:
        from forum.screening import check_screener

        register(check_screener)
