"""Staff, subscribers, and the ledger of digests.

Nothing here points from a person to a comment: a subscriber follows the site, a label, a post or a thread, and an
event row names a comment but no person.
"""

from accounts.models.events import DigestEvent
from accounts.models.ledger import Delivery, Digest
from accounts.models.post_office import Pace, PostOffice, Suppression
from accounts.models.staff import Invitation, User
from accounts.models.subscribers import Brought, Cadence, Detail, Subscriber, Subscription

__all__ = [
    "Brought",
    "Cadence",
    "Delivery",
    "Detail",
    "Digest",
    "DigestEvent",
    "Invitation",
    "Pace",
    "PostOffice",
    "Subscriber",
    "Subscription",
    "Suppression",
    "User",
]
