"""Who sits at the terminal, in which house? What every screen knows about its visitor."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from sandbox.juniper.faults import FaultBook
from sandbox.juniper.options import Options
from sandbox.juniper.sessions import Session
from sandbox.juniper.words import Words

if TYPE_CHECKING:
    from sandbox.juniper.screens import Screen


class HungUpError(Exception):
    """The line is gone, so there is nobody left to answer."""


class Listener(Protocol):
    """A terminal that can be written over from outside."""

    def broadcast(self, text: str) -> None:
        """Write a message from root over the screen."""
        ...


@dataclass(frozen=True)
class House:
    """One running Juniper; `terminals` are those that are connected now, `tasks` what works for them."""

    options: Options
    book: FaultBook
    words: Words
    terminals: set[Listener] = field(default_factory=set)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)


@dataclass
class Effects:
    """How the next picture is to arrive: with pauses (seconds), without a row, not at all, or under a broadcast."""

    pause: float = 0.0
    lost: int = 0
    blank: bool = False
    broadcast: str = ""


@dataclass
class Clerk:
    """One visitor at one terminal; `home` and `door` make the menu and the sign-on screen."""

    house: House
    db: sqlite3.Connection
    cut: Callable[[], None]
    freeze: Callable[[float], None]
    home: Callable[["Clerk"], "Screen"]
    door: Callable[["Clerk"], "Screen"]
    signed_on: Session | None = None
    effects: Effects = field(default_factory=Effects)

    @property
    def session(self) -> Session:
        """The session; nobody passes the door without one."""
        if self.signed_on is None:
            raise PermissionError("nobody is signed on")
        return self.signed_on

    @property
    def words(self) -> Words:
        """The words of the house."""
        return self.house.words

    @property
    def encoding(self) -> str:
        """The encoding of line and books."""
        return self.house.options.encoding
