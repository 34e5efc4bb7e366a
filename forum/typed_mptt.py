"""django-mptt as a type checker may see it: it ships no types, so we tell what we use of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db import models
    from django.db.models import ForeignKey as TreeForeignKey
    from django.db.models import Manager as TreeManager
    from django.db.models import QuerySet as TreeQuerySet

    class MPTTModel(models.Model):
        lft = models.PositiveIntegerField()
        rght = models.PositiveIntegerField()
        tree_id = models.PositiveIntegerField()
        level = models.PositiveIntegerField()

        class Meta:
            abstract = True
else:
    from mptt.managers import TreeManager
    from mptt.models import MPTTModel, TreeForeignKey
    from mptt.querysets import TreeQuerySet

__all__ = ["MPTTModel", "TreeForeignKey", "TreeManager", "TreeQuerySet"]
