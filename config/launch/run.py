"""`make run`: the working site on this machine, from nothing but Python."""

from __future__ import annotations

import os
import sys

from config.launch import prepare
from config.launch.processes import Processes, wait_for_site


def main() -> None:
    port = prepare.free_port(os.environ.get("PORT") or "8000")
    os.environ["PORT"] = str(port)
    with Processes() as processes:
        prepare.database()
        # One process: with SQLite and no Redis, what is counted in memory is counted once.
        web = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "-b", f"127.0.0.1:{port}"]
        processes.start("the web server", [*web, "config.wsgi:application"])
        processes.start("the digest loop", [sys.executable, "manage.py", "send_digests", "--loop"])
        wait_for_site(f"http://127.0.0.1:{port}", processes)
        print(
            f"\nThe forum is on http://127.0.0.1:{port} - staff sign in at /accounts/login/. Ctrl-C ends it.",
            flush=True,
        )
        processes.watch()


if __name__ == "__main__":
    main()
