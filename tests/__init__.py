"""The tests. `make test` runs them on SQLite and on PostgreSQL with Redis; see run.py."""
