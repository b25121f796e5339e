"""What gets in a clerk's way? Windows that come by themselves, and windows that move."""

import time
import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from sandbox.granite.faults import Fault

if TYPE_CHECKING:
    from sandbox.granite.desks import Desk
    from sandbox.granite.windows import Window


def disturb(desk: "Desk", fault: Fault, window: "Window") -> None:
    """Do what the fault says, to that window; one that lasts ends by itself after its seconds, if it has any."""
    top = window.top
    match fault.fault:
        case "frozen":
            time.sleep(fault.lasting)
        case "steal_focus":
            _ends(desk, _backup(desk), fault.lasting)
        case "cover":
            _ends(desk, _cover(desk, top), fault.lasting)
        case "minimise":
            top.iconify()
        case "move":
            top.geometry(f"+{fault.left}+{fault.top}")
        case "resize":
            top.geometry(f"{fault.width}x{fault.height}")


def _ends(desk: "Desk", top: tk.Toplevel, seconds: float) -> None:
    if seconds:
        desk.root.after(round(seconds * 1000), top.destroy)


def _backup(desk: "Desk") -> tk.Toplevel:
    """As another program's window: it takes the keyboard, and its keys."""
    top = tk.Toplevel(desk.root)
    top.title(desk.words.word("Backup"))
    ttk.Label(top, text=desk.words.word("The nightly backup is about to begin."), padding=20).pack()
    field = ttk.Entry(top)
    field.pack()
    ttk.Button(top, text=desk.words.word("Close"), command=top.destroy).pack(pady=10)
    top.bind("<Map>", lambda _: field.focus_force())
    desk.looks.dress(top)
    return top


def _cover(desk: "Desk", under: tk.Toplevel) -> tk.Toplevel:
    """No window manager knows of it: so it cannot have the keyboard."""
    top = tk.Toplevel(desk.root)
    top.overrideredirect(boolean=True)
    size = f"{under.winfo_width()}x{under.winfo_height()}"
    top.geometry(f"{size}+{under.winfo_rootx()}+{under.winfo_rooty()}")
    ttk.Label(top, text=desk.words.word("There are new messages."), padding=20).pack(expand=True)
    top.bind("<Button-1>", lambda _: top.destroy())
    desk.looks.dress(top)
    top.lift()
    return top
