"""Doubts the configuration of a CRM: every fault at once, each with its key, and never a secret."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bridge.crm.specs import read_spec
from bridge.errors import InvalidConfig
from tests.unit.crm.scripted_wires import table

SHIPPED = sorted((Path(__file__).parents[2] / "contracts" / "crm_specs").glob("*.toml"))


def _faults(made: dict[str, Any]) -> str:
    with pytest.raises(InvalidConfig) as fault:
        read_spec(made, "crms.t")
    return str(fault.value.params["faults"])


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_configurations_are_sound(path: Path) -> None:
    """They are what people copy."""
    for name, made in tomllib.loads(path.read_text("utf-8"))["crms"].items():
        assert read_spec(made, f"crms.{name}").reference_code


def test_all_faults_are_told_at_once() -> None:
    """Nobody corrects a file one error per run."""
    made = table(
        reference_code="too long",
        client={"base_url": "ftp://crm", "colour": "blue", "timeout": 0},
        status={"won": "sold"},
        fields={"number": "a..b", "currency": []},
        formats={"zone": "Mars/Olympus"},
        decode="klingon",
    )
    faults = _faults(made)
    for key in (
        "crms.t.reference_code: ",
        "crms.t.client.base_url: ",
        "crms.t.client.colour: ",
        "crms.t.client.timeout: ",
        "crms.t.status.won: ",
        "crms.t.fields.number: ",
        "crms.t.fields.currency: ",
        "crms.t.formats.zone: ",
        "crms.t.decode: ",
    ):
        assert key in faults


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"get": {"path": "orders"}}, "crms.t.get: nothing asks for the order's {id}"),
        ({"get": {"path": "orders/{order_id}"}}, "crms.t.get.path: there is no {order_id} here"),
        ({"orders": {"params": {"x": "{since}"}}}, "crms.t.orders.params: there is no {since} here"),
        ({"writeback": {"json": {"a": "{number}"}}}, "crms.t.writeback.json: there is no {number} here"),
        ({"writeback": {"idempotency": "none"}}, "crms.t.writeback.read_back: "),
        ({"orders": {"encode": {"d": "tryton"}}}, "crms.t.orders.encode.d: there is no such parameter"),
        ({"orders": {"params": {"d": 1}, "encode": {"d": "rot13"}}}, "crms.t.orders.encode.d: there is no encoder"),
        ({"orders": {"paginator": {"type": "cursor", "cursor_path": "next"}}}, "crms.t.orders.paginator: "),
        (
            {
                "orders": {
                    "params": {"since": "{paginator.stamp}"},
                    "paginator": {
                        "type": "keyset",
                        "keys": {"stamp": "changed"},
                        "initial": {"stamp": "{incremental.start_value}"},
                    },
                }
            },
            "orders of one instant would be lost",
        ),
        (
            {"orders": {"paginator": {"type": "keyset", "keys": {"last": "id"}, "initial": {"last": 0}}}},
            "nothing asks for {paginator.last}",
        ),
        (
            {"writeback": {"check": {"path": "x/{id}", "equal": {"a": "{status}"}}}},
            "crms.t.writeback.check.path: there is no {id} here",
        ),
        (
            {"writeback": {"check": {"path": "x", "equal": {"a": "{state}"}}}},
            "crms.t.writeback.check.equal: there is no {state} here",
        ),
        (
            {"writeback": {"check": {"path": "x", "equal": {"a": "done"}}}},
            "crms.t.writeback.check.equal: nothing in it is of the message",
        ),
        ({"writeback": {"check": {"path": "x", "equal": {}}}}, "crms.t.writeback.check.equal: "),
        ({"writeback": {"check": {"path": "x", "equal": {"a[": "{status}"}}}}, "crms.t.writeback.check.equal"),
        (
            {"writeback": {"read_back": {"path": "x", "sequence": "a", "pattern": "#[0-9]+"}}},
            "crms.t.writeback.read_back.pattern: ",
        ),
        (
            {"writeback": {"read_back": {"path": "x", "sequence": "a", "pattern": "#("}}},
            "crms.t.writeback.read_back.pattern: ",
        ),
    ],
)
def test_parts_that_do_not_fit_together_are_a_fault(changes: dict[str, Any], fault: str) -> None:
    """Found when the configuration is read, not in the night."""
    assert fault in _faults(table(**changes))


@pytest.mark.parametrize(
    ("address", "sound"),
    [
        ("https://crm.test/api/", True),
        ("http://127.0.0.1:8700/api", True),
        ("http://localhost/api", True),
        ("http://crm.test/api", False),
        ("https://user:hunter2@crm.test/api", False),
        ("https://crm.test/api?key=1", False),
        ("crm.test/api", False),
        ("https://", False),
    ],
)
def test_an_address_is_whole_and_does_not_give_the_secret_away(address: str, sound: bool) -> None:
    """Plain HTTP to another machine must be asked for by name."""
    made = table(client={"base_url": address})
    if sound:
        assert read_spec(made).client.base_url == address.rstrip("/")
    else:
        assert "crms.t.client" in _faults(made)
        assert "hunter2" not in _faults(made)


def test_plain_http_can_be_allowed() -> None:
    """Old CRMs in the same building speak nothing else."""
    made = table(client={"base_url": "http://crm.test/api", "plain_http": True})
    assert read_spec(made).client.plain_http


def test_a_secret_in_the_configuration_is_a_fault_that_does_not_show_it() -> None:
    """The key is unknown there; its value stays out of the message."""
    faults = _faults(table(client={"auth": {"type": "bearer", "token": "s3cr3t"}}))
    assert "crms.t.client.auth.bearer.token: " in faults
    assert "s3cr3t" not in faults
