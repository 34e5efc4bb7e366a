"""The seized-server test must be able to fail: five leaks, put into a copy of the checkout one at a time."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.environment import BASE_DIR
from config.launch.processes import Processes
from tests.site import Site
from tests.whole.traces import files_of_postgresql, rows_of_postgresql

TESTS = ["tests/whole/test_seized_server.py", "tests/whole/test_what_is_held.py"]
NOT_COPIED = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache")
REQUEST = "        self.forget(request.META)\n        return self.get_response(request)"
FIRST = REQUEST.split("\n")[0]
POSTED = "    return to_posted_page(ticket, voice_secret=secret)"


@dataclass(frozen=True)
class Leak:
    """What somebody might do without a second thought: by file, what is replaced by what; "" makes a new file."""

    name: str
    changes: Mapping[str, tuple[str, str]]


LEAKS = [
    Leak(
        "an IP column",
        {
            "forum/leaked.py": (
                "",
                'from contextvars import ContextVar\n\naddress = ContextVar("address", default="")\n',
            ),
            "forum/visitors.py": (
                FIRST,
                f"        from forum import leaked\n\n        leaked.address.set(request.META['REMOTE_ADDR'])\n{FIRST}",
            ),
            "forum/models/comments.py": (
                "    appealed = models",
                "    address = models.CharField(max_length=40, null=True)\n    appealed = models",
            ),
            "forum/services/comments.py": (
                "    comment.posted_at = this_minute()",
                "    from forum import leaked\n\n    comment.address = leaked.address.get()\n"
                "    comment.posted_at = this_minute()",
            ),
            "forum/migrations/9999_leak.py": (
                "",
                "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
                '    dependencies = [("forum", "NEWEST")]\n    operations = [migrations.AddField("comment", "address",'
                " models.CharField(max_length=40, null=True))]\n",
            ),
        },
    ),
    Leak(
        "a logged user agent",
        {
            "forum/visitors.py": (
                FIRST,
                "        import logging\n\n        agent = request.META.get('HTTP_USER_AGENT')\n"
                f"        logging.getLogger('forum.visitors').info('a request by %s', agent)\n{FIRST}",
            )
        },
    ),
    Leak(
        "a session row",
        {
            "forum/views/writing.py": (
                POSTED,
                "    from django.contrib.sessions.backends.db import SessionStore\n\n    session = SessionStore()\n"
                f'    session["wrote"] = True\n    session.save()\n{POSTED}',
            )
        },
    ),
    Leak(
        "an exact timestamp",
        {
            "forum/services/comments.py": (
                "    comment.posted_at = this_minute()",
                "    from django.utils import timezone\n\n    comment.posted_at = timezone.now()",
            )
        },
    ),
    Leak(
        "a cache key with the address",
        {
            "forum/visitors.py": (
                FIRST,
                "        from django.core.cache import cache\n\n"
                f"        cache.set('limit:' + request.META['REMOTE_ADDR'], 1, 600)\n{FIRST}",
            )
        },
    ),
]


def run(folder: Path) -> bool:
    """The tests as they are, then with each leak; True if they passed once and failed five times."""
    passed = True
    for leak in [None, *LEAKS]:
        copy = folder / f"checkout {leak.name if leak else ''}".strip().replace(" ", "-")
        shutil.copytree(BASE_DIR, copy, ignore=NOT_COPIED)
        if leak:
            put_in(leak, copy)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS],
            cwd=copy,
            env=os.environ | {"COLUMNS": "200", "DATA_DIR": tempfile.mkdtemp(dir=folder)},
            capture_output=True,
            text=True,
        )
        found = re.findall(r"^(?:FAILED|ERROR) \S+::(.*)$", done.stdout, re.MULTILINE)
        as_expected = bool(found) is bool(leak) and bool(done.returncode) is bool(leak)
        print(
            f"{leak.name if leak else 'no leak':30} {'' if as_expected else 'NOT '}{'found' if leak else 'passed'}",
            flush=True,
        )
        for line in found:
            print(f"    {line[:170]}")
        if not as_expected:
            print(done.stdout[-3000:], done.stderr[-1000:])
        passed &= as_expected
        shutil.rmtree(copy)
    return passed


def leftovers(folder: Path, processes: Processes) -> bool:
    """On PostgreSQL: in how many files a text still stands, after it was withdrawn, swept up, and written over.

    It tells, and demands nothing.
    """
    folder.mkdir()
    site = Site(folder, processes)
    site.manage("demo")
    make = (
        "from tests.scenery import *; c, code = write_with_code(make_post('Rooms'), 'The quokkaword was here. ' * 9); "
    )
    for what, code in {
        "written": f"{make}print(code.hex())",
        "withdrawn": "from forum.services.comments import withdraw_comment as w; w(code=bytes.fromhex('CODE'))",
        "swept up": "from forum.tasks import keep_time as k; k()",
        "200 comments later": "from tests.scenery import *; p = make_post('More'); [write(p, f'Words {n}.' * 9) for n in range(200)]",
    }.items():
        said = site.manage("shell", "-v0", "-c", code.replace("CODE", os.environ.get("SEIZED_CODE", "")))
        if what == "written":
            os.environ["SEIZED_CODE"] = said.strip().splitlines()[-1]
        files = files_of_postgresql(site.env["DATABASE_URL"])
        tables = sorted(name for name, raw in files.items() if b"quokkaword" in raw and "pg_wal" not in name)
        log = sum(b"quokkaword" in raw for name, raw in files.items() if "pg_wal" in name)
        rows = [name for name, raw in rows_of_postgresql(site.env["DATABASE_URL"]).items() if b"quokka" in raw]
        print(
            f"{what:20} rows in {rows}; in {len(tables)} files of tables and indexes, {log} of the log of changes",
            flush=True,
        )
    return True


def put_in(leak: Leak, copy: Path) -> None:
    newest = max(path.stem for path in (copy / "forum/migrations").glob("[0-9]*.py"))
    for name, (old, new) in leak.changes.items():
        file = copy / name
        text = file.read_text(encoding="utf-8") if old else ""
        assert text.count(old) == 1 or not old, f"{name} has changed: mend the leak"
        file.write_text(text.replace(old, new) if old else new.replace("NEWEST", newest), encoding="utf-8")
