"""Does `erpbridge check --seat` say how a machine is for a seat, without anybody signing on?"""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bots.drivers import seat_findings
from bridge.ports import SeatFinding, SeatPlan
from bridge.settings import keep_secret, load_settings
from tests.contracts.juniper_worlds import plan
from tests.installations import ROOT, configuration, furnish
from tests.sandbox.juniper_clerks import Juniper, juniper
from tests.unit.command_lines import CommandLine

NOBODY = "http://127.0.0.1:9"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHmzkQd0B1M0pIfMoXNkpQ3bSUs4EFJ0LrVsyBrkM7AQ"
GONE = "this-program-is-nowhere"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Juniper]:
    """A Juniper that answers by ssh."""
    with juniper(tmp_path) as started:
        yield started


def looked_at(given: SeatPlan, **changes: object) -> SeatFinding:
    """The one thing that is looked at for a terminal, with other options or another address."""
    address = str(changes.pop("address", given.address))
    options = {**given.options, **changes}
    (found,) = seat_findings(SeatPlan(given.profile, address, given.user, given.password, options=options))
    return found


def test_the_right_host_is_told_by_its_key(running: Juniper) -> None:
    """It answers, has the key that is configured, and refuses us: that is all that is asked."""
    given = plan(running)
    assert looked_at(given).weight == "fine"
    known = Path(running.options.database).with_name("known_hosts")
    known.write_text(f"[127.0.0.1]:{running.address.port} {running.address.host_key}\n", encoding="ascii")
    assert looked_at(given, host_key="", known_hosts=known).weight == "fine"


def test_a_host_with_another_key_is_not_the_right_one(running: Juniper) -> None:
    """Somebody may stand between; nothing was said to him."""
    found = looked_at(plan(running), host_key=OTHER_KEY)
    assert (found.code, found.weight) == ("host", "fault")
    assert "another key" in found.what


def test_a_host_of_which_no_key_is_known_is_not_believed(running: Juniper) -> None:
    """Anybody could answer for it."""
    found = looked_at(plan(running), host_key="")
    assert found.weight == "fault"
    assert "terminal.host_key" in found.what


def test_a_host_that_does_not_answer_is_named(running: Juniper) -> None:
    """With its address."""
    found = looked_at(plan(running), address="ssh://erp@127.0.0.1:9")
    assert found.weight == "fault"
    assert "ssh://erp@127.0.0.1:9" in found.what


@pytest.mark.parametrize(("program", "weight"), [(sys.executable, "fine"), (GONE, "fault")])
def test_a_terminal_without_a_host_needs_its_program(program: str, weight: str) -> None:
    """What is behind `pty:` is looked for on this machine."""
    found = looked_at(_plan_of(f"pty:{shlex.quote(program)} -m erp"))
    assert (found.code, found.weight) == ("program", weight)


def _plan_of(address: str) -> SeatPlan:
    from tests.samples import juniper as profile

    return SeatPlan(profile(), address, "BOT1", "secret")


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def erpbridge(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """An installation with Harbour, and with Juniper behind a program that is there and one that is not."""
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "en")
    monkeypatch.setenv("ERPBRIDGE_BROWSER", str(ROOT / "pyproject.toml"))
    content = configuration(tmp_path, NOBODY, NOBODY)
    for name, program in (("fit", sys.executable), ("unfit", GONE)):
        content["erps"][name] = content["erps"]["harbour"] | {
            "address": f"pty:{shlex.quote(program)}",
            "selectors": (ROOT / "selectors" / "juniper").as_posix(),
        }
    path = furnish(tmp_path, content)
    for name in ("fit", "unfit"):
        keep_secret(f"erp.{name}", "secret", load_settings(path))
    return CommandLine(path, capsys)


def test_one_erp_is_asked_for(erpbridge: CommandLine) -> None:
    """Exit status 0 where a seat of it can work."""
    said = erpbridge("check", "--seat", "fit", "--json")
    assert (said.status, said.record["ok"], said.record["faults"]) == (0, True, [])
    (found,) = said.record["seats"]
    assert (found["erp"], found["code"], found["weight"], found["remedy"]) == ("fit", "program", "fine", "")


def test_what_keeps_a_seat_from_working_is_a_fault(erpbridge: CommandLine) -> None:
    """Exit status 1, with what to do about it; the configuration itself is right."""
    said = erpbridge("check", "--seat", "unfit", "--json")
    assert (said.status, said.record["ok"]) == (1, False)
    (fault,) = said.record["faults"]
    assert fault.startswith("unfit: ")
    assert GONE in fault
    assert "`address`" in said.record["seats"][0]["remedy"]


def test_all_desktop_and_terminal_erps_are_asked_for(erpbridge: CommandLine) -> None:
    """Not those that are worked in a browser."""
    said = erpbridge("check", "--seats", "--json")
    assert {each["erp"]: each["weight"] for each in said.record["seats"]} == {"fit": "fine", "unfit": "fault"}
    assert said.status == 1


def test_people_read_a_table_and_the_faults(erpbridge: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their own language, with the number of faults at the end."""
    monkeypatch.setenv("ERPBRIDGE_LANGUAGE", "zh_CN")
    said = erpbridge("check", "--seats")
    assert said.status == 1
    assert "正常" in said.out
    assert "处理办法" in said.out
    assert "问题：1" in said.out.splitlines()[-1]


def test_an_erp_that_nobody_knows_is_said_so(erpbridge: CommandLine) -> None:
    """As everywhere: the configuration is at fault, and the known ones are named."""
    said = erpbridge("check", "--seat", "granit", "--json")
    assert said.status == 2
    assert "granit" in said.record["text"]
