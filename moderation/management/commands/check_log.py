"""Is the log of decisions as it was written?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from moderation.models import Decision
from moderation.services.log import BEGINNING, first_broken, shown


class Command(BaseCommand):
    help = (
        "Prove that no line of the log of decisions was changed or taken away. "
        "Exit 0 with the number of lines and the last hash as readers see it, "
        "1 with the first line that is not as it was written."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_broken()
        if broken is not None:
            self.stdout.write(f"line {broken} is not as it was written, or one before it is missing")
            sys.exit(1)
        last = Decision.objects.order_by("-pk").values_list("chain", flat=True).first() or BEGINNING
        self.stdout.write(f"{Decision.objects.count()} lines, whole; the last hash is {shown(last)}")
