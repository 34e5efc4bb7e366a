"""What the environment says, read once for `settings.py`; a wrong value stops the start with one line."""

import contextlib
import ipaddress
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import environ
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
SHORTEST_KEY = 32
MOST_MAIL_KEYS = 61  # One character of a token names the key.
SQLITE = "django.db.backends.sqlite3"


def stop(line: str) -> NoReturn:
    """End the process with one line on standard error (exit status 1)."""
    sys.exit(f"probation-forum: {line}")


def site_url() -> str:
    """`SITE_URL` without a trailing slash; the default is this machine's own address and `PORT`."""
    url = env.str("SITE_URL", default="") or f"http://127.0.0.1:{env.str('PORT', default='8000')}"
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    if wrong or parts.path.strip("/") or parts.query or parts.fragment:
        stop(f"SITE_URL must be an address such as https://forum.example, not {url!r}")
    return url.rstrip("/")


def data_dir() -> Path:
    """`DATA_DIR`, made if it is missing: everything that the embedded site stores."""
    path = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var").resolve()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        stop(f"DATA_DIR {path} cannot be made: {error.strerror}")
    if not os.access(path, os.W_OK | os.X_OK):
        stop(f"DATA_DIR {path} cannot be written to")
    return path


def secret_key(folder: Path, *, production: bool) -> str:
    """`SECRET_KEY`, or the content of `SECRET_KEY_FILE`.

    Outside production a key is made once in `DATA_DIR`. It is written to a file of its own and then linked
    into place, so two processes that start together agree on one key.
    """
    try:
        key = str(env.str("SECRET_KEY", default="")).strip()
    except OSError as error:
        stop(f"SECRET_KEY_FILE cannot be read: {error.strerror}")
    if key and production and len(key) < SHORTEST_KEY:
        stop(f"SECRET_KEY must have at least {SHORTEST_KEY} characters")
    if key:
        return key
    if production:
        stop("SECRET_KEY (or SECRET_KEY_FILE) is missing; production does not invent one")
    path = folder / "secret_key"
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "w") as file:
            file.write(get_random_secret_key())
        with contextlib.suppress(FileExistsError):
            link(draft, path)
        os.unlink(draft)
    return path.read_text(encoding="ascii").strip()


def mail_keys() -> dict[int, str]:
    """`MAIL_KEYS`, which sign the links in mails, by their number: `2:one,1:another`; the highest signs."""
    found: dict[int, str] = {}
    for entry in env.list("MAIL_KEYS", default=[]):
        number, _, key = entry.strip().partition(":")
        if not number.isdecimal() or not 1 <= int(number) <= MOST_MAIL_KEYS or len(key) < SHORTEST_KEY:
            stop(f"MAIL_KEYS must look like 2:KEY,1:KEY, with numbers up to 61 and keys of {SHORTEST_KEY} characters")
        found[int(number)] = key
    return found


def link(draft: str, path: Path) -> None:
    """Give the file a second name that must be new; a copy where the file system knows no links.

    Raises:
        FileExistsError: somebody was faster.
    """
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        with path.open("x", encoding="ascii") as file:
            path.chmod(0o600)
            file.write(Path(draft).read_text(encoding="ascii"))


def database(folder: Path, *, production: bool) -> dict[str, Any]:
    """`DATABASE_URL` as Django wants it; without one, SQLite in `DATA_DIR`."""
    url = env.str("DATABASE_URL", default="")
    if not url and production:
        stop("DATABASE_URL is missing; production does not fall back to SQLite")
    if not url:
        config: dict[str, Any] = {"ENGINE": SQLITE, "NAME": str(folder / "forum.sqlite3")}
    elif url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        try:
            config = dict(env.db_url_config(url))
        except ValueError:
            stop("DATABASE_URL cannot be read; it looks like postgres://user:password@host:5432/name")
    else:
        stop("DATABASE_URL must begin with postgres:// or sqlite:///")
    config["CONN_MAX_AGE"] = 60
    if config["ENGINE"] == "django.db.backends.postgresql":
        # Prepares the queries of forum/statements.py at once, and no others: Django's hold their values in their text.
        options = {"prepare_threshold": 0} | config.get("OPTIONS", {})
        return config | {"ENGINE": "config.postgresql", "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    # A file in the tests too: a database in memory knows neither WAL nor several writers.
    return config | {"OPTIONS": options, "TEST": {"NAME": str(folder / "test.sqlite3")}}


def mail(folder: Path) -> dict[str, Any]:
    """`EMAIL_URL` as Django settings; without one, each mail becomes a file in `DATA_DIR/mail`."""
    url = env.str("EMAIL_URL", default="")
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(folder / "mail"),
        }
    try:
        return dict(env.email_url_config(url)) | {"EMAIL_TIMEOUT": 60}
    except (ValueError, KeyError, environ.ImproperlyConfigured):
        stop("EMAIL_URL must look like smtp+tls://user:password@host:587 (or smtp://, smtp+ssl://)")


def whole_number(name: str, default: int, *, least: int = 0) -> int:
    """A number of the environment without a sign or a fraction; `least` is the smallest."""
    text = env.str(name, default="").strip() or str(default)
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        stop(f"{name} must be a whole number from {least}, not {text!r}")
    return int(text)


def allowed_hosts(host: str, *, production: bool) -> list[str]:
    """`ALLOWED_HOSTS`, with the host of `SITE_URL`; outside production also the names of this machine."""
    listed = [name for name in env.list("ALLOWED_HOSTS", default=[]) if name]
    if production:
        if not listed:
            stop("ALLOWED_HOSTS is missing; name the hosts that the site answers to")
        return listed
    return [*listed, f"[{host}]" if ":" in host else host, "127.0.0.1", "localhost", "[::1]"]


def trusted_proxies(*, production: bool) -> list[str]:
    """`TRUSTED_PROXIES`: addresses, networks, or `unix` for a socket. Without it, none; in production this machine."""
    listed = [name for name in env.list("TRUSTED_PROXIES", default=[]) if name]
    for name in listed:
        try:
            if name != "unix":
                ipaddress.ip_network(name)
        except ValueError:
            stop(f"TRUSTED_PROXIES: {name!r} is no address, no network and not unix")
    return listed or (["127.0.0.0/8", "::1", "unix"] if production else [])
