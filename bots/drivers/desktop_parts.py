"""Of what is a desktop worked? Keys and mouse, a clipboard, a keyboard layout and windows; each system has its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import Image


class Keys(Protocol):
    """Presses keys and moves the mouse; whoever has the keyboard gets them."""

    def write(self, text: str) -> None:
        """Press the key of each character; raises OperatorStopped where a person stopped the mouse in a corner."""
        ...

    def press(self, *keys: str) -> None:
        """Press these together, the last one once the others are held: ("ctrl", "v")."""
        ...

    def click(self, left: int, top: int) -> None:
        """Press the mouse there, in pixels of the display."""
        ...


class Clipboard(Protocol):
    """The clipboard, of which one knows whether it was fetched or taken."""

    def offer(self, text: str) -> None:
        """Put the text there; raises ValueError where it is too long."""
        ...

    def was_fetched(self, seconds: float) -> bool:
        """Whether an application has the text, waiting so long at most."""
        ...

    def was_taken(self, seconds: float) -> bool:
        """Whether another program put something there since, waiting so long at most."""
        ...

    def read(self, seconds: float) -> str | None:
        """What another program put there; None where it is no text."""
        ...

    def release(self) -> None:
        """Leave nothing of ours there."""
        ...

    def close(self) -> None:
        """Use it no more."""
        ...


class Layout(Protocol):
    """The keyboard as it is now."""

    def caps_lock(self) -> bool:
        """Whether what is typed comes out in the other case."""
        ...

    def has_changed(self) -> bool:
        """Whether it is laid out in another way than at first."""
        ...

    def types(self, text: str) -> bool:
        """Whether all of it can be typed, and does nothing else where a message opens in that moment."""
        ...

    def close(self) -> None:
        """Ask no more."""
        ...


@dataclass(frozen=True)
class Window:
    """One top-level window: its title, where it is in pixels of the display, and before which other one it stands.

    `is_hidden` says that it is minimised.
    """

    id: int
    title: str
    left: int
    top: int
    width: int
    height: int
    stands_before: int | None = None
    is_hidden: bool = False


class Windows(Protocol):
    """What is open, and what has the keyboard."""

    def all(self) -> Sequence[Window]:
        """Every window, in the order in which they were opened."""
        ...

    def ids(self) -> Sequence[int]:
        """The numbers of all windows, in the order in which they were opened."""
        ...

    def active(self) -> int | None:
        """The window that has the keyboard."""
        ...

    def answers(self, window: int, seconds: float) -> bool:
        """Whether its program has done all that was asked of it before, waiting so long at most."""
        ...

    def stacked(self) -> Sequence[int]:
        """Every window, the lowest first."""
        ...

    def activate(self, window: int) -> None:
        """Ask for the keyboard for that window; whether it has it, `active` says."""
        ...

    def size(self) -> tuple[int, int]:
        """Width and height of the display in pixels."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class Eyes(Protocol):
    """Sees what the display shows."""

    def grab(self, window: Window | None = None) -> Image.Image:
        """The display as it is now, or where that window is, in RGB."""
        ...

    def close(self) -> None:
        """Look no more."""
        ...


class Program(Protocol):
    """The ERP's client program on this desktop."""

    def start(self) -> None:
        """Start it anew; one that runs is ended first."""
        ...

    def hand(self, address: str) -> None:
        """Let the one that runs open this address, by which it can be started, too."""
        ...

    def runs(self) -> bool:
        """Whether it has not ended."""
        ...

    def end(self) -> None:
        """End it."""
        ...


class Desktop(Protocol):
    """One desktop with everything one works it with."""

    @property
    def keys(self) -> Keys:
        """Keys and mouse."""
        ...

    @property
    def clipboard(self) -> Clipboard:
        """Its clipboard."""
        ...

    @property
    def layout(self) -> Layout:
        """Its keyboard."""
        ...

    @property
    def windows(self) -> Windows:
        """Its windows."""
        ...

    @property
    def eyes(self) -> Eyes:
        """What it shows."""
        ...

    @property
    def program(self) -> Program:
        """The ERP's program on it."""
        ...

    @property
    def lost(self) -> tuple[type[Exception], ...]:
        """The errors that mean that it is gone."""
        ...

    def close(self) -> None:
        """End the program, and the desktop where it was made for it."""
        ...
