"""Does a notice reach whoever wants it, and is it said when it does not?"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bridge.alerts import NoticeNotSent, send


class Webhook(ThreadingHTTPServer):
    """A chat's webhook on this machine that keeps what it was told."""

    def __init__(self, status: int) -> None:
        self.status, self.told = status, list[dict[str, Any]]()
        super().__init__(("127.0.0.1", 0), _Taking)

    @property
    def url(self) -> str:
        """Its address as a target writes it."""
        return f"json://127.0.0.1:{self.server_address[1]}/hook"


class _Taking(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append(json.loads(content))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def webhook(request: pytest.FixtureRequest) -> Iterator[Webhook]:
    """A webhook that answers with the status it was asked for."""
    with Webhook(getattr(request, "param", 200)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_notice_reaches_its_target_as_it_was_written(webhook: Webhook) -> None:
    """Title and text, Chinese ones too."""
    send("finance", webhook.url, "harbour: 有差异", "差异：未结 7\nv1")
    (told,) = webhook.told
    assert (told["title"], told["message"]) == ("harbour: 有差异", "差异：未结 7\nv1")


@pytest.mark.parametrize("webhook", [500], indirect=True)
def test_a_target_that_refuses_is_named_without_its_address(webhook: Webhook) -> None:
    """The address holds secrets; the name is enough."""
    with pytest.raises(NoticeNotSent, match="finance could not be told") as error:
        send("finance", webhook.url + "?token=secret", "title", "text")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("url", ["", "nonsense", "foo://x"])
def test_an_address_that_is_none_is_said(url: str) -> None:
    """Nobody believes that somebody was told."""
    with pytest.raises(NoticeNotSent, match="none that is known"):
        send("finance", url, "title", "text")
