"""Doubts what sends forms without a browser: whether Save leaves once and with leave, what it finds, what it shows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO

import pytest
from PIL import Image

from bots.drivers.forms import FormsDriver, FormsOptions
from bots.drivers.forms_locating import locate
from bots.drivers.forms_pages import fields_of, read_page
from bridge.errors import (
    BridgeError,
    CaptureRefused,
    ErpDown,
    InvalidConfig,
    LeaseLost,
    SaveUnanswered,
    ScreenUnknown,
    StopOrdered,
    TargetAmbiguous,
    TargetNotFound,
)
from bridge.model.profiles import ErpProfile, Locator
from tests.screens.pages import ENTRY, SAVED, button, css, form, label, near, page, profile, screen, target, text
from tests.screens.sites import Asked, Reply, Site, site

SAVE = ENTRY.targets["save"]
ANSWER = page('<p id="number">10001</p>', title="Saved")
PROFILE = profile(ENTRY, SAVED)
Opening = Callable[..., FormsDriver]


@pytest.fixture
def erp() -> Iterator[Site]:
    """A site that plays the ERP."""
    with site() as running:
        yield running


@pytest.fixture
def opening(erp: Site) -> Iterator[Opening]:
    """Opens drivers at the site and ends them."""
    with ExitStack() as stack:

        def opened(used: ErpProfile = PROFILE, body: str = "") -> FormsDriver:
            driver = FormsDriver(used, erp.url, FormsOptions(timeout=10, save_timeout=10))
            stack.callback(driver.close)
            erp.page("/", body or form())
            erp.answers.setdefault("/save", lambda _: Reply(ANSWER))
            driver.open("/")
            driver.show(used.screens["entry"])
            return driver

        yield opened


# --- Save -----------------------------------------------------------------------------------------------------------


def test_one_press_is_one_request_and_the_answer_is_read(opening: Opening, erp: Site) -> None:
    """One POST with what stands in the form, and the number of the answer."""
    driver = opening()
    driver.fill([(ENTRY.targets["customer"], "C77 重 é")])
    driver.commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert driver.read([SAVED.targets["number"]]) == {"number": "10001"}
    assert [one.body for one in erp.of("/save")] == [b"customer=C77+%E9%87%8D+%C3%A9"]


def test_leave_is_asked_before_anything_leaves_and_over_a_fresh_connection(opening: Opening, erp: Site) -> None:
    """When leave is asked the server has nothing; a kept connection, which may have died unseen, is not used."""
    leave = Asked(erp)
    opening().commit(SAVE, leave)
    assert leave.before == [0]
    assert [one.fresh for one in erp.of("/save")] == [True]


def test_refused_leave_lets_nothing_out_and_keeps_the_form(opening: Opening, erp: Site) -> None:
    """Stopped at the last point: no POST, and the filled form still stands for the picture."""
    driver = opening()
    driver.fill([(ENTRY.targets["customer"], "C77")])
    with pytest.raises(StopOrdered):
        driver.commit(SAVE, lambda: False)
    assert driver.read([ENTRY.targets["customer"]]) == {"customer": "C77"}
    assert erp.of() == []


def test_what_leave_raises_is_raised_and_nothing_leaves(opening: Opening, erp: Site) -> None:
    """A lease that is lost while leave is asked ends the press with that error."""

    def leave() -> bool:
        raise LeaseLost(reference="R")

    with pytest.raises(LeaseLost):
        opening().commit(SAVE, leave)
    assert erp.of() == []


def test_a_connection_that_dies_leaves_one_request_and_a_form_that_cannot_be_sent_again(
    opening: Opening, erp: Site
) -> None:
    """Nobody claims to know the outcome, and not even the bot's own second press would send it again."""
    erp.on("/save", lambda _: Reply(cut=True))
    driver = opening()
    with pytest.raises(SaveUnanswered):
        driver.commit(SAVE, lambda: True)
    with pytest.raises(ScreenUnknown):
        driver.commit(SAVE, lambda: True)
    with pytest.raises(ScreenUnknown):
        driver.show(ENTRY)
    assert len(erp.of("/save")) == 1


def test_an_answer_that_wants_the_same_elsewhere_gets_nothing(opening: Opening, erp: Site) -> None:
    """A 307 asks for the same POST again: whether the first one was stored is not known, so there is no second."""
    erp.page("/save", "", status=307, headers=(("Location", "/again"),))
    with pytest.raises(SaveUnanswered):
        opening().commit(SAVE, lambda: True)
    assert [one.path for one in erp.of()] == ["/save"]


def test_an_answer_that_leads_to_a_page_is_followed_by_reading(opening: Opening, erp: Site) -> None:
    """After a 303 the page is only fetched."""
    erp.page("/save", "", status=303, headers=(("Location", "/done"),))
    erp.page("/done", ANSWER)
    driver = opening()
    driver.commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert (len(erp.of()), len(erp.of("/done", "GET"))) == (1, 1)


def test_only_save_may_save(opening: Opening, erp: Site) -> None:
    """A press that would send the committing request is refused."""
    with pytest.raises(StopOrdered):
        opening().press(SAVE)
    assert erp.of() == []


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (screen(target("save", css("#old"), button("Save")), commit=ENTRY.commit), TargetNotFound),
        (screen(target("save", button("Save"))), InvalidConfig),
    ],
)
def test_save_is_pressed_by_its_first_locator_on_a_screen_that_commits(
    opening: Opening, erp: Site, entry: object, kind: type[BridgeError]
) -> None:
    """A healed locator is never good enough to save by, and a screen without a commit saves nothing."""
    driver = opening(profile(entry))  # type: ignore[arg-type]
    with pytest.raises(kind):
        driver.commit(entry.targets["save"], lambda: True)  # type: ignore[attr-defined]
    assert erp.of() == []


