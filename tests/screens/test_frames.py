"""Is a screen found wherever it stands? By what it contains, in frames, frames of frames, pop-ups, and never twice."""

import pytest

from bots.drivers.web import WebDriver
from bridge.errors import ErpDown, ScreenUnknown, TargetAmbiguous
from tests.screens.conftest import Opening
from tests.screens.pages import ENTRY, SAVED, button, css, form, page, profile, screen, target
from tests.screens.sites import Reply, Site

OUT = "Outer"
CUSTOMER = ENTRY.targets["customer"]
FORM = form()
OTHER = page("<p>nothing</p>", title="Menu")


def frame(path: str, attributes: str = "") -> str:
    """An inner frame."""
    return f'<iframe src="{path}" width="700" height="300" {attributes}></iframe>'


def typed_in(driver: WebDriver) -> WebDriver:
    """The customer typed into the entry screen, wherever it is."""
    driver.open("/")
    driver.show(ENTRY)
    driver.fill([(CUSTOMER, "C9")])
    assert driver.read([CUSTOMER]) == {"customer": "C9"}
    return driver


@pytest.fixture(autouse=True)
def pages(erp: Site) -> None:
    """What the sites of these tests are made of."""
    erp.page("/form", FORM)
    erp.page("/other", OTHER)
    erp.page("/inner", page(frame("/form"), title="Inner"))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(page(frame("/other") + frame("/form"), title=OUT), id="second frame"),
        pytest.param(page(frame("/inner"), title=OUT), id="two deep"),
        pytest.param(page(frame("/other", 'name="main"') + frame("/form", 'name="main"'), title=OUT), id="same name"),
        pytest.param('<frameset cols="50%,50%"><frame src="/other"><frame src="/form"></frameset>', id="frameset"),
        pytest.param(page(frame("/form") + frame("/form", 'style="visibility:hidden"'), title=OUT), id="hidden twin"),
        pytest.param(page(frame("/form", 'style="display:none"') + frame("/form"), title=OUT), id="tab behind"),
    ],
)  # fmt: skip
def test_a_screen_is_found_by_what_it_contains(driver: WebDriver, erp: Site, body: str) -> None:
    """Not by its index nor by its place in the tree; hidden frames do not count."""
    erp.page("/", body)
    typed_in(driver)


def test_the_frame_that_is_named_wins_over_others(opening: Opening, erp: Site) -> None:
    """Where the profile names a frame the same words elsewhere do not count."""
    named = screen(CUSTOMER, frame="main", commit=ENTRY.commit)
    erp.page("/", page(frame("/form", 'name="menu"') + frame("/form", 'name="main"'), title=OUT))
    driver = opening(erp.url, profile(named))
    driver.open("/")
    driver.show(named)
    driver.fill([(CUSTOMER, "C9")])
    frames = {one.name: one for one in driver.session.page("entry").frames}
    assert [frames[name].input_value("#c") for name in ("menu", "main")] == ["C1", "C9"]


def test_a_screen_that_stands_in_two_frames_is_nobodys(driver: WebDriver, erp: Site) -> None:
    """Two visible frames show it: neither is guessed."""
    erp.page("/", page(frame("/form") + frame("/form"), title=OUT))
    driver.open("/")
    with pytest.raises(TargetAmbiguous, match="anchor"):
        driver.show(ENTRY)


def test_a_frame_that_comes_late_is_waited_for(driver: WebDriver, erp: Site) -> None:
    """Framesets appear frame by frame, some by script."""
    erp.on("/form", lambda _: Reply(FORM, wait=0.5))
    late = "setTimeout(() => { document.body.innerHTML += `" + frame("/form") + "` }, 300)"
    erp.page("/", page(f"<script>{late}</script>", title=OUT))
    typed_in(driver)


def test_a_frame_that_is_drawn_again_is_found_again(driver: WebDriver, erp: Site) -> None:
    """A menu that reloads the main frame: the next look finds the new one."""
    erp.page("/", page(frame("/form", 'name="main"'), title=OUT))
    typed_in(driver)
    driver.session.page("entry").evaluate("document.querySelector('iframe').outerHTML += ''")
    with pytest.raises(ScreenUnknown):
        driver.read([CUSTOMER])
    driver.show(ENTRY)
    assert driver.read([CUSTOMER]) == {"customer": "C1"}


POPUP = page("<button onclick=\"window.open('/form', '_blank', 'width=500,height=400')\">New</button>", title="Menu")
MENU = screen(target("new", button("New")), name="menu", anchor="Menu")


def test_a_pop_up_is_found_by_what_it_contains_and_gone_when_closed(opening: Opening, erp: Site) -> None:
    """A press opens a window: its screen is worked in it; closed again, the screen is unknown."""
    driver = opening(erp.url, profile(MENU, ENTRY, SAVED))
    erp.page("/", POPUP)
    driver.open("/")
    driver.show(MENU)
    driver.press(MENU.targets["new"], leads_to=ENTRY)
    driver.show(ENTRY)
    driver.fill([(CUSTOMER, "C9")])
    pop_up = driver.session.context.pages[-1]
    assert pop_up.input_value("#c") == "C9"
    pop_up.close()
    with pytest.raises(ScreenUnknown):
        driver.read([CUSTOMER])
    driver.show(MENU)


