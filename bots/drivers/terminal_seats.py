"""Can a terminal seat reach its host? The host is asked for its key, and nobody signs on."""

import asyncio
import shlex
import shutil
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import asyncssh

from bots.drivers.desktop_seats import program_finding
from bots.drivers.s3270_programs import S3270, host_of, program_name
from bots.drivers.ssh_lines import Host, known_hosts
from bridge.errors import ErpDown, InvalidConfig, LineLost
from bridge.locale import Phrase
from bridge.ports import SeatPlan
from bridge.ports.seat_findings import SeatFinding, advice, bad, fine

CONNECT_SECONDS = 15.0


def terminal_findings(plan: SeatPlan) -> Iterator[SeatFinding]:
    """Whether the line of that plan leads to the right host."""
    if plan.address.startswith("pty:"):
        yield program_finding(next(iter(shlex.split(plan.address.removeprefix("pty:"))), ""))
        return
    if plan.address.startswith("tn3270"):
        yield program_finding(program_name())
        if shutil.which(program_name()):
            yield _connected(plan)
        return
    given = plan.options
    host = Host(
        plan.profile.name,
        plan.address,
        host_key=given.get("host_key", ""),
        known_hosts=given.get("known_hosts"),
    )
    yield asyncio.run(_asked(host))


def _connected(plan: SeatPlan) -> SeatFinding:
    try:
        host = host_of(plan.profile.name, plan.address, plan.profile.encoding)
        S3270(host).close()
    except InvalidConfig as error:
        return bad("host", error.phrase, Phrase("Correct `address` of the ERP."))
    except (ErpDown, LineLost) as error:
        return bad("host", error.phrase, Phrase("See whether the host is up, and its certificate is one we trust."))
    if not host.is_secure:
        what = Phrase("{address} answers, and all that is typed goes there unencrypted.", address=plan.address)
        return advice("host", what, Phrase("Write tn3270s:// where the host takes TLS."))
    return fine("host", Phrase("{address} answers, and is the right host.", address=plan.address))


async def _asked(host: Host) -> SeatFinding:
    """Without password and key: a host that proves who it is, and then refuses us, is the right one."""
    where = urlsplit(host.address)
    name, port = where.hostname or "", where.port or 22
    try:
        connection = await asyncssh.connect(
            name,
            port,
            username=unquote(where.username or ""),
            known_hosts=known_hosts(host, name, port),
            config=None,
            client_keys=(),
            agent_path=None,
            preferred_auth="none",
            connect_timeout=CONNECT_SECONDS,
        )
        connection.abort()
    except asyncssh.PermissionDenied:
        pass
    except InvalidConfig as error:
        return bad("host", error.phrase, Phrase("Write the host's own key into `host_key` of the ERP's terminal."))
    except asyncssh.HostKeyNotVerifiable:
        return bad(
            "host",
            Phrase("{address} proves itself by another key than the one that is known.", address=host.address),
            Phrase("Ask its administrator for its key; somebody may stand between. Then correct `host_key`."),
        )
    except (OSError, asyncssh.Error, TimeoutError) as error:
        return bad(
            "host",
            Phrase(
                "{address} does not answer by ssh: {why}", address=host.address, why=str(error) or type(error).__name__
            ),
            Phrase("See whether the host is up, its port is open, and the address is right."),
        )
    return fine("host", Phrase("{address} answers, and is the right host.", address=host.address))
