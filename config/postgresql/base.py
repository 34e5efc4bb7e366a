"""Django's PostgreSQL, whose health check asks nothing while all is well, and which can give texts as bytes."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.types.string import ByteaBinaryLoader


class AsItComes(Loader):
    """The bytes of a value, for queries whose answers come as text; we have no other columns of the type `bpchar`."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        connection: Connection[Any] = super().get_new_connection(conn_params)
        for loader in (AsItComes, ByteaBinaryLoader):
            connection.adapters.register_loader("bpchar", loader)
        return connection

    def is_usable(self) -> bool:
        """Whether the connection works; looked at once in a request, where asking would cost a round trip.

        A server that ended it has said so, and that can be read. What died without a word, the query finds out.
        """
        return not self.has_word() or bool(super().is_usable())

    def has_word(self) -> bool:
        """Whether something can be read that nobody asked for, the end of the connection included."""
        if self.connection is None:
            return True
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
