"""What do others wish of a running desk? That it looks otherwise, is disturbed, or tells where things are."""

import tkinter as tk
from typing import TYPE_CHECKING, Any

from sandbox.granite import disturbances, faults, wishes
from sandbox.granite.faults import Fault
from sandbox.granite.windows import Rectangle

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk

PAUSE = 30  # milliseconds between two looks at what is wished


class Errands:
    """The errands of one desk, which it does between two keys."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk
        self._settling: dict[int, dict[str, Rectangle]] = {}

    def look_up(self) -> None:
        """Do what is wished, again and again, until the desk is to end."""
        desk = self._desk
        if desk.ending.is_set():
            desk.exit()
            return
        for fault in faults.take(desk.db, faults.NOW, (), desk.pid).values():
            disturbances.disturb(desk, fault, desk.in_front())
        self._settle()
        for number, wish in wishes.waiting(self._desk.db, self._desk.pid):
            if number not in self._settling:
                self._fulfil(number, wish)
        self._desk.root.after(PAUSE, self.look_up)

    def _fulfil(self, number: int, wish: dict[str, Any]) -> None:
        (kind, wanted), *_ = wish.items()
        if kind in {"places", "keyboard"}:
            wishes.answer(self._desk.db, number, self._places() if kind == "places" else {"name": self._keyboard_in()})
            return
        try:
            if kind == "do":
                self._do(wanted.pop("what", ""), wanted)
            else:
                self._change_looks(wanted)
        except (TypeError, ValueError, tk.TclError) as error:
            wishes.answer(self._desk.db, number, None, f"{error}")
        else:
            self._settling[number] = {}

    def _settle(self) -> None:
        """What moved has arrived where it stays: then those who wished for it are told."""
        places = self._places() if self._settling else {}
        for number, before in list(self._settling.items()):
            if before == places:
                wishes.answer(self._desk.db, number, {"done": True})
                del self._settling[number]
            else:
                self._settling[number] = places

    def _places(self) -> dict[str, Rectangle]:
        self._desk.root.update_idletasks()
        return {name: place for window in self._desk.windows for name, place in window.places().items()}

    def _keyboard_in(self) -> str:
        """The name of the stop that has the keyboard, or nothing."""
        focused = self._desk.root.focus_get()
        stops = {
            str(stop.widget): f"{each.name}.{stop.name}" for each in self._desk.windows for stop in each.stops.values()
        }
        return stops.get(str(focused), "")

    def _do(self, what: str, how: dict[str, Any]) -> None:
        if what not in faults.DISTURBANCES:
            raise ValueError(f"what must be one of {', '.join(faults.DISTURBANCES)}")
        disturbances.disturb(self._desk, Fault(fault=what, **how), self._desk.in_front())

    def _change_looks(self, wanted: dict[str, Any]) -> None:
        for name in ("position", "size"):
            if name in wanted:
                self._desk.in_front().top.geometry(wanted.pop(name))
        if not wanted:
            return
        self._desk.looks.change(**wanted)
        self._desk.words.skin = self._desk.looks.taste.skin
        for window in self._desk.windows:
            window.reword()
            window.top.geometry("")