def test_a_pop_up_belongs_to_the_window_that_opened_it(opening: Opening, erp: Site) -> None:
    """What the entry window opened is not found by the reading window."""
    driver = opening(erp.url, profile(MENU, ENTRY, SAVED))
    erp.page("/", POPUP)
    driver.open("/")
    driver.show(MENU)
    driver.press(MENU.targets["new"], leads_to=ENTRY)
    driver.show(ENTRY)
    driver.use("reading")
    driver.open("/other")
    with pytest.raises(ScreenUnknown, match="nothing"):
        driver.show(ENTRY)
    driver.use("entry")
    assert driver.read([CUSTOMER]) == {"customer": "C1"}


def test_two_windows_keep_their_own_screens(driver: WebDriver, erp: Site) -> None:
    """Reading in a second window leaves the half-typed form as it is."""
    erp.page("/", FORM)
    typed_in(driver)
    driver.use("reading")
    driver.open("/form")
    driver.show(ENTRY)
    assert driver.read([CUSTOMER]) == {"customer": "C1"}
    driver.use("entry")
    assert driver.read([CUSTOMER]) == {"customer": "C9"}


def test_an_unknown_screen_is_told_with_its_text_soon(driver: WebDriver, erp: Site) -> None:
    """Something else has come to rest: its words, without waiting for the time limit."""
    erp.page("/", page("<p>System maintenance until 6:00</p>", title="Sorry"))
    driver.open("/")
    with pytest.raises(ScreenUnknown, match="System maintenance until 6:00"):
        driver.show(ENTRY)


def test_an_error_instead_of_the_screen_is_told_before_anything_else(driver: WebDriver, erp: Site) -> None:
    """The ERP's own error is what counts among the words of a page."""
    erp.page("/", page('<p>Menu</p><h2 class="error">SO-104 Customer not on file</h2>', title="Other"))
    driver.open("/")
    with pytest.raises(ScreenUnknown, match=r": SO-104 Customer not on file$"):
        driver.show(ENTRY)


def test_an_error_on_the_screen_is_handed_over(driver: WebDriver, erp: Site) -> None:
    """The screen is there and shows an error: both are told."""
    erp.page("/", form('<h2 class="error">SO-110 Invalid date</h2>'))
    driver.open("/")
    assert driver.show(ENTRY) == ("SO-110 Invalid date",)


def test_a_page_that_moves_on_by_itself_is_waited_for(driver: WebDriver, erp: Site) -> None:
    """A page that says "one moment please" and refreshes itself is no unknown screen."""
    erp.page(
        "/", page("<p>One moment please</p>", head='<meta http-equiv="refresh" content="2;url=/form">', title="Wait")
    )
    driver.open("/")
    driver.show(ENTRY)


def test_a_slow_page_is_waited_for(driver: WebDriver, erp: Site) -> None:
    """As long as an answer is on its way nothing has come to rest."""
    erp.page("/", page('<form action="/form"><button>Go</button></form>', title="Menu"))
    erp.on("/form", lambda _: Reply(FORM, wait=2.0))
    driver.open("/")
    driver.show(screen(anchor="Menu"))
    driver.press(target("go", button("Go")), leads_to=ENTRY)
    driver.show(ENTRY)


def test_a_page_that_looks_alike_is_the_new_one(driver: WebDriver, erp: Site) -> None:
    """After an Update the same form comes back: it is read when it has come, not before."""
    erp.page("/", form('<input type="hidden" name="n"><button id="u" formaction="/update">Update</button>'))
    erp.on("/update", lambda _: Reply(FORM.replace('value="C1"', 'value="C2"'), wait=0.5))
    driver.open("/")
    driver.show(ENTRY)
    driver.press(target("update", css("#u")), leads_to=ENTRY)
    driver.show(ENTRY)
    assert driver.read([CUSTOMER]) == {"customer": "C2"}


def test_a_screen_that_a_script_brings_is_a_new_one(driver: WebDriver, erp: Site) -> None:
    """Newer ERPs change the page instead of leaving it: what was not to be seen before is new."""
    script = "document.body.innerHTML = '<h1>Saved</h1><b id=number>7</b>'"
    erp.page(
        "/",
        form(
            f'<button type="button" id="u" onclick="setTimeout(() => {{ {script} }}, 200)">Go</button>'.replace(
                "'", "&#39;"
            )
        ),
    )
    driver.open("/")
    driver.show(ENTRY)
    driver.press(target("go", css("#u")), leads_to=SAVED)
    driver.show(SAVED)
    assert driver.read([SAVED.targets["number"]]) == {"number": "7"}


def test_an_erp_that_does_not_answer_is_down(opening: Opening, erp: Site) -> None:
    """Nobody listens, or the connection dies: told as what it is, at the first page or in a frame."""
    with pytest.raises(ErpDown):
        opening("http://127.0.0.1:9").open("/")
    erp.on("/dead", lambda _: Reply(cut=True))
    erp.page("/", page(frame("/dead"), title=OUT))
    driver = opening(erp.url)
    with pytest.raises(ErpDown):
        driver.open("/dead")
    driver.open("/")
    with pytest.raises(ErpDown):
        driver.show(ENTRY)


def test_a_page_that_is_not_there_is_an_unknown_screen(driver: WebDriver) -> None:
    """HTTP 404 has a text of its own."""
    driver.open("/nowhere")
    with pytest.raises(ScreenUnknown, match="not here"):
        driver.show(ENTRY)


def test_nothing_is_worked_before_a_screen_was_shown(driver: WebDriver) -> None:
    """A bot that forgot to look is stopped."""
    with pytest.raises(ScreenUnknown):
        driver.fill([(CUSTOMER, "C9")])
