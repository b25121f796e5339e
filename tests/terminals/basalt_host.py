"""A small order desk on a 3270 host, by mainframe-mocker, run by a Python of its own (3.12): nothing of ours is here.

`python basalt_host.py FOLDER` prints its port, and writes each order that it stored into `orders.jsonl` there.
What Remarks say makes trouble: "slow", "gone" (the line ends at Save) and "lost" (it ends after Save).
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from threading import Event
from typing import Any

from mfmock import (
    Application,
    Exit,
    Goto,
    MessageCatalog,
    Screen,
    ScreenError,
    ServerConfig,
    Stay,
    msg,
)
from mfmock.core.server import MainframeServer
from mfmock.core.ui import PlainFrame
from mfmock.tn3270 import TN3270Adapter

FOLDER = Path(sys.argv[1])
CUSTOMERS = {"C1001": "SMITH LTD", "C1003": "MÜLLER"}
ROWS = 4
SLOW = 1.5  # seconds
MESSAGES = {
    "SIGNON": ("BSL0101E", "USER OR PASSWORD IS WRONG"),
    "CUSTOMER": ("BSL0104E", "CUSTOMER NOT ON FILE"),
    "SURE": ("BSL0200I", "PF6 STORES THE ORDER"),
    "SAVED": ("BSL0300I", "ORDER {number} SAVED"),
    "NONE": ("BSL0105E", "NO SUCH ORDER"),
}


def stored() -> list[dict[str, str]]:
    """What was stored so far."""
    file = FOLDER / "orders.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []


class SignOn(Screen):
    name = "SIGNON"
    message_at = (23, 2, 70)
    template_source = """\
{{ row(1) }}{{ text('title', col=2) }}BASALT SIGN ON (BS-100)
{{ row(4) }}{{ prompt(col=2) }}USER . . . . :{{ input('user', 8, col=20) }}
{{ row(5) }}{{ prompt(col=2) }}PASSWORD . . :{{ input('password', 8, col=20, hidden=True, upper=False) }}
"""

    def enter(self) -> Any:
        if (self.v("user"), self.values.pop("password", "")) != ("BOT1", "secret"):
            raise ScreenError("SIGNON", cursor="user")
        return Goto("MENU", replace=True)


class Menu(Screen):
    name = "MENU"
    message_at = (23, 2, 70)
    template_source = """\
{{ row(1) }}{{ text('title', col=2) }}BASALT MENU (BS-110)
{{ row(4) }}{{ text(col=2) }}PF2=Entry  PF4=Display
"""

    def pf(self, n: int) -> Any:
        return {2: Goto("ENTRY"), 4: Goto("DISPLAY")}.get(n)


FORM = """\
{{ row(1) }}{{ text('title', col=2) }}BASALT ORDER %s
{{ row(3) }}{{ prompt(col=2) }}CUSTOMER . . :{{ %s('customer', 8, col=20) }}
{{ row(4) }}{{ prompt(col=2) }}EXTERNAL NO. :{{ %s('external', 20, col=20) }}
{{ row(5) }}{{ prompt(col=2) }}REMARKS  . . :{{ %s('remarks', 30, col=20%s) }}
{{ row(7) }}{{ text(col=2) }}ITEM            QUANTITY     PRICE
""" + "".join(
    f"{{{{ row({8 + row}) }}}}{{{{ @('item{row}', 10, col=2) }}}}"
    f"{{{{ @('quantity{row}', 9, col=18) }}}}{{{{ @('price{row}', 10, col=31) }}}}\n"
    for row in range(ROWS)
)


def form(code: str, kind: str) -> str:
    """The template of a form whose fields are of that kind."""
    asis = ", upper=False" if kind == "input" else ""
    head, *rest = FORM.split("{{ row(8)")
    return (head % (code, kind, kind, kind, asis) + "{{ row(8)" + "{{ row(8)".join(rest)).replace("@(", f"{kind}(")


class Entry(Screen):
    name = "ENTRY"
    message_at = (23, 2, 70)
    template_source = form("ENTRY (BS-210)", "input")

    def enter(self) -> Any:
        if self.v("remarks") == "slow":
            Event().wait(SLOW)
        self.check()
        return Stay(msg("SURE"))

    def check(self) -> None:
        if self.v("customer") not in CUSTOMERS:
            raise ScreenError("CUSTOMER", cursor="customer")

    def pf(self, n: int) -> Any:
        if n != 6:
            return Goto("MENU", replace=True) if n == 3 else None
        self.check()
        if self.v("remarks") == "gone":
            os._exit(1)
        order = {name: value for name, value in self.values.items() if value and name != "msg"}
        order["number"] = str(10001 + len(stored()))
        with (FOLDER / "orders.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(order) + "\n")
        if self.v("remarks") == "lost":
            return Exit()
        self.values.clear()
        return Stay(msg("SAVED", number=order["number"]))


class Display(Screen):
    name = "DISPLAY"
    message_at = (23, 2, 70)
    template_source = form("DISPLAY (BS-230)", "output") + (
        "{{ row(14) }}{{ prompt(col=2) }}NUMBER . . . :{{ input('number', 8, col=20) }}\n"
    )

    def enter(self) -> Any:
        found = [order for order in stored() if order["number"] == self.v("number")]
        if not found:
            raise ScreenError("NONE", cursor="number")
        self.values.clear()
        self.values.update(found[0])
        return Stay()

    def pf(self, n: int) -> Any:
        return Goto("MENU", replace=True) if n == 3 else None


async def main() -> None:
    """Serve until standard input ends."""
    app = Application(
        "BASALT",
        start="SIGNON",
        catalog=MessageCatalog(prefix="BSL", messages=MESSAGES),
        frame=PlainFrame(),
        templates=None,
    )
    for screen in (SignOn, Menu, Entry, Display):
        app.screen(screen)
    server = MainframeServer(TN3270Adapter(), app, ServerConfig(host="127.0.0.1", port=0))
    await server.start()
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
