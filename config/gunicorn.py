"""gunicorn's settings, for `make run`, `make stack` and production alike: threads, and logs that tell nothing."""

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 20
accesslog = None
control_socket_disable = True
logger_class = "config.logs.ScrubbedGunicornLogger"
