"""How many texts come right into a field on a Linux desktop, by keys, by paste and by our hands, and how fast?

python -m tests.bench.typings [--strings 2000] [--way write paste ours] [--condition idle busy hogged] [--waits 0 0.1]
[--kind both] [--rounds 4] [--hogs 4]: each way types the same strings, all different, one after the other into the
one field of the lab (tests/desktops/lab_programs.py) and presses Enter; the lab itself notes what the field held
then, which is the oracle. Half of the strings hold Chinese.

* write: `pyautogui.write(text)`.
* paste: `pyperclip.copy(text)`, Ctrl+V, and so many seconds of `--waits`. With xclip, which pyperclip prefers.
* ours: `Hands.put`, and what is read back is compared. What differs then, or is refused by name, is "caught".

The first two run with pyautogui's PAUSE at 0; as shipped it waits 0.1 s after every call, and would be the slowest.
`idle` is a machine with nothing else of ours on it, `busy` a program that looks up every 60 ms for a moment, and
`hogged` has so many busy loops beside it. A rate is strings by seconds from the first key to the last note of the
lab, in rounds that take turns, so that whatever else the machine does is shared out. No time is asserted.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from bots.drivers.x11_displays import Display
from bridge.errors import BridgeError
from tests.desktops.labs import Lab, lab, why_not
from tests.real.sql_ledger_packages import PATIENCE, apt_get
from tests.sandbox.harbour_clerks import eventually

BUSY = 0.06  # seconds
SECONDS_TO_TAKE = 180.0  # what was typed ahead
CONDITIONS = ("idle", "busy", "hogged")
WAYS = ("write", "paste", "ours")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/._"
SIGNS = '<>|"@#'
CHINESE = "重庆某科技有限责任公司订单客户参考备注外部编号发运仓库数量单价北京上海广州深圳市区路号楼张李王赵"
BEYOND = "𠮷𪚥𠀀𡈽"  # outside of the basic plane
UMLAUTS = "äöüÄÖÜßéñ"
Way = Callable[[Lab, str], bool | None]


@dataclass
class Count:
    """What came of one way under one condition; `caught` and `missed` are of the wrong ones, where somebody looked."""

    strings: int = 0
    plain: int = 0
    chinese: int = 0
    others: int = 0
    empty: int = 0
    altered: int = 0
    caught: int = 0
    missed: int = 0
    alarms: int = 0
    seconds: float = 0.0
    loads: list[float] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        """How many are not what was meant."""
        return self.others + self.empty + self.altered

    def add(self, text: str, held: str, known: set[str], *, sure: bool | None) -> None:
        """One string, what the lab held, and whether the way itself said that it is right."""
        self.strings += 1
        if held == text:
            self.plain, self.chinese = self.plain + text.isascii(), self.chinese + (not text.isascii())
            self.alarms += sure is False
            return
        self.others, self.empty = self.others + (held in known), self.empty + (not held)
        self.altered += held not in known and bool(held)
        self.caught, self.missed = self.caught + (sure is False), self.missed + (sure is True)


# --- what is typed ---------------------------------------------------------------------------------------------------


def texts(count: int, kind: str = "both", seed: int = 7) -> list[str]:
    """So many different strings, each second one with Chinese where both kinds are asked for; a quarter has signs."""
    chance, found, step = random.Random(seed), dict[str, None](), 1 if kind == "both" else 2
    while len(found) < count:
        place = step * len(found) + (kind == "chinese")
        letters = (
            LETTERS + (4 * SIGNS if place % 8 > 5 else "") + (CHINESE + BEYOND + UMLAUTS + " " if place % 2 else "")
        )
        text = "".join(chance.choice(letters) for _ in range(chance.randint(6, 24))).strip()
        if text and text.isascii() != bool(place % 2) and (not place % 2 or set(text) & set(CHINESE)):
            found[text] = None
    return list(found)


# --- the ways --------------------------------------------------------------------------------------------------------


def write(_: Lab, text: str) -> None:
    """Keys, as a script presses them."""
    pyautogui = import_module("pyautogui")
    pyautogui.write(text)
    pyautogui.press("enter")


def pasting(seconds: float) -> Way:
    """Copy, Ctrl+V and wait so long, as a script does."""

    def paste(_: Lab, text: str) -> None:
        pyautogui, pyperclip = import_module("pyautogui"), import_module("pyperclip")
        pyperclip.copy(text)
        pyautogui.hotkey("ctrl", "v")
        time.sleep(seconds)
        pyautogui.press("enter")

    return paste


def ours(at: Lab, text: str) -> bool:
    """Our hands, and whether what is read back is the text."""
    try:
        at.hands.put(text)
        return at.hands.shown() == text
    except BridgeError:
        return False
    finally:
        at.keys.press("enter")


def ways(asked: Sequence[str], waits: Sequence[float]) -> dict[str, Way]:
    """The ways by what they are called in the table."""
    known: dict[str, dict[str, Way]] = {
        "write": {"write": write},
        "paste": {f"paste, {wait:g} s": pasting(wait) for wait in waits},
        "ours": {"ours": ours},
    }
    return {name: way for kind in asked for name, way in known[kind].items()}


# --- the conditions --------------------------------------------------------------------------------------------------


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """So many loops that do nothing, while inside."""
    command = [sys.executable, "-c", "while True: pass"]
    started = [subprocess.Popen(command) for _ in range(count)]
    try:
        yield
    finally:
        for each in started:
            each.kill()
        for each in started:
            each.wait()


@contextmanager
def named_display() -> Iterator[Display]:
    """A display that programs of this process find by themselves, as a script's do."""
    before = {name: os.environ.get(name) for name in ("DISPLAY", "XAUTHORITY")}
    with Display.started() as display:
        os.environ.update({name: display.environ[name] for name in before})
        try:
            yield display
        finally:
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def typed(at: Lab, way: Way, wanted: Sequence[str], known: set[str], count: Count) -> None:
    """Type these and count what the lab held."""
    begun = time.perf_counter()
    sure = [way(at, text) for text in wanted]
    with suppress(AssertionError):
        eventually(lambda: len(at.entered()) >= len(wanted), SECONDS_TO_TAKE)
    count.seconds += time.perf_counter() - begun
    held = [*at.entered(), *[""] * len(wanted)]
    for text, told, is_sure in zip(wanted, held, sure, strict=False):
        count.add(text, told, known, sure=is_sure)
    count.loads.append(os.getloadavg()[0])


