"""How does a terminal reach Juniper? Over ssh, as one system user, before the ERP asks who it is."""

import asyncio
import contextlib
import hmac
import socket
import struct
import sys
from pathlib import Path

import asyncssh

from sandbox.juniper.clerks import House
from sandbox.juniper.grids import COLUMNS, ROWS
from sandbox.juniper.terminals import Terminal

# struct linger is two shorts on Windows and two ints elsewhere
_LINGER_ZERO = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Door(asyncssh.SSHServer):
    """One connection: the system user and its password, then terminals."""

    def __init__(self, house: House) -> None:
        self._house = house

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - everybody is asked
        """Nobody comes in unasked."""
        return True

    def password_auth_supported(self) -> bool:
        """A password is the only key."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Whether these are the system user and its password."""
        options = self._house.options
        return _same(username, options.system_user) & _same(password, options.system_password)

    def session_requested(self) -> "SshLine":
        """A terminal."""
        return SshLine(self._house)


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


class SshLine(asyncssh.SSHServerSession[bytes]):
    """One terminal on an ssh channel."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._channel: asyncssh.SSHServerChannel[bytes]
        self._terminal: Terminal | None = None
        self._size = (0, 0)

    def connection_made(self, chan: "asyncssh.SSHServerChannel[bytes]") -> None:
        """The channel is open."""
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: tuple[int, int, int, int], term_modes: object) -> bool:  # noqa: ARG002 - VT220 and xterm are painted alike
        """Any terminal is taken that has 24 rows of 80 cells."""
        self._size = term_size[:2]
        return self._size[0] >= COLUMNS and self._size[1] >= ROWS

    def shell_requested(self) -> bool:
        """Only whoever has a terminal gets the screens."""
        return self._size != (0, 0)

    def session_started(self) -> None:
        """Begin with the sign-on screen."""
        self._terminal = Terminal(self._house, self)
        task = asyncio.get_running_loop().create_task(self._terminal.run())
        self._house.tasks.add(task)
        task.add_done_callback(self._house.tasks.discard)

    def data_received(self, data: bytes, datatype: object) -> None:  # noqa: ARG002 - there is one kind
        """Keys."""
        if self._terminal:
            self._terminal.receive(data)

    def eof_received(self) -> bool:
        """Whoever sends no more keys has gone."""
        if self._terminal:
            self._terminal.hang_up()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - gone is gone
        """The line is dead."""
        if self._terminal:
            self._terminal.hang_up()

    def write(self, data: bytes) -> None:
        """Paint; nothing where the other side is just closing."""
        with contextlib.suppress(BrokenPipeError):
            self._channel.write(data)

    def cut(self) -> None:
        """Reset the connection: a lingering time of zero makes closing send RST."""
        wire = self._channel.get_extra_info("socket")
        if wire is not None:
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._channel.get_connection().abort()

    def close(self) -> None:
        """Hang up politely."""
        if not self._channel.is_closing():
            self._channel.exit(0)


def host_key(path: Path) -> asyncssh.SSHKey:
    """The key of this host, made when it is first asked for."""
    if not path.exists():
        path.touch(mode=0o600)
        asyncssh.generate_private_key("ssh-ed25519", comment="juniper").write_private_key(path)
    return asyncssh.read_private_key(path)


async def listen(house: House, port: int) -> asyncssh.SSHAcceptor:
    """The ssh server on the loopback interface; port 0 takes any free one."""
    return await asyncssh.listen(
        "127.0.0.1",
        port,
        server_factory=lambda: Door(house),
        server_host_keys=[host_key(house.options.host_key)],
        encoding=None,
        line_editor=False,
        config=[],
        gss_host=None,
    )
