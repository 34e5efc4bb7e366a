"""The two staff roles, and what each may do. Permissions are asked by these names; there are no groups."""

from django.db import models


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MODERATOR = "moderator", "Moderator"


PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset({"forum.write_posts", "moderation.moderate"}),
    Role.MODERATOR: frozenset({"moderation.moderate"}),
}
