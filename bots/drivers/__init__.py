"""Which surfaces can be worked: one driver each for web, desktop and terminal."""

import sys

from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault
from bridge.ports import ScreenDriver, SeatPlan


def open_driver(plan: SeatPlan) -> ScreenDriver:
    """The driver of the plan's surface; a browser or desktop is only imported where it is worked."""
    match plan.profile.surface:
        case "web":
            from bots.drivers.web import WebDriver
            from bots.drivers.web_sessions import WebOptions

            return WebDriver(plan.profile, plan.address, WebOptions(headed=plan.headed, **plan.options))
        case "desktop" if sys.platform == "linux":
            from bots.drivers.desktop import DesktopDriver, DesktopOptions
            from bots.drivers.x11_desktops import X11Desktop
            from bots.drivers.x11_displays import DisplaySize

            options = DesktopOptions(**plan.options)
            size = DisplaySize(options.width, options.height)
            desktop = X11Desktop(plan.address, size, asks="accessible" in plan.profile.strategies)
            return DesktopDriver(plan.profile, desktop, options, desktop.sight)
        case "terminal":
            from bots.drivers.terminal_lines import open_terminal

            return open_terminal(plan)
    what = Phrase("{name} has no driver in this version", name=repr(plan.profile.surface))
    raise InvalidConfig.of([fault("erp.toml: surface", what)])


def preflight(plan: SeatPlan) -> None:
    """What can be said of the surface before anybody signs on; raises BrowserMissing and the like."""
    if plan.profile.surface == "web":
        from bots.drivers.browsers import find_browser

        find_browser(plan.options.get("browser"), headed=plan.headed)
