"""Is the desktop still the one that was begun on? Asked before each action; what is the matter has a name."""

from bots.drivers.desktop_parts import Desktop
from bots.drivers.masks import blank
from bridge.errors import DisplayBlank, DisplayChanged, KeyboardChanged


class Guard:
    """Remembers how a desktop was at first."""

    def __init__(self, erp: str, desktop: Desktop) -> None:
        self._erp, self._desktop = erp, desktop
        self._size = desktop.windows.size()

    def check(self) -> None:
        """Raises DisplayChanged where its size is another one, KeyboardChanged where its keys mean something else."""
        size = self._desktop.windows.size()
        if size != self._size:
            was, now = ("{} × {}".format(*each) for each in (self._size, size))
            raise DisplayChanged(erp=self._erp, was=was, now=now)
        if self._desktop.layout.has_changed():
            raise KeyboardChanged(erp=self._erp)

    def look(self) -> None:
        """Raises DisplayBlank where nothing is to be seen, as in a locked session."""
        self.check()
        if blank(self._desktop.eyes.grab()):
            raise DisplayBlank(erp=self._erp)