def test_an_erp_that_does_not_answer_is_down(opening: Opening, erp: Site) -> None:
    """A connection that dies before anything is committed is an outage and no doubt."""
    erp.on("/next", lambda _: Reply(cut=True))
    driver = opening()
    with pytest.raises(ErpDown):
        driver.open("/next")


# --- finding and reading --------------------------------------------------------------------------------------------

TABLE = """<table id=t><tr class="line odd"><td>Pos<td>Item<td id=e></td></tr>
<tr class=line><td>1<td><input name=item_1 value=A><td><input type=hidden name=h value=x></table>
<label for=d>Date *</label><input id=d value=today><font>客 户：</font><table><tr><td>Your  Ref:</td>
<td><input type=button value=...> <input name=ref value=R1></td><td>Terms</td><td>30&nbsp;days</td></tr></table>"""


@pytest.mark.parametrize(
    ("locator", "shown"),
    [
        (css("#t tr.line > td:nth-child(2) input[name^='item_']"), "A"),
        (css("tr.odd td:nth-child(1), #none"), "Pos"),
        (css("input[id]"), "today"),
        (Locator("name", "ref"), "R1"),
        (label("Date"), "today"),
        (near("Your Ref"), "R1"),
        (near("Terms"), "30 days"),
        (text("客户"), "客 户："),
        (Locator("role", "button", name="..."), "..."),
    ],
)
def test_each_strategy_finds_what_a_browser_would_find(locator: Locator, shown: str) -> None:
    """The same locators mean the same elements on a page that nobody draws, old HTML without end tags included."""
    hit = locate(read_page(page(TABLE)), [locator])
    assert (hit.position, hit.element.shows() if hit.element else None) == (0, shown)


@pytest.mark.parametrize(
    ("locators", "count"),
    [([css("tr.line")], 2), ([css("input[name=h]")], 0), ([label("Date"), near("Your Ref")], 2), ([css("#x")], 0)],
)
def test_what_is_hidden_contradictory_or_there_twice_is_not_found(locators: list[Locator], count: int) -> None:
    """Of two things that claim to be the target neither is believed; what nobody sees is not there."""
    hit = locate(read_page(page(TABLE)), locators)
    assert (hit.element, hit.count) == (None, count)


def test_a_selector_that_is_none_is_a_fault_of_the_profile() -> None:
    """It is told, and never silently finds nothing."""
    with pytest.raises(InvalidConfig):
        locate(read_page(page(TABLE)), [css("td:has(input)")])


def test_a_form_sends_what_a_browser_would_send() -> None:
    """Chosen options, ticked boxes and the pressed button; nothing disabled, no other button."""
    root = read_page(
        "<form><input name=a value=1><input name=b value=2 disabled><input type=checkbox name=c><input type=checkbox"
        " name=d checked><select name=e><option value=x>X<option selected>Y</select><textarea name=f>\nt</textarea>"
        "<input type=submit name=g value=G><input type=submit name=g value=H><input value=nameless></form>"
    )
    pressed = next(each for each in root.elements if each.value == "H")
    sent = fields_of(next(each for each in root.elements if each.tag == "form"), pressed)
    assert sent == [("a", "1"), ("d", "on"), ("e", "Y"), ("f", "t"), ("g", "H")]


def test_links_and_forms_lead_into_their_frames(opening: Opening, erp: Site) -> None:
    """The answer stands in the frame that the link names; a screen in two frames is none."""
    frames = '<frameset><frame name="menu" src="/menu"><frame name="main" src="/main"></frameset>'
    erp.page("/menu", page('<a href="/next" target="main">Next</a>', title="Menu"))
    erp.page("/main", form())
    erp.page("/next", page("<p id=number>5</p>", title="Saved"))
    menu = screen(target("next", text("Next")), name="menu", anchor="Menu")
    driver = opening(profile(ENTRY, SAVED, menu), body=frames)
    driver.show(menu)
    driver.press(menu.targets["next"])
    driver.show(SAVED)
    driver.show(menu)
    erp.page("/menu", form())
    erp.page("/main", form())
    driver.open("/")
    with pytest.raises(TargetAmbiguous):
        driver.show(ENTRY)


# --- pictures -------------------------------------------------------------------------------------------------------


def pixels(driver: FormsDriver) -> bytes:
    """What the picture shows."""
    return Image.open(BytesIO(driver.capture("filled").content)).convert("RGB").tobytes()


def test_a_picture_shows_what_is_typed_and_never_a_secret(opening: Opening) -> None:
    """Two texts make two pictures, two passwords the same one, and the secret's place is named as masked."""
    word = target("word", css("#w"), secret=True)
    entry = screen(*ENTRY.targets.values(), word, commit=ENTRY.commit)
    driver = opening(profile(entry), body=form('<input id="w"><input type="password" id="p">'))
    customer, password = entry.targets["customer"], target("p", css("#p"))
    before = pixels(driver)
    driver.fill([(word, "geheim"), (password, "offen")])
    assert pixels(driver) == before
    driver.fill([(customer, "C2")])
    assert pixels(driver) != before
    picture = driver.capture("filled")
    assert picture.masked == ("password", "word")
    assert set(picture.targets) == {"customer", "save", "word"}


def test_a_secret_that_cannot_be_located_forbids_the_picture(opening: Opening) -> None:
    """What must be hidden and is not where the profile says may be anywhere."""
    entry = screen(*ENTRY.targets.values(), target("word", css("#w"), secret=True), commit=ENTRY.commit)
    with pytest.raises(CaptureRefused):
        opening(profile(entry)).capture("filled")
