"""By which line does a terminal come to its host?

What the address says: ssh://user@host:22, pty:command, or for IBM's hosts tn3270s://host:992/UNIT, without TLS tn3270:.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bots.drivers.pty_lines import PtyLine
from bots.drivers.terminal import TerminalDriver, TerminalOptions
from bots.drivers.terminal_parts import Terminal
from bots.drivers.vt_terminals import VtTerminal
from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault
from bridge.ports import SeatPlan

DRIVEN = ("timeout", "save_timeout", "quiet", "picture_format")


def open_terminal(plan: SeatPlan) -> TerminalDriver:
    """The driver of a terminal seat; raises InvalidConfig for an address of no known kind."""
    kind = plan.address.partition(":")[0]
    connect = {"ssh": _by_ssh, "pty": _by_pty, "tn3270s": _by_tn3270, "tn3270": _by_tn3270}.get(kind)
    if connect is None:
        what = Phrase("{name} is none of {known}", name=repr(kind), known="ssh://, pty:, tn3270s://, tn3270://")
        raise InvalidConfig.of([fault(f"erps.{plan.profile.name}.address", what)])
    options = TerminalOptions(**{name: plan.options[name] for name in DRIVEN if name in plan.options})
    return TerminalDriver(plan.profile, partial(connect, plan, plan.options), options)


def _by_ssh(plan: SeatPlan, options: Mapping[str, Any]) -> Terminal:
    from bots.drivers.ssh_lines import Host, SshLine

    kind = options.get("terminal", "xterm")
    host = Host(
        erp=plan.profile.name,
        address=plan.address,
        password=options.get("host_password"),
        host_key=options.get("host_key", ""),
        known_hosts=options.get("known_hosts"),
        terminal=kind,
    )
    return VtTerminal(SshLine(host), plan.profile.encoding, kind)


def _by_pty(plan: SeatPlan, options: Mapping[str, Any]) -> Terminal:
    kind = options.get("terminal", "xterm")
    line = PtyLine(plan.profile.name, plan.address.removeprefix("pty:"), {"TERM": kind})
    return VtTerminal(line, plan.profile.encoding, kind)


def _by_tn3270(plan: SeatPlan, options: Mapping[str, Any]) -> Terminal:  # noqa: ARG001 - as the others
    from bots.drivers.s3270_programs import S3270, host_of
    from bots.drivers.tn3270_terminals import Tn3270Terminal

    host = host_of(plan.profile.name, plan.address, plan.profile.encoding)
    return Tn3270Terminal(S3270(host), host.code_page)
