"""A provider on loopback that also lists its models."""

import json
from typing import Any

from provider import Provider


def list_models(server: Provider, *entries: Any) -> None:
    """Let it answer `/models` with these entries, or with a web page when there is only a text."""
    page = isinstance(entries[0], str)
    data = entries[0].encode() if page else json.dumps({"object": "list", "data": entries}).encode()

    class Listing(server.RequestHandlerClass):  # type: ignore[name-defined, misc]
        def do_GET(self) -> None:  # noqa: N802 - http.server's name
            """The list of models."""
            self.send_response(200 if self.path.endswith("/models") else 404)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server.RequestHandlerClass = Listing
