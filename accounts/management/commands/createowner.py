"""A staff account, or a new password for one."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.models import User
from accounts.roles import Role
from accounts.team import make_staff


class Command(BaseCommand):
    help = "Make a staff account, or give one a new password. Without --password-file a password is made and printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.OWNER)
        parser.add_argument("--password-file", type=Path, metavar="F", help="a file that holds the password")

    def handle(self, *args: Any, email: str, role: str, password_file: Path | None, **options: Any) -> None:
        try:
            validate_email(email)
            User(email=email.lower(), role=role).clean_fields(exclude=["password"])
        except ValidationError:
            raise CommandError(f"--email {email}: not an e-mail address", returncode=2) from None
        password = read_password(password_file) if password_file else secrets.token_urlsafe(15)
        is_new = make_staff(email.lower(), Role(role), password)
        self.stdout.write(f"{'made' if is_new else 'new password for'} {role} {email.lower()}")
        if not password_file:
            self.stdout.write(f"password: {password}")


def read_password(path: Path) -> str:
    try:
        password = path.read_text(encoding="utf-8").strip()
        validate_password(password)
    except UnicodeDecodeError:
        raise CommandError(f"{path}: not text", returncode=2) from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=2) from None
    except ValidationError as error:
        raise CommandError(f"{path}: {' '.join(error.messages)}", returncode=2) from None
    return password
