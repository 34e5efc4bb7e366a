"""The people who run the site, and invitations to become one of them."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.roles import PERMISSIONS, Role


class User(AbstractBaseUser):
    """The owner or a moderator. Readers and subscribers have no account."""

    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    is_active = models.BooleanField(default=True)
    # Raised to end every session of this person; part of what a session is checked against.
    session_epoch = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = BaseUserManager()

    def __str__(self) -> str:
        return self.email

    def get_short_name(self) -> str:
        """What other staff see in the log."""
        return self.email.split("@")[0]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is checked against: it ends when the password changes, or the epoch is raised."""
        facts = f"{self.session_epoch} {self.password}"
        return salted_hmac("accounts.User.session", facts, secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and perm in PERMISSIONS.get(self.role, frozenset())


class Invitation(models.Model):
    """Somebody was asked to join the staff; used once, by the link, within seven days."""

    email = models.EmailField(unique=True)
    role = models.CharField(max_length=10, choices=Role.choices)
    invited_at = models.DateTimeField(default=timezone.now)
