"""Settings, addresses, start-up: the place where the three apps are put together."""

from .celery import app as celery_app

__all__ = ["celery_app"]
