"""The health check of the image: exit code 0 if the web server beside it is alive.

It needs no Django, so that it costs 50 ms of a processor and not a second.
"""

import http.client
import os
import sys

PATH = "/livez"
SECONDS = 4


def main() -> str | None:
    """Return what is wrong, or None."""
    port = int(os.environ.get("PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", PATH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer from port {port}: {error}"
    finally:
        connection.close()
    return None if status == http.HTTPStatus.OK else f"GET {PATH} is {status}"


if __name__ == "__main__":
    sys.exit(main())
