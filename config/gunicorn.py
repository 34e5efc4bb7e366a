"""gunicorn's settings, for `make run`, `make stack` and production alike: threads, and logs that tell nothing."""

import ctypes

from forum.garbage import settle_down

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
accesslog = None
control_socket_disable = True
logger_class = "config.logs.ScrubbedGunicornLogger"
ARENAS = -8  # glibc's M_ARENA_MAX


def post_fork(server: object, worker: object) -> None:
    """One heap for all threads: glibc gives each its own, and each would keep the room of the largest page it made."""
    if set_option := getattr(ctypes.CDLL(None), "mallopt", None):
        set_option(ARENAS, 1)


def post_worker_init(worker: object) -> None:
    settle_down()
