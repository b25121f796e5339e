"""How is a 3270 host spoken to? By s3270 of the x3270 family, which is told what to do and answers line by line.

https://x3270.miraheze.org/wiki/S3270_protocol: each action is answered by lines of data, one line of status, and "ok"
or "error".
"""

import shutil
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urlsplit

from bridge.errors import ErpDown, InvalidConfig, LineLost
from bridge.locale import Phrase, fault

SECONDS_TO_ANSWER = 30.0  # over and above what an action itself waits for
SECONDS_TO_END = 5.0
DATA = "data:"
UNLOCKED = "U"
UNIT = {*string.ascii_letters, *string.digits, *"#$-_"}  # of what the name of a logical unit is made


def program_name() -> str:
    """What the program is called here."""
    return "ws3270" if sys.platform == "win32" else "s3270"


@dataclass(frozen=True)
class Host:
    """Where the host is, and as what we come to it; a name of a logical unit may be left out."""

    erp: str
    name: str
    port: int
    is_secure: bool = True
    unit: str = ""
    model: str = "3279-2-E"
    code_page: str = "cp037"

    @property
    def address(self) -> str:
        """As the x3270 family writes it: `L:` for TLS, of which the certificate is looked at."""
        unit = f"{self.unit}@" if self.unit else ""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"{'L:' if self.is_secure else ''}{unit}{name}:{self.port}"


def host_of(erp: str, address: str, code_page: str) -> Host:
    """The host of an address such as tn3270s://host:992/UNIT; raises InvalidConfig for one without a name."""
    where = urlsplit(address)
    unit = where.path.strip("/")
    if not where.hostname or not set(unit) <= UNIT:
        what = Phrase("{name} is no address of a host", name=repr(address))
        raise InvalidConfig.of([fault(f"erps.{erp}.address", what)])
    is_secure = where.scheme == "tn3270s"
    return Host(erp, where.hostname, where.port or (992 if is_secure else 23), is_secure, unit, code_page=code_page)


@dataclass(frozen=True)
class Status:
    """The keyboard, the line and the cursor after an action; rows and columns count from 1."""

    is_locked: bool = True
    is_connected: bool = False
    cursor: tuple[int, int] = (1, 1)

    @classmethod
    def read(cls, line: str) -> "Status":
        """The status line of twelve words, https://x3270.miraheze.org/wiki/Status_line."""
        words = line.split()
        row, column = int(words[8]) + 1, int(words[9]) + 1
        return cls(words[0] != UNLOCKED, words[3].startswith("C("), (row, column))


@dataclass(frozen=True)
class Answer:
    """What came of an action."""

    is_done: bool
    data: tuple[str, ...]


class S3270:
    """One s3270 with its line to the host."""

    def __init__(self, host: Host) -> None:
        """Connects; raises LineLost where the program is missing, ErpDown where the host is."""
        self.erp, self.status = host.erp, Status()
        options = ["-utf8", "-model", host.model, "-codepage", host.code_page, "-xrm", "s3270.aidWait: false"]
        program = shutil.which(program_name())
        if program is None:
            raise self._lost(Phrase("{programs} are missing.", programs=program_name()))
        self._process = subprocess.Popen(
            [program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            self._connect(host.address)
        except BaseException:
            self.close()
            raise

    def _connect(self, address: str) -> None:
        if not self.do("Connect", address).is_done:
            raise ErpDown(erp=self.erp, address=address)

    def do(self, action: str, *words: str, seconds: float = 0.0) -> Answer:
        """Take one action, which may itself wait so many seconds; raises LineLost."""
        said = f"{action}({','.join(map(_quoted, words))})\n"
        watch = Timer(seconds + SECONDS_TO_ANSWER, self._process.kill)
        watch.start()
        try:
            return self._asked(said)
        finally:
            watch.cancel()

    def _asked(self, said: str) -> Answer:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(said.encode())
            self._process.stdin.flush()
        except OSError as error:
            raise self._lost(str(error)) from error
        lines = list(self._lines())
        self.status = Status.read(lines[-2])
        data = tuple(line.removeprefix(DATA).removeprefix(" ") for line in lines if line.startswith(DATA))
        return Answer(lines[-1] == "ok", data)

    def _lines(self) -> Iterator[str]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = line.decode("utf-8", "replace").rstrip("\r\n")
            yield said
            if said in ("ok", "error"):
                return
        raise self._lost(Phrase("{programs} has ended", programs=program_name()))

    def _lost(self, why: object) -> LineLost:
        return LineLost(erp=self.erp, why=why if isinstance(why, Phrase) else str(why))

    def close(self) -> None:
        """Hang up."""
        self._process.stdin.close() if self._process.stdin else None
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close() if self._process.stdout else None


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
