"""Does the request that saves leave exactly once, and only with leave? Counted at the server's socket."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bots.drivers.web import WebDriver
from bridge.errors import (
    DialogUnexpected,
    ErpSaid,
    InvalidConfig,
    LeaseLost,
    SaveUnanswered,
    StopOrdered,
    TargetNotFound,
    TimedOut,
)
from bridge.model.profiles import Commit
from tests.screens.conftest import Opening
from tests.screens.pages import ANSWER, ENTRY, SAVED, button, css, form, page, profile, screen, target
from tests.screens.sites import Asked, Reply, Site, eventually

SAVE = ENTRY.targets["save"]


def at_entry(driver: WebDriver, erp: Site, body: str = "") -> WebDriver:
    """The driver in front of the filled form."""
    erp.page("/", body or form())
    erp.answers.setdefault("/save", lambda _: Reply(ANSWER))
    driver.open("/")
    driver.show(driver.profile.screens["entry"])
    return driver


def test_one_press_is_one_request_and_the_answer_is_read(driver: WebDriver, erp: Site) -> None:
    """The plain case: one POST with what stands in the form, and the number of the answer."""
    at_entry(driver, erp).commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert driver.read([SAVED.targets["number"]]) == {"number": "10001"}
    assert [one.body for one in erp.of("/save")] == [b"customer=C1"]


def test_without_the_gate_chromium_saves_twice(browser: Browser, erp: Site) -> None:
    """The hazard is real: a reused connection that dies after the request makes Chromium send it again."""
    erp.page("/", form())
    erp.on("/save", lambda one: Reply(ANSWER, cut=not one.fresh))
    context = browser.new_context()
    with context.new_page() as shown:
        shown.goto(erp.url + "/")
        shown.click("button")
        erp.wait_for(2, "/save")
    context.close()
    assert len(erp.of("/save")) == 2


def test_a_connection_that_dies_after_the_request_leaves_one_request(driver: WebDriver, erp: Site) -> None:
    """The same dying connection with the gate: one POST, and nobody claims to know the outcome."""
    erp.on("/save", lambda _: Reply(cut=True))
    with pytest.raises(SaveUnanswered):
        at_entry(driver, erp).commit(SAVE, lambda: True)
    driver.session.page("entry").wait_for_timeout(500)
    assert len(erp.of("/save")) == 1


def test_the_request_goes_over_a_fresh_connection(driver: WebDriver, erp: Site) -> None:
    """A kept connection may have died unseen (a firewall forgets it without a word), so none is reused."""
    at_entry(driver, erp).commit(SAVE, lambda: True)
    driver.show(SAVED)
    driver.open("/")
    driver.show(ENTRY)
    driver.commit(SAVE, lambda: True)
    assert [one.fresh for one in erp.of("/save")] == [True, True]


def test_leave_is_asked_before_anything_leaves(driver: WebDriver, erp: Site) -> None:
    """When leave is asked the server has nothing, and it is asked once."""
    leave = Asked(erp)
    at_entry(driver, erp).commit(SAVE, leave)
    assert leave.before == [0]


def test_refused_leave_lets_nothing_out_and_keeps_the_form(driver: WebDriver, erp: Site) -> None:
    """Stopped at the last point: no POST, and the filled form still stands for the picture."""
    at_entry(driver, erp)
    driver.fill([(ENTRY.targets["customer"], "C77")])
    with pytest.raises(StopOrdered):
        driver.commit(SAVE, lambda: False)
    assert driver.read([ENTRY.targets["customer"]]) == {"customer": "C77"}
    assert erp.of() == []


def test_what_leave_raises_is_raised_and_nothing_leaves(driver: WebDriver, erp: Site) -> None:
    """A lease that is lost while leave is asked ends the press with that error."""

    def leave() -> bool:
        raise LeaseLost(reference="R")

    with pytest.raises(LeaseLost):
        at_entry(driver, erp).commit(SAVE, leave)
    driver.session.page("entry").wait_for_timeout(300)
    assert erp.of() == []


TWICE = """onclick="const f = this.form; f.target = 'one'; f.submit(); f.target = 'two'; f.submit(); return false" """
RETRY = """type="button" onclick="const go = () => fetch('/save', {method: 'POST', body: new URLSearchParams({a: 1})});
 go().catch(() => setTimeout(go, 150)).catch(() => setTimeout(go, 300))" """


