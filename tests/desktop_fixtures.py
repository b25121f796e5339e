"""Where do tests of desktops work? On one X display of their own in each process, as a process can work no other."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bots.drivers.x11_displays import Display
from tests.desktops.labs import why_not

_started: list[Display] = []
_users: list[object] = []


@contextmanager
def _one_for_all() -> Iterator[Display]:
    """The display of this process, which ends with the last folder of tests that works on it."""
    user = object()
    _users.append(user)
    try:
        if not _started:
            _started.append(Display.started())
        yield _started[0]
    finally:
        _users.remove(user)
        while _started and not _users:
            _started.pop().close()


@pytest.fixture(scope="session")
def only_display() -> Iterator[Display]:
    """The one display of this process."""
    reason = why_not()
    if reason is not None:
        pytest.skip(reason)
    with _one_for_all() as display:
        yield display


@pytest.fixture
def display(only_display: Display, monkeypatch: pytest.MonkeyPatch) -> Display:
    """The display, which this test alone knows of: others are to find none."""
    for name in ("DISPLAY", "XAUTHORITY"):
        monkeypatch.setenv(name, only_display.environ[name])
    return only_display
