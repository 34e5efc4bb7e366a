"""Django's PostgreSQL, whose health check asks nothing while all is well."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
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