@pytest.mark.parametrize(
    ("body", "reply"),
    [
        pytest.param(
            form('<iframe name="one"></iframe><iframe name="two"></iframe>', button=TWICE), ANSWER, id="double"
        ),
        pytest.param(form(button=RETRY.replace("go()", "go(); go()")), ANSWER, id="calls"),
    ],
)
def test_a_page_that_submits_twice_saves_once(driver: WebDriver, erp: Site, body: str, reply: str) -> None:
    """A double click, or a script that sends twice: the second request is refused."""
    erp.page("/save", reply)
    at_entry(driver, erp, body).commit(SAVE, lambda: True)
    driver.session.page("entry").wait_for_timeout(500)
    assert len(erp.of("/save")) == 1


def test_a_script_that_tries_again_after_a_failure_does_not_get_through(driver: WebDriver, erp: Site) -> None:
    """The first call dies unanswered; what the page sends later, while we are still looking, is refused."""
    erp.on("/save", lambda _: Reply(cut=True))
    with pytest.raises(SaveUnanswered):
        at_entry(driver, erp, form(button=RETRY)).commit(SAVE, lambda: True)
    driver.session.page("entry").wait_for_timeout(800)
    assert len(erp.of("/save")) == 1


@pytest.mark.parametrize(
    ("body", "named"),
    [
        pytest.param(form(action="/save2"), "POST /save2", id="path"),
        pytest.param(form(action="/other", attributes="onsubmit=\"this.method='get'\""), "GET /other", id="method"),
        pytest.param(
            form(button="type=button onclick=\"navigator.sendBeacon('/keep', 'a')\""), "POST /keep", id="beacon"
        ),
    ],
)
def test_an_updated_erp_that_saves_elsewhere_is_stopped(opening: Opening, erp: Site, body: str, named: str) -> None:
    """The profile no longer fits what Save sends: it must not leave without leave, and the fault is named."""
    driver = at_entry(opening(erp.url, give_up_after=0.5), erp, body)
    with pytest.raises(InvalidConfig, match=re.escape(named)):
        driver.commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    driver.session.page("entry").wait_for_timeout(300)
    assert [one.path for one in erp.received if one.path not in ("/", "/favicon.ico")] == []


MARKED = replace(ENTRY, commit=Commit("POST", "/save", {"btn": "保存"}))


@pytest.mark.parametrize(
    ("encoding", "attributes"),
    [("gbk", 'accept-charset="gbk"'), ("utf-8", ""), ("utf-8", 'enctype="multipart/form-data"')],
)
def test_marks_tell_save_from_its_neighbours_in_any_encoding(
    opening: Opening, erp: Site, encoding: str, attributes: str
) -> None:
    """One address for several buttons: the Chinese mark is read in the ERP's encoding, in forms and in parts."""
    body = form('<input type="hidden" name="btn" value="保存">', attributes=attributes)
    driver = at_entry(opening(erp.url, profile(MARKED, encoding=encoding)), erp, body)
    driver.commit(SAVE, lambda: True)
    assert len(erp.of("/save")) == 1


def test_marks_are_found_in_json(opening: Opening, erp: Site) -> None:
    """An ERP of one address and many calls: only the call with the mark saves, the others pass before it."""
    body = form(
        """<script>const call = (what) => fetch('/rpc', {
          method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(what) });</script>""",
        button="""type="button" onclick="call({method: 'check'}).then(() => call({method: 'save', id: 7}))" """,
    )
    entry = replace(ENTRY, commit=Commit("POST", "/rpc", {"method": "save"}))
    erp.page("/rpc", "{}", kind="application/json")
    driver = at_entry(opening(erp.url, profile(entry)), erp, body)
    leave = Asked(erp, "/rpc")
    driver.commit(SAVE, leave)
    assert (leave.before, [b'"save"' in one.body for one in erp.of("/rpc")]) == ([1], [False, True])


