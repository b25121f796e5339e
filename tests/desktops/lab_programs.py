"""What does an old desktop program hold? One field, whose content it writes down itself whenever it changes.

python -m tests.desktops.lab_programs FILE [--busy SECONDS]: a window "Lab" with one field; F2 opens a question before
it. It writes what the field holds into the file, at first when it gets the keyboard. Enter notes what it holds as one
more line of JSON in FILE.lines and empties it, as a form does that is ready for the next record. With --busy it does
nothing else for so long, again and again, as a program that is at work does.
"""

import argparse
import json
import threading
import tkinter as tk
from pathlib import Path

TITLE, QUESTION = "Lab", "Question"
PAUSE = 5  # milliseconds in which it looks after its window


def main() -> None:
    """Show the window until it is closed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--busy", type=float, default=0.0)
    asked = parser.parse_args()
    root = tk.Tk()
    root.title(TITLE)
    held = tk.StringVar()
    field = tk.Entry(root, width=60, textvariable=held)
    field.pack()
    field.focus_force()
    held.trace_add("write", lambda *_: write(asked.file, held.get()))
    field.bind("<FocusIn>", lambda _: write(asked.file, held.get()))
    field.bind("<Return>", lambda _: enter(asked.file, held))
    if asked.busy:
        work(root, asked.busy)
    root.bind("<F2>", lambda _: ask(root))
    root.mainloop()


def ask(root: tk.Tk) -> None:
    """Open a question before the window, which takes no keys meanwhile."""
    question = tk.Toplevel(root)
    question.title(QUESTION)
    question.transient(root)
    question.wait_visibility()
    question.grab_set()
    question.focus_force()


def enter(file: Path, held: tk.StringVar) -> None:
    """Note what the field holds after all that it held before, and empty it."""
    with file.with_suffix(".lines").open("a", encoding="ascii") as lines:
        lines.write(json.dumps(held.get()) + "\n")
    held.set("")


def write(file: Path, text: str) -> None:
    """Put it there at once or not at all."""
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8", errors="surrogatepass")
    part.replace(file)


def work(root: tk.Tk, seconds: float) -> None:
    """Do something for so long, look up for a moment, and go on."""
    threading.Event().wait(seconds)
    root.after(PAUSE, work, root, seconds)


if __name__ == "__main__":
    main()