def measure(
    condition: str, asked: Mapping[str, Way], wanted: Sequence[str], rounds: int, loops: int
) -> dict[str, Count]:
    """Every way under one condition, in turns."""
    counts, known = {name: Count() for name in asked}, set(wanted)
    part, busy = -(-len(wanted) // rounds), BUSY if condition == "busy" else 0.0
    with named_display() as display, hogs(loops if condition == "hogged" else 0):
        for begin in range(0, len(wanted), part):
            for name, way in asked.items():
                with tempfile.TemporaryDirectory() as folder, lab(display, Path(folder), busy) as at:
                    typed(at, way, wanted[begin : begin + part], known, counts[name])
    return counts


HEAD = (
    "| condition | way | right | plain | Chinese | wrong | another's | empty | altered | caught | not caught "
    "| right, but doubted | strings/s | to bare | load |\n|---|---|" + "---:|" * 13
)


def row(condition: str, name: str, count: Count, bare: Count | None) -> str:
    """One line of the table."""
    looked = count.caught + count.missed > 0 or name == "ours"
    rate = count.strings / count.seconds
    values: list[object] = [condition, name, count.plain + count.chinese, count.plain, count.chinese, count.wrong]
    values += [count.others, count.empty, count.altered]
    values += [count.caught, count.missed, count.alarms] if looked else ["", "", ""]
    values += [f"{rate:.1f}", f"{rate * bare.seconds / bare.strings:.2f}" if bare else "-"]
    return "| " + " | ".join(map(str, [*values, f"{min(count.loads):.1f} to {max(count.loads):.1f}"])) + " |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--strings", type=int, default=2000)
    parser.add_argument("--way", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--condition", nargs="+", choices=CONDITIONS, default=CONDITIONS)
    parser.add_argument("--waits", type=float, nargs="+", default=[0.0, 0.1], help="seconds after Ctrl+V")
    parser.add_argument("--kind", choices=("both", "plain", "chinese"), default="both")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--hogs", type=int, default=4)
    told = parser.parse_args()
    reason = why_not()
    if reason is None and "paste" in told.way and shutil.which("xclip") is None:
        apt_get("install", "-y", "-q", PATIENCE, "--no-install-recommends", "xclip")
    if reason is not None:
        parser.error(reason)
    wanted = texts(told.strings, told.kind)
    plain = sum(text.isascii() for text in wanted)
    print(f"{len(wanted)} strings, {plain} plain and {len(wanted) - plain} with Chinese\n{HEAD}", flush=True)
    for condition in told.condition:
        counts = measure(condition, ways(told.way, told.waits), wanted, told.rounds, told.hogs)
        for name, count in counts.items():
            print(row(condition, name, count, counts.get("write")), flush=True)


if __name__ == "__main__":
    main()
