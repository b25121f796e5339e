"""Which surfaces can be worked: one driver each for web, desktop and terminal."""

import sys
from collections.abc import Sequence

from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault
from bridge.ports import ScreenDriver, SeatFinding, SeatPlan


def open_driver(plan: SeatPlan) -> ScreenDriver:
    """The driver of the plan's surface; a browser or desktop is only imported where it is worked."""
    match plan.profile.surface:
        case "web":
            from bots.drivers.web import WebDriver
            from bots.drivers.web_sessions import WebOptions

            return WebDriver(plan.profile, plan.address, WebOptions(headed=plan.headed, **plan.options))
        case "desktop" if sys.platform == "linux":
            from bots.drivers.desktop import DesktopDriver, DesktopOptions
            from bots.drivers.desktop_labels import require_readable, seeing
            from bots.drivers.x11_desktops import X11Desktop
            from bots.drivers.x11_displays import DisplaySize

            options = DesktopOptions(**plan.options)
            require_readable(plan.profile, labels=options.labels)
            size = DisplaySize(options.width, options.height)
            desktop = X11Desktop(plan.address, size, asks="accessible" in plan.profile.strategies)
            sight = seeing(plan.profile, desktop.sight, labels=options.labels)
            return DesktopDriver(plan.profile, desktop, options, sight)
        case "desktop" if sys.platform == "win32":
            from bots.drivers.desktop import DesktopDriver, DesktopOptions
            from bots.drivers.desktop_labels import require_readable, seeing
            from bots.drivers.win_elements import elements
            from bots.drivers.win_openings import open_desktop
            from bots.drivers.win_sights import UiaSight

            options = DesktopOptions(**plan.options)
            require_readable(plan.profile, labels=options.labels)
            sight = seeing(plan.profile, UiaSight(elements), labels=options.labels)
            return DesktopDriver(plan.profile, open_desktop(plan.address), options, sight)
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


def seat_findings(plan: SeatPlan) -> Sequence[SeatFinding]:
    """How this machine, or the way to the host, is for a seat of that plan; nobody signs on."""
    width, height = plan.options.get("width", 1280), plan.options.get("height", 800)
    match plan.profile.surface:
        case "desktop" if sys.platform == "win32":
            from bots.drivers.win_seats import desktop_findings

            return tuple(desktop_findings(plan.address, (width, height)))
        case "desktop":
            from bots.drivers.x11_displays import DisplaySize
            from bots.drivers.x11_seats import desktop_findings as x11_findings

            return tuple(x11_findings(plan.address, DisplaySize(width, height)))
        case "terminal":
            from bots.drivers.terminal_seats import terminal_findings

            return tuple(terminal_findings(plan))
    return ()
