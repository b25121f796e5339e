"""What does a Windows machine do with windows, keys and the clipboard? As Microsoft's pages say, step by step.

Nothing happens by itself: threads of other programs go on only while ours waits or asks (`run`), and a program that
needs an answer of our window stands still until ours listens (`pump`), as sent messages want it.
"""

import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bots.drivers.win_doors import (
    CAPTION,
    DESTROYED,
    KEY_UP,
    RENDER_FORMAT,
    UNICODE,
    UNICODE_TEXT,
    Edges,
    KeyEvent,
)
from bots.drivers.win_session_doors import METRICS_HEIGHT, METRICS_WIDTH

OUR_THREAD, OUR_PROCESS = 1, 1000
Key = KeyEvent | tuple[str, ...]


@dataclass
class FakeWindow:
    """One top-level window."""

    title: str
    process: int
    thread: int
    edges: Edges = (100, 100, 700, 500)
    owner: int | None = None
    style: int = CAPTION
    visible: bool = True
    minimised: bool = False
    enabled: bool = True
    cloaked: bool = False


@dataclass
class FakeThread:
    """The thread of a program: its queue, what it does with a key, and the states of keys as it has read them.

    One that is `busy` takes no keys and answers what is sent to it; one that is `frozen` does neither.
    """

    process: int
    handle: Callable[[Key], bool] = lambda _: True
    queue: deque[Key] = field(default_factory=deque)
    toggled: dict[int, bool] = field(default_factory=dict)
    frozen: bool = False
    busy: bool = False

    def run(self) -> None:
        """Work off one key; one whose work cannot go on yet stays the first one."""
        if self.queue and not (self.frozen or self.busy) and self.handle(self.queue[0]):
            key = self.queue.popleft()
            if isinstance(key, KeyEvent) and not key.flags:
                self.toggled[key.key] = not self.toggled.get(key.key, False)


@dataclass
class _Board:
    """The clipboard of the session."""

    owner: int | None = None
    opener: int | None = None
    is_open: bool = False
    held: dict[int, bytes | None] = field(default_factory=dict)


