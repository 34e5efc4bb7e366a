"""`make stack`: the production shape on this machine, with a PostgreSQL and a Redis of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config.environment import data_dir
from config.launch import prepare, servers
from config.launch.processes import Processes, wait_for_site

WEB_PROCESSES = 2


def main() -> None:
    port = prepare.free_port(os.environ.get("PORT") or "8000")
    os.environ["PORT"] = str(port)
    folder = data_dir() / "stack"
    # Everything else that the stack writes stays apart from what `make run` has.
    os.environ["DATA_DIR"] = str(folder)
    with Processes() as processes:
        postgres = servers.server_folder(folder / "postgres")
        os.environ["DATABASE_URL"] = servers.start_postgres(processes, postgres)
        os.environ["REDIS_URL"] = servers.start_redis(processes, Path(folder))
        prepare.database()
        web = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "-b", f"127.0.0.1:{port}"]
        processes.start("the web server", [*web, "-w", str(WEB_PROCESSES), "config.wsgi:application"])
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
        worker = [*celery, "worker", "--loglevel", "WARNING", "--concurrency"]
        # A long run of digests must keep neither the clock nor a new reader's link waiting.
        processes.start("the Celery worker", [*worker, "2", "-Q", "celery,confirmations", "-n", "clock@%h"])
        processes.start("the Celery worker for digests", [*worker, "1", "-Q", "mail", "-n", "mail@%h"])
        processes.start("Celery beat", [*celery, "beat", "--loglevel", "WARNING", "--pidfile="])
        wait_for_site(f"http://127.0.0.1:{port}", processes)
        print(
            f"\nThe forum is on http://127.0.0.1:{port}, on PostgreSQL, Redis and Celery. Ctrl-C ends it.", flush=True
        )
        print(f"DATABASE_URL={os.environ['DATABASE_URL']}\nREDIS_URL={os.environ['REDIS_URL']}", flush=True)
        processes.watch()


if __name__ == "__main__":
    main()
