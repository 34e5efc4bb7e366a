"""The Celery application and its clock.

A tick a minute is all it needs: what is due is worked out from the database, so a lost, doubled or late
tick changes nothing but the moment.
"""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("probation_forum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _our_logging_only(**kwargs: object) -> None:
    """Celery would add handlers that print messages, and times to the millisecond; see config/logs.py."""