class FakeMachine:
    """One session: the doors User32, Dwm and ClipboardCalls at once, and what other programs do there."""

    def __init__(self) -> None:
        self.windows: dict[int, FakeWindow] = {}
        self.stack: list[int] = []  # the topmost first
        self.threads: dict[int, FakeThread] = {OUR_THREAD: FakeThread(OUR_PROCESS), 30: FakeThread(0)}
        self.front: int | None = None
        self.attached: set[frozenset[int]] = set()
        self.board = _Board()
        self.takes_input = True
        self.language = 0x04090409
        self.lets_us_front = True
        self.listening = False
        self.heard: dict[int, Callable[[int, int], None]] = {}
        self.formats: dict[str, int] = {}
        self._numbers = itertools.count(0x100, 2)

    def open_window(self, title: str, process: int, thread: int, **more: object) -> int:
        """A new window, topmost and with the keyboard."""
        number = next(self._numbers)
        self.windows[number] = FakeWindow(title, process, thread, **more)  # type: ignore[arg-type]
        self.stack.insert(0, number)
        if self.windows[number].visible:
            self.front = number
        return number

    def close_window(self, number: int) -> None:
        """It is gone; the one beneath it has the keyboard."""
        del self.windows[number]
        self.stack.remove(number)
        self.front = next(iter(self.stack), None)

    def run(self) -> None:
        """Let every program go on."""
        for number, thread in list(self.threads.items()):
            if number != OUR_THREAD:
                thread.run()

    def type(self, key: Key) -> None:
        """Put a key into the queue of whoever has the keyboard."""
        if self.front is not None:
            self.threads[self.windows[self.front].thread].queue.append(key)

    # --- User32 -----------------------------------------------------------------------------------------------------

    def top_windows(self) -> Sequence[int]:
        return sorted(self.windows)

    def below(self, window: int | None) -> int | None:
        place = -1 if window is None else self.stack.index(window) if window in self.stack else len(self.stack)
        return self.stack[place + 1] if place + 1 < len(self.stack) else None

    def owner(self, window: int | None = None) -> int | None:
        """GetWindow of GW_OWNER; without a window GetClipboardOwner, as one machine is both doors."""
        if window is None:
            return self.board.owner
        return self.windows[window].owner if window in self.windows else None

    def thread_and_process(self, window: int) -> tuple[int, int] | None:
        if window in self.heard:
            return OUR_THREAD, OUR_PROCESS
        found = self.windows.get(window)
        return None if found is None else (found.thread, found.process)

    def title(self, window: int) -> str:
        return self.windows[window].title if window in self.windows else ""

    def style(self, window: int) -> int:
        return self.windows[window].style if window in self.windows else 0

    def is_visible(self, window: int) -> bool:
        return window in self.windows and self.windows[window].visible

    def is_minimised(self, window: int) -> bool:
        return window in self.windows and self.windows[window].minimised

    def is_enabled(self, window: int) -> bool:
        return window in self.windows and self.windows[window].enabled

    def edges(self, window: int) -> Edges | None:
        return self.windows[window].edges if window in self.windows else None

    def foreground(self) -> int | None:
        return self.front

    def set_foreground(self, window: int) -> bool:
        """Only whoever has had the last input may, or who shares its input with him."""
        front = self.windows.get(self.front or 0)
        shares = front is not None and frozenset({OUR_THREAD, front.thread}) in self.attached
        if not (self.lets_us_front or shares) or window not in self.windows:
            return False
        self.stack.remove(window)
        self.stack.insert(0, window)
        self.front = window
        return True

    def restore(self, window: int) -> None:
        self.windows[window].minimised = False

    def own_thread(self) -> int:
        return OUR_THREAD

    def attach(self, ours: int, theirs: int, *, on: bool) -> bool:
        """The state of the keys is made anew by it: nothing is toggled."""
        pair = frozenset({ours, theirs})
        if theirs not in self.threads or ours == theirs:
            return False
        (self.attached.add if on else self.attached.discard)(pair)
        self.threads[theirs].toggled.clear()
        return True

    def answers(self, window: int, seconds: float) -> bool:  # noqa: ARG002 - whoever hangs is not waited for
        """What is sent goes before what was typed: no key is worked off by it."""
        found = self.windows.get(window)
        return found is not None and not self.threads[found.thread].frozen

    def send_keys(self, events: Sequence[KeyEvent]) -> int:
        if not self.takes_input:
            return 0
        for event in events:
            self.type(event)
        return len(events)

    def is_toggled(self, key: int) -> bool:
        shared = [number for pair in self.attached for number in pair if number != OUR_THREAD]
        state = self.threads[shared[0] if shared else OUR_THREAD].toggled.get(key, False)
        self.run()
        return state

    def metric(self, index: int) -> int:
        return {METRICS_WIDTH: 1280, METRICS_HEIGHT: 800}[index]

    # --- Dwm --------------------------------------------------------------------------------------------------------

    def frame(self, window: int) -> Edges | None:
        """Without the seven pixels of border that nobody sees."""
        edges = self.edges(window)
        return None if edges is None else (edges[0] + 7, edges[1], edges[2] - 7, edges[3] - 7)

    def is_cloaked(self, window: int) -> bool:
        return self.windows[window].cloaked

    # --- ClipboardCalls: what we do ---------------------------------------------------------------------------------

    def make_window(self, heard: Callable[[int, int], None]) -> int:
        number = next(self._numbers)
        self.heard[number] = heard
        return number

    def destroy_window(self, window: int) -> None:
        del self.heard[window]

    def pump(self, seconds: float) -> None:
        """Who waits at all gives the others time to go on."""
        self.listening = True
        try:
            for _ in range(2 if seconds else 1):
                self.run()
        finally:
            self.listening = False

    def open(self, window: int | None) -> bool:
        if self.board.is_open:
            return False
        self.board.is_open, self.board.opener = True, window
        return True

    def close(self) -> None:
        self.board.is_open, self.board.opener = False, None

    def empty(self) -> None:
        """The owner before is told."""
        if self.board.owner in self.heard:
            self.heard[self.board.owner](DESTROYED, 0)
        self.board.owner, self.board.held = self.board.opener, {}

    def promise(self, kind: int) -> None:
        self.board.held[kind] = None

    def put(self, kind: int, data: bytes) -> None:
        self.board.held[kind] = data

    def get(self, kind: int) -> bytes | None:
        if kind in self.board.held and self.board.held[kind] is None and self.board.owner in self.heard:
            self.heard[self.board.owner](RENDER_FORMAT, kind)
        held = self.board.held.get(kind)
        return None if held is None else held + b"\xab\xab"  # memory is given in blocks: what is behind it is anything

    def opener(self) -> int | None:
        return self.board.opener

    def register(self, name: str) -> int:
        return self.formats.setdefault(name, 0xC000 + len(self.formats))

    # --- what other programs do with the clipboard ------------------------------------------------------------------

    def copy(self, window: int, text: str) -> bool:
        """Put a text there; False while ours, whose clipboard it was, does not listen."""
        if (self.board.owner in self.heard and not self.listening) or not self.open(window):
            return False
        self.empty()
        self.put(UNICODE_TEXT, f"{text}\0".encode("utf-16-le"))
        self.close()
        return True

    def paste(self, window: int | None) -> str | None:
        """The text that is there; None while ours has to be asked for it and does not listen."""
        is_promised = UNICODE_TEXT in self.board.held and self.board.held[UNICODE_TEXT] is None
        if (is_promised and not self.listening) or not self.open(window):
            return None
        data = self.get(UNICODE_TEXT)
        self.close()
        return "" if data is None else data.decode("utf-16-le", "surrogatepass").partition("\0")[0]


