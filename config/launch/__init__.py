"""Starting the site: what `make run`, `make stack` and `make test` need beyond Python."""
