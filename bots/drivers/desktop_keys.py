"""How are keys and mouse pressed? By pyautogui, which is told what it must not do by itself."""

import gc
import importlib
import sys
import warnings
from typing import Any

from bridge.errors import OperatorStopped

SAFE = (20, 20)  # pixels from the corner that means "stop"


class GuiKeys:
    """Keys and mouse of one display: the one that this process works when they are made."""

    def __init__(self) -> None:
        """Takes the mouse out of a corner in which an earlier program may have left it."""
        self._gui = gui = _imported()
        gui.PAUSE = 0  # it waits for nothing by itself; what is waited for can be seen
        self._display = getattr(gui.platformModule, "_display", None)
        gui.FAILSAFE = False
        gui.moveTo(*SAFE)
        gui.FAILSAFE = True

    def close(self) -> None:
        """Give up the connection to the display."""
        if self._display is not None:
            self._display.close()

    def write(self, text: str) -> None:
        """Press the key of each character."""
        self._do("write", text)

    def press(self, *keys: str) -> None:
        """Press these together."""
        self._do("hotkey", *keys)

    def click(self, left: int, top: int) -> None:
        """Press the mouse there."""
        self._do("click", left, top)

    def heed(self) -> None:
        """Press nothing; raises OperatorStopped where a person moved the mouse into a corner."""
        self._do("failSafeCheck")

    def _do(self, what: str, *arguments: Any) -> None:
        if self._display is not None:  # the module knows of one at a time
            self._gui.platformModule._display = self._display  # noqa: SLF001 - it has no other way to be told
        try:
            getattr(self._gui, what)(*arguments)
        except self._gui.FailSafeException as stopped:
            raise OperatorStopped from stopped


def _imported() -> Any:
    """The module with a connection of the caller's own, which it opens when it is imported, and only then."""
    known = "pyautogui" in sys.modules
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # of another connection that its import opens and forgets
        gui = importlib.import_module("pyautogui")
        if known and hasattr(gui.platformModule, "_display"):
            importlib.reload(gui.platformModule)
        gc.collect()
    return gui
