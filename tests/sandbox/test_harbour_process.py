"""Doubts Harbour as a process: ready line, keep-alive, releases, seeds, and its end."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.harbour.__main__ import main
from sandbox.harbour.releases import RELEASES
from tests.sandbox.harbour_clerks import LINE, Clerk, harbour

ROOT = Path(__file__).parents[2]


@contextmanager
def started(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    """A Harbour of its own and what its ready line says."""
    command = [sys.executable, "-m", "sandbox.harbour", "--until-stdin-closes", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        yield process, json.loads(process.stdout.readline())


def test_it_serves_until_standard_input_closes(tmp_path: Path) -> None:
    """One line tells address and process; the seed file is in the books; the parent's end is its end."""
    seed = tmp_path / "seed.json"
    seed.write_text(
        json.dumps({"users": [{"name": "zoe", "password": "z"}], "customers": [{"code": "Z1", "name": "重庆"}]})
    )
    with started("--database", str(tmp_path / "h.db"), "--seed", str(seed)) as (process, ready):
        clerk = Clerk(ready["url"])
        assert ready["pid"] == process.pid
        assert "frameset" in clerk.sign_on("ZOE", "z").html
        assert "<td>Z1</td><td>??</td>" in clerk.get("/cu").html
        assert process.stdin
        process.stdin.close()
        assert process.wait(timeout=10) == 0
        assert process.stdout
        assert process.stdout.read() == ""
        clerk.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM: terminate() ends a process at once")
def test_it_ends_cleanly_on_a_request_to_terminate(tmp_path: Path) -> None:
    """SIGTERM is obeyed with exit code 0."""
    with started("--database", str(tmp_path / "h.db")) as (process, _):
        process.terminate()
        assert process.wait(timeout=10) == 0


def test_an_unknown_release_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is made."""
    with pytest.raises(SystemExit):
        main(["--database", str(tmp_path / "h.db"), "--release", "9"])
    assert "invalid choice" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_books_survive_a_restart(tmp_path: Path) -> None:
    """Numbers go on, seeds do not overwrite."""
    with harbour(tmp_path) as running:
        running.clerk("BOT1").save()
        running.change("UPDATE customers SET name = 'Renamed' WHERE code = 'C1001'")
    with harbour(tmp_path) as running:
        assert running.clerk("BOT1").save().saved == 10002
        assert running.rows("SELECT name FROM customers WHERE code = 'C1001'") == [{"name": "Renamed"}]


def test_connections_are_kept_alive(tmp_path: Path) -> None:
    """Several requests go over one connection, which is what makes browsers send a lost one again."""
    with harbour(tmp_path) as running:
        address = urlsplit(running.url)
        opened: list[str] = []

        def note(event: str, _: object) -> None:
            opened.append(event)

        with httpx.Client(verify=False, trust_env=False) as client:
            for _ in range(3):
                answer = client.get(f"http://{address.netloc}/", extensions={"trace": note})
                assert answer.http_version == "HTTP/1.1"
                assert int(answer.headers["Content-Length"]) == len(answer.content)
        assert opened.count("connection.connect_tcp.started") == 1


def test_the_update_renames_fields_and_some_labels_but_no_button(tmp_path: Path) -> None:
    """Release 7.3 knows none of the old names of renamed fields, and an order can still be typed."""
    with harbour(tmp_path, release="7.3") as running:
        clerk = running.clerk("BOT1")
        page = clerk.get("/so/entry")
        assert "Release 7.3" in clerk.get("/banner").html
        assert {"txtCust", "txtDate", "txtRef", "txtRem", "item_1"}.isdisjoint(page.fields)
        for old, new in (("Your Ref", "Customer PO"), (">Terms", ">Payment Terms"), (">Shipping", ">Ship Via")):
            assert (old in page.html, new in page.html) == (False, True)
        for button in ("Update", "Save", "Print", "Clear"):
            assert f'value="{button}"' in page.html
        typed = page.fields | {"txtCustomer": "C1001", "txtNotes": "REF", "itm_1": LINE["item"], "qnt_1": "2"}
        assert clerk.post("/so/save", clerk.post("/so/entry", typed).fields).saved == 10001
        assert running.orders()[0]["remarks"] == "REF"


def test_every_release_describes_the_same_form() -> None:
    """An update renames fields; it never adds or loses one."""
    shapes = [(r.header.keys(), r.line.keys(), r.filters.keys()) for r in RELEASES.values()]
    assert all(shape == shapes[0] for shape in shapes)
    for release in RELEASES.values():
        names = [field.name for field in release.header.values()]
        assert len(set(names)) == len(names)