def test_a_form_whose_mark_changed_is_stopped(opening: Opening, erp: Site) -> None:
    """The same address with another mark is another button, or an ERP that changed: it does not pass as Save."""
    body = form('<input type="hidden" name="btn" value="Speichern">')
    driver = at_entry(opening(erp.url, profile(MARKED), give_up_after=0.5), erp, body)
    with pytest.raises(InvalidConfig):
        driver.commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    assert erp.of() == []


def test_a_page_that_sends_only_after_we_gave_up_does_not_save(opening: Opening, erp: Site) -> None:
    """A Save that answers the press too late meets a closed gate: the attempt is over and may be repeated."""
    late = 'type="button" onclick="setTimeout(() => this.form.submit(), 2500)"'
    driver = at_entry(opening(erp.url, give_up_after=0.4), erp, form(button=late))
    with pytest.raises(TimedOut):
        driver.commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    driver.session.page("entry").wait_for_timeout(3000)
    assert erp.of() == []


def test_a_save_that_is_sent_a_moment_after_the_press_is_awaited(opening: Opening, erp: Site) -> None:
    """A page that asks its own script first and then sends is not given up while its timer runs."""
    soon = 'type="button" onclick="setTimeout(() => this.form.submit(), 1000)"'
    driver = at_entry(opening(erp.url, give_up_after=0.4), erp, form(button=soon))
    driver.commit(SAVE, lambda: True)
    assert len(erp.of()) == 1


def test_a_save_that_sends_nothing_is_noticed_long_before_the_time_limit(opening: Opening, erp: Site) -> None:
    """A dead button costs seconds, not the whole time limit."""
    driver = at_entry(opening(erp.url, give_up_after=0.5), erp, form(button='type="button"'))
    with pytest.raises(TimedOut) as caught:
        driver.commit(SAVE, lambda: True)
    assert caught.value.params["seconds"] < 10


def test_an_error_that_the_page_shows_instead_of_sending_is_told(opening: Opening, erp: Site) -> None:
    """The page's own check refuses: its words are the error."""
    refusing = """type="button" onclick="this.outerHTML = '<h2 class=error>Date is missing</h2>'" """
    driver = at_entry(opening(erp.url, give_up_after=0.5), erp, form(button=refusing))
    with pytest.raises(ErpSaid, match="Date is missing"):
        driver.commit(SAVE, lambda: True)


@pytest.mark.parametrize("how", ["document.forms[0].submit()", "fetch('/save', {method: 'POST', body: 'a=1'})"])
def test_a_page_that_saves_by_itself_is_stopped(driver: WebDriver, erp: Site, how: str) -> None:
    """Nobody pressed Save: the request is refused all the same, and the attempt ends."""
    at_entry(driver, erp, form(f'<button type="button" id="u" onclick="{how}">Update</button>'))
    driver.press(target("update", css("#u")), leads_to=ENTRY)
    with pytest.raises(StopOrdered, match="nobody pressed Save"):
        driver.show(ENTRY)
    assert erp.of() == []


def test_another_button_that_happens_to_save_is_stopped(driver: WebDriver, erp: Site) -> None:
    """A healed locator that presses Save instead of Update cannot save."""
    at_entry(driver, erp)
    driver.press(SAVE, leads_to=ENTRY)
    with pytest.raises(StopOrdered, match="POST /save"):
        driver.show(ENTRY)
    assert erp.of() == []


def test_a_screen_without_a_commit_cannot_save(opening: Opening, erp: Site) -> None:
    """The profile must say which request saves."""
    entry = replace(ENTRY, commit=None)
    driver = at_entry(opening(erp.url, profile(entry)), erp)
    with pytest.raises(InvalidConfig, match="commit: it is missing"):
        driver.commit(SAVE, lambda: True)


def test_save_is_never_pressed_by_a_fallback(driver: WebDriver, erp: Site) -> None:
    """A healed locator is good enough to look, not to save."""
    at_entry(driver, erp)
    with pytest.raises(TargetNotFound, match="fallback"):
        driver.commit(target("save", button("Store"), css("form button")), lambda: True)
    assert erp.of() == []


def test_an_answer_may_take_longer_than_any_other_page(opening: Opening, erp: Site) -> None:
    """Saving has a time limit of its own."""
    erp.on("/save", lambda _: Reply(ANSWER, wait=2.5))
    driver = at_entry(opening(erp.url, timeout=1.5, save_timeout=20.0), erp)
    driver.commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert len(erp.of("/save")) == 1


