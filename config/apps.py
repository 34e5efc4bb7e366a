"""The composition as a Django app: it carries the `demo` command and sets up logging."""

import logging.config

from django.apps import AppConfig
from django.conf import settings

from config.logs import guard_last_words


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Django's own logging defaults mail error reports with the request in them; ours replace them whole.
        logging.config.dictConfig(settings.LOGGING)
        guard_last_words()
