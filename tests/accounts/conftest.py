import pytest

from accounts import services
from accounts.models import Cadence, Subscriber, Subscription
from tests.mailserver import MailServer


@pytest.fixture
def mailserver(settings):
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop()


@pytest.fixture
def charlie(db):
    return subscribed("charlie@example.org")


def subscribed(email, post=None, cadence=Cadence.DAILY) -> Subscriber:
    """Somebody who asked and confirmed."""
    services.subscribe(email=email, post=post, cadence=cadence)
    subscription = Subscription.objects.get(subscriber__email=email, post=post)
    services.confirm(subscription=subscription)
    return subscription.subscriber
