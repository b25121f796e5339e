"""Who asks, with what in hand? What every screen needs to know about the request it answers."""

import sqlite3
from dataclasses import dataclass, field

from flask import Response, current_app, g

from sandbox.harbour.faults import Fault, FaultBook
from sandbox.harbour.options import Options
from sandbox.harbour.releases import RELEASES, Release
from sandbox.harbour.sessions import Session

OPTIONS = "harbour.options"
BOOK = "harbour.faults"


@dataclass
class Visit:
    """One request: books, submitted fields, faults that hit it, the signed-on clerk, and what the answer needs."""

    db: sqlite3.Connection
    fields: dict[str, str]
    faults: dict[str, Fault]
    clerk: Session | None = None
    new_token: str = ""
    disguise: Response | None = field(default=None)

    @property
    def session(self) -> Session:
        """The clerk's session; the guard lets nobody pass without one."""
        if self.clerk is None:
            raise PermissionError("nobody is signed on")
        return self.clerk


def visit() -> Visit:
    """The request being answered."""
    current: Visit = g.visit
    return current


def options() -> Options:
    """How this Harbour was installed."""
    installed: Options = current_app.extensions[OPTIONS]
    return installed


def book() -> FaultBook:
    """The faults ordered of this Harbour."""
    ordered: FaultBook = current_app.extensions[BOOK]
    return ordered


def release() -> Release:
    """The version this Harbour pretends to be."""
    return RELEASES[options().release]
