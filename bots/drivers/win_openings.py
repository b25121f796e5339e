"""How is the desktop of this Windows session taken? Only where it can be worked, and at its real resolution."""

import mss

from bots.drivers.desktop_keys import GuiKeys
from bots.drivers.win_calls import RealDwm, RealUser32
from bots.drivers.win_clipboard_calls import RealClipboardCalls
from bots.drivers.win_desktops import Doors, WinDesktop, require_session
from bots.drivers.win_seats import real_session
from bots.drivers.win_session_calls import RealKernel32


def open_desktop(command: str) -> WinDesktop:
    """Raises SessionUnfit where the session is locked, disconnected or a service's.

    The session is looked at first, which makes this process aware of the display's density: pyautogui would do it in
    a way of its own when it is imported, after which it cannot be done any more.
    """
    session = real_session()
    session.station.be_aware_of_dpi()
    require_session(session.basics())
    doors = Doors(
        RealUser32(), RealDwm(), RealClipboardCalls(), RealKernel32(), GuiKeys(), mss.MSS(), session.station.layout
    )
    return WinDesktop(command, doors)