class FakeForm:
    """A program with a window of one field, as `lab_programs` is one on X11; F2 opens a question before it."""

    def __init__(self, machine: FakeMachine, process: int, thread: int = 20, title: str = "Lab") -> None:
        self._machine, self.held, self._selected = machine, "", False
        self._units: list[int] = []
        machine.threads[thread] = FakeThread(process, self._handle)
        self.process, self.thread = process, thread
        self.window = machine.open_window(title, process, thread)
        self.question: int | None = None

    def _handle(self, key: Key) -> bool:
        if isinstance(key, KeyEvent):
            if key.flags & UNICODE and not key.flags & KEY_UP:
                self._type(key.unit)
            return True
        match key:
            case ("home",):
                self._selected = False
            case ("shift", "end"):
                self._selected = True
            case ("delete",):
                self._replace("")
            case ("ctrl", "c"):
                return not (self._selected and self.held) or self._machine.copy(self.window, self.held)
            case ("ctrl", "v"):
                text = self._machine.paste(self.window)
                if text is None:
                    return False
                self._replace(text)
            case ("f2",):
                self._ask()
        return True

    def _type(self, unit: int) -> None:
        """The two halves of a character beyond the basic plane come one after the other."""
        self._units.append(unit)
        if not 0xD800 <= unit < 0xDC00:
            pair = b"".join(each.to_bytes(2, "little") for each in self._units)
            self._replace((self.held if not self._selected else "") + pair.decode("utf-16-le"))
            self._units.clear()

    def _replace(self, text: str) -> None:
        self.held, self._selected = text, False

    def _ask(self) -> None:
        """A modal window is owned by the one before which it stands, and that one takes no input meanwhile."""
        self._machine.windows[self.window].enabled = False
        self.question = self._machine.open_window("Question", self.process, self.thread, owner=self.window)
