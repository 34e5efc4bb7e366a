"""`python -m tests.bench.queries PATH…`: how many queries each page takes when asked for a second time, as JSON."""

from __future__ import annotations

import json
import sys


def main() -> int:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    counts = {}
    client = Client(headers={"host": "127.0.0.1"})
    for path in sys.argv[1:]:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts[path] = len(captured)
    print(json.dumps(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
