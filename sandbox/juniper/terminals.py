"""What does one terminal do all day? It takes keys, lets the host work on some of them, and paints."""

import asyncio
from collections import deque
from contextlib import closing
from typing import Protocol

from sandbox.juniper import sessions, tables
from sandbox.juniper.clerks import Clerk, Effects, House, HungUpError
from sandbox.juniper.deeds import expired
from sandbox.juniper.faults import MESSAGE_ROW
from sandbox.juniper.keys import KeyReader
from sandbox.juniper.menus import Menu, SignOn
from sandbox.juniper.painters import BELL, Painter, over
from sandbox.juniper.screens import LEGEND_ROW, Screen

_BROADCAST_ROW = 12
_INDICATOR, _INSERT = 71, 67


class Line(Protocol):
    """The wire to whoever sits there."""

    def write(self, data: bytes) -> None:
        """Send bytes, in their order."""
        ...

    def cut(self) -> None:
        """Reset the connection: nothing more goes out."""
        ...

    def close(self) -> None:
        """Send what is left and end."""
        ...


class Terminal:
    """One connected terminal with two desks, between which F11 hops; each keeps its screen as it was left."""

    def __init__(self, house: House, line: Line) -> None:
        self._house = house
        self._line = line
        self._db = tables.connect(house.options.database)
        self._clerk = Clerk(house, self._db, self._cut, self._freeze, home=Menu, door=SignOn)
        self._screen: Screen = SignOn(self._clerk)
        self._other: Screen | None = None
        self._reader = KeyReader(house.options.encoding)
        self._painter = Painter()
        self._keys: deque[str] = deque()
        self._news = asyncio.Event()
        self._insert = self._locked = self._dead = self._gone = False
        self._incoming: list[bytes] = []
        self._outgoing: list[bytes] | None = None

    # --- the wire

    def receive(self, data: bytes) -> None:
        """Bytes from the line; keys that come while the host works are thrown away with a bell."""
        if self._outgoing is not None:
            self._incoming.append(data)
            return
        for key in self._reader.feed(data):
            if self._locked and not self._house.options.type_ahead:
                self._write(BELL)
            else:
                self._keys.append(key)
        self._news.set()

    def hang_up(self) -> None:
        """The line is gone; what the host works on is finished all the same."""
        self._gone = True
        self._news.set()

    def broadcast(self, text: str) -> None:
        """A message from root, over whatever stands in the middle of the screen."""
        self._write(over(_BROADCAST_ROW, f"Message from root: {text}"))

    def _write(self, text: str) -> None:
        self._send(text.encode(self._house.options.encoding, "replace"))

    def _send(self, data: bytes) -> None:
        if self._outgoing is not None:
            self._outgoing.append(data)
        elif not self._gone:
            self._line.write(data)

    def _cut(self) -> None:
        self._line.cut()
        self.hang_up()

    def _freeze(self, seconds: float) -> None:
        self._outgoing = []
        asyncio.get_running_loop().call_later(seconds, self._thaw)

    def _thaw(self) -> None:
        sent, self._outgoing = self._outgoing or [], None
        came, self._incoming = self._incoming, []
        for data in sent:
            self._send(data)
        for data in came:
            self.receive(data)

    # --- the day

    async def run(self) -> None:
        """Serve until the line is gone or the clerk leaves."""
        self._house.terminals.add(self)
        with closing(self._db):
            try:
                await self._serve()
            except HungUpError:
                pass
            finally:
                self._house.terminals.discard(self)
                if self._clerk.signed_on:
                    sessions.end(self._db, self._clerk.signed_on.token, "hung up")
                self._line.close()

    async def _serve(self) -> None:
        self._write(self._painter.clear())
        while not self._gone:
            if self._keys:
                await self._take(self._keys.popleft())
                continue
            await self._show(Effects())
            self._news.clear()
            await self._news.wait()

    async def _take(self, key: str) -> None:
        if self._dead:
            return
        if key == "REPAINT":
            self._write(self._painter.clear())
        elif key == "INSERT":
            self._insert = not self._insert
        elif self._screen.reaches_host(key):
            await self._work(key)
        elif not self._screen.edit(key, insert=self._insert):
            self._write(BELL)

    async def _work(self, key: str) -> None:
        self._locked = True
        if self._keys and not self._house.options.type_ahead:
            self._keys.clear()
            self._write(BELL)
        await self._show(Effects(), working=True)
        await asyncio.sleep(self._house.options.host_seconds)
        self._screen = await self._answered(key)
        self._clerk.effects, effects = Effects(), self._clerk.effects
        await self._show(effects)
        self._locked = False

    async def _answered(self, key: str) -> Screen:
        clerk = self._clerk
        if clerk.signed_on and not sessions.alive(self._db, clerk.signed_on):
            self._other = None
            return expired(self._screen, "")
        if key == "F11" and clerk.signed_on:
            self._screen, self._other = self._other or Menu(clerk), self._screen
            return self._screen
        answer = await self._screen.press(key)
        if clerk.signed_on is None:
            self._other = None
        return answer

    async def _show(self, effects: Effects, *, working: bool = False) -> None:
        if self._dead:
            return
        if effects.blank:
            self._write(self._painter.clear())
            self._dead = True
            return
        grid = self._screen.compose()
        if self._insert:
            grid.put(LEGEND_ROW, _INSERT, "INS")
        if working:
            grid.put(LEGEND_ROW, _INDICATOR, "X SYSTEM")
        for piece in self._painter.paint(grid, effects.lost):
            await self._paint(piece, effects.pause)
        if effects.broadcast:
            self._write(over(MESSAGE_ROW, f"Message from root: {effects.broadcast}"))

    async def _paint(self, piece: str, pause: float) -> None:
        if not pause:
            self._write(piece)
            return
        data = piece.encode(self._house.options.encoding, "replace")
        for part in (data[: len(data) // 2], data[len(data) // 2 :]):
            await asyncio.sleep(pause)
            self._send(part)