def test_an_answer_that_never_comes_is_no_answer(opening: Opening, erp: Site) -> None:
    """Past the limit the outcome is unknown, and the request is not repeated."""
    erp.on("/save", lambda _: Reply(ANSWER, wait=3))
    driver = at_entry(opening(erp.url, save_timeout=0.7), erp)
    with pytest.raises(SaveUnanswered):
        driver.commit(SAVE, lambda: True)
    driver.session.page("entry").wait_for_timeout(300)
    assert len(erp.of("/save")) == 1


def test_a_save_by_get_is_held_too(opening: Opening, erp: Site) -> None:
    """Old CGIs save by an address."""
    entry = replace(ENTRY, commit=Commit("GET", "/save", {"customer": "C1"}))
    driver = at_entry(opening(erp.url, profile(entry, SAVED)), erp, form(attributes="onsubmit=\"this.method='get'\""))
    leave = Asked(erp, method="GET")
    driver.commit(SAVE, leave)
    driver.show(SAVED)
    assert (leave.before, len(erp.of("/save", "GET"))) == ([0], 1)


def test_a_session_in_the_path_changes_nothing(driver: WebDriver, erp: Site) -> None:
    """Java servers write their session into the address."""
    erp.page("/save;jsessionid=AB12", ANSWER)
    at_entry(driver, erp, form(action="/save;jsessionid=AB12")).commit(SAVE, lambda: True)
    driver.show(SAVED)


def test_a_form_with_an_attached_file_is_not_sent_without_it(driver: WebDriver, erp: Site, tmp_path: Path) -> None:
    """Playwright would leave the file out without a word; better nothing than half."""
    (tmp_path / "drawing.txt").write_text("content")
    body = form('<input type="file" name="drawing">', attributes='enctype="multipart/form-data"')
    at_entry(driver, erp, body)
    driver.session.page("entry").set_input_files("input[type=file]", tmp_path / "drawing.txt")
    with pytest.raises(InvalidConfig, match="file"):
        driver.commit(SAVE, lambda: True)
    assert erp.of() == []


def test_an_alert_before_the_request_stops_it(driver: WebDriver, erp: Site) -> None:
    """The page warns and then sends all the same: nobody has read the warning, so it does not leave."""
    warned = form(button="""onclick="alert('Credit limit exceeded')" """)
    with pytest.raises(DialogUnexpected, match="Credit limit exceeded"):
        at_entry(driver, erp, warned).commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    assert erp.of() == []


def test_the_gate_costs_other_requests_nothing(driver: WebDriver, erp: Site) -> None:
    """After a save the session goes on: other forms are sent, and the next save has its own leave."""
    at_entry(driver, erp).commit(SAVE, lambda: True)
    driver.show(SAVED)
    erp.page("/update", form())
    erp.page("/", form('<button formaction="/update" id="u">Update</button>'))
    driver.open("/")
    driver.show(ENTRY)
    driver.press(target("update", css("#u")), leads_to=ENTRY)
    driver.show(ENTRY)
    driver.commit(SAVE, lambda: True)
    eventually(lambda: [one.path for one in erp.of()] == ["/save", "/update", "/save"])


def test_a_save_in_a_window_that_closes_itself_is_seen_through(opening: Opening, erp: Site) -> None:
    """The entry form is a pop-up whose answer closes it: the request left once, and the main window is still there."""
    dialog = screen(target("save", button("Save")), name="dialog", anchor="Dialog", commit=Commit("POST", "/save"))
    erp.page("/popup", form().replace("Order Entry (T-1)", "Dialog"))
    erp.page("/save", "<script>window.close()</script>")
    driver = opening(erp.url, profile(ENTRY, dialog))
    at_entry(driver, erp, page("<button onclick=\"window.open('/popup', 'p')\">New</button>"))
    driver.press(target("new", button("New")), leads_to=dialog)
    driver.show(dialog)
    driver.commit(dialog.targets["save"], lambda: True)
    driver.show(ENTRY)
    assert len(erp.of("/save")) == 1
