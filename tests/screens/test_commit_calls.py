"""Does only one call save where one address takes them all? Against pages that ask for everything in JSON."""

from dataclasses import replace

import pytest

from bots.drivers.web import WebDriver
from bridge.errors import InvalidConfig, StopOrdered
from bridge.model.profiles import Commit
from tests.screens.conftest import Opening
from tests.screens.pages import ENTRY, form, profile
from tests.screens.sites import Site
from tests.screens.test_commits_once import SAVE, at_entry

CALLING = """<script>const call = (what) => fetch('/rpc', {
  method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(what) });</script>"""
CALLS = replace(ENTRY, commit=Commit("POST", "/rpc", {"method": "save"}, others={"method": ("check*", "*.read")}))


def calling(opening: Opening, erp: Site, *calls: str) -> WebDriver:
    """The driver in front of an ERP of one address, whose button makes these calls one after the other."""
    erp.page("/rpc", "{}", kind="application/json")
    work = ".then(() => ".join(f"call({call})" for call in calls) + ")" * (len(calls) - 1)
    body = form(CALLING, button=f"""type="button" onclick="{work}" """)
    return at_entry(opening(erp.url, profile(CALLS), give_up_after=0.5), erp, body)


def test_only_calls_that_are_known_pass_beside_save(opening: Opening, erp: Site) -> None:
    """Patterns say what may be asked at the address of Save: what is asked before and after it passes."""
    driver = calling(opening, erp, "{method: 'checks'}", "{method: 'save', id: 7}", "{method: 'order.read'}")
    driver.commit(SAVE, lambda: True)
    erp.wait_for(3, "/rpc")
    assert [b'"save"' in one.body for one in erp.of("/rpc")] == [False, True, False]


@pytest.mark.parametrize("call", ["{method: 'store'}", "{id: 7}", "['save']", "{method: ['save']}"])
def test_a_call_that_nobody_knows_is_stopped(opening: Opening, erp: Site, call: str) -> None:
    """An updated ERP may store by another call of the same address: it does not leave without leave, and is named."""
    driver = calling(opening, erp, call)
    with pytest.raises(InvalidConfig, match="POST /rpc"):
        driver.commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    assert erp.of("/rpc") == []


def test_a_call_that_nobody_knows_is_stopped_at_any_time(opening: Opening, erp: Site) -> None:
    """Not only while Save is pressed: another button that stores something does not get through either."""
    driver = calling(opening, erp, "{method: 'store'}")
    driver.press(SAVE)
    with pytest.raises(StopOrdered, match="method=store"):
        driver.press(SAVE)
    assert erp.of("/rpc") == []
