"""For a container's health check: exit status 0 when the web process here can work, 1 when it cannot.

It asks `/readyz` on the port inside the container, under the site's own name, since no other host is answered.
"""

import os
import sys
import urllib.request
from urllib.parse import urlsplit


def main() -> int:
    site = urlsplit(os.environ.get("SITE_URL", "")).netloc or "127.0.0.1"
    port = os.environ.get("PORT", "8000")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": site})
    try:
        with urllib.request.urlopen(request, timeout=8):  # noqa: S310 - our own port
            return 0
    except OSError as error:
        sys.stderr.write(f"not ready: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
