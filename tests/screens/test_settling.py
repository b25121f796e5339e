"""Is a form at rest before a press reads it? Against pages that redraw themselves, poll, or never stand still."""

import itertools

import pytest

from bots.drivers.web import WebDriver
from bridge.errors import TimedOut
from tests.screens.conftest import Opening
from tests.screens.pages import ENTRY, PROFILE, css, page, screen, target
from tests.screens.sites import Reply, Site

PARTY = target("party", css("#party"))
METHOD = target("method", css("#method"), kind="choice")
STORED = target("stored", css("#stored"))
NEW_LINE = target("new_line", css("#new"))
FORM = screen(PARTY, METHOD, STORED, NEW_LINE)

REDRAWING = """
<input id="party"> <select id="method"><option>manual</option><option selected>order</option></select>
<button type="button" id="new" onclick="stored.textContent = method.value">New line</button> <b id="stored">-</b>
<script>
  const method = document.getElementById('method'), stored = document.getElementById('stored');
  document.getElementById('party').addEventListener('change', () => setTimeout(async () => {
    method.innerHTML = '<option>manual</option><option>order</option>';   // redrawn: the first option shows
    %s;
    method.value = 'order';                                               // and only now its value is set again
  }, %d));
</script>
"""
PROMISES = "await new Promise((done) => setTimeout(done, 40))"
CALLS = "await fetch('/rpc?name=order')"


def at_form(driver: WebDriver, erp: Site, body: str) -> WebDriver:
    """The driver in front of the form."""
    erp.page("/", page(body))
    erp.on("/rpc", lambda _: Reply("{}", wait=0.3))
    driver.open("/")
    driver.show(FORM)
    return driver


@pytest.mark.parametrize("work", [PROMISES, CALLS])
@pytest.mark.parametrize("delay", [0, 60, 400])
def test_a_form_that_redraws_itself_is_pressed_when_it_is_whole_again(
    driver: WebDriver, erp: Site, work: str, delay: int
) -> None:
    """Tryton empties its choices when a field is left and fills them again later: a click between stores the first."""
    at_form(driver, erp, REDRAWING % (work, delay))
    driver.fill([(PARTY, "Smith")])
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}


def test_the_race_is_real(driver: WebDriver, erp: Site) -> None:
    """A plain click right after typing stores the wrong choice, on the very same page."""
    at_form(driver, erp, REDRAWING % (CALLS, 0))
    erp.on("/rpc", lambda _: Reply("{}", wait=5))
    shown = driver.session.page("entry")
    shown.fill("#party", "Smith")
    shown.focus("#new")
    shown.wait_for_function("document.getElementById('method').value === 'manual'")
    shown.evaluate("document.getElementById('new').click()")
    assert shown.inner_text("#stored") == "manual"


def test_what_was_typed_is_read_when_the_form_has_answered_it(driver: WebDriver, erp: Site) -> None:
    """Reading back waits as well: what the field's own reaction changes is part of what is read."""
    answer = "party.onchange = () => fetch('/rpc?code=1').then(() => { party.value = 'Smith Ltd' })"
    at_form(driver, erp, f'<input id="party"><select id="method"></select><b id="stored"></b><script>{answer}</script>')
    driver.fill([(PARTY, "Smith")])
    assert driver.read([PARTY]) == {"party": "Smith Ltd"}


def test_a_field_that_is_drawn_anew_is_found_again(driver: WebDriver, erp: Site) -> None:
    """Typing into one field replaces the next one: the text reaches the one that is there now."""
    swap = "party.oninput = () => { box.innerHTML = '<input id=stored>' }"
    at_form(driver, erp, f'<input id="party"><span id="box"><input id="stored"></span><script>{swap}</script>')
    driver.fill([(PARTY, "a"), (STORED, "b")])
    assert driver.read([PARTY, STORED]) == {"party": "a", "stored": "b"}


def test_a_field_that_means_another_one_now_is_not_typed_into(driver: WebDriver, erp: Site) -> None:
    """A redraw that keeps the boxes and changes their meaning: the text follows the meaning."""
    boxes = '<input id="party"><p><input id="stored"></p><p><input id="method"></p>'
    known = "const one = document.getElementById('stored'), two = document.getElementById('method')"
    swap = "party.oninput = () => { const [a, b] = [one.id, two.id]; one.id = b; two.id = a }"
    at_form(driver, erp, f"{boxes}<script>{known}; {swap}</script>")
    driver.fill([(PARTY, "a"), (STORED, "b")])
    assert driver.session.page("entry").evaluate("[one.value, two.value]") == ["", "b"]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("setInterval(() => fetch('/poll?t=' + Date.now()), 100)", id="polling"),
        pytest.param("const again = () => fetch('/poll').then(again); again()", id="one after the other"),
        pytest.param("new EventSource('/stream')", id="events"),
        pytest.param("setInterval(() => { document.title = Date.now() }, 20)", id="ticking"),
    ],
)
def test_a_page_that_never_stops_talking_can_be_worked(driver: WebDriver, erp: Site, script: str) -> None:
    """Clocks, news and keep-alives are not what a press has to wait for."""
    erp.on("/poll", lambda _: Reply("{}", wait=0.15))
    erp.on("/stream", lambda _: Reply("", wait=8))
    at_form(driver, erp, REDRAWING % (PROMISES, 0) + f"<script>{script}</script>")
    driver.fill([(PARTY, "Smith")])
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}


def test_a_call_that_waits_for_news_is_learned_once(driver: WebDriver, erp: Site) -> None:
    """A call that hangs since before we typed is not ours; the next press does not wait for it again."""
    erp.on("/bus", lambda _: Reply("{}", wait=30))
    driver.session.traffic.long = 1.0
    at_form(driver, erp, REDRAWING % (PROMISES, 0) + "<script>fetch('/bus')</script>")
    erp.wait_for(1, "/bus", "GET")
    driver.fill([(PARTY, "Smith")])
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}
    assert [key for key in driver.session.traffic.ignored if "/bus" in key]


def test_our_own_calls_are_waited_for_among_the_polling(driver: WebDriver, erp: Site) -> None:
    """A page that polls is still waited for when it works on what we typed."""
    erp.on("/poll", lambda _: Reply("{}", wait=0.05))
    body = REDRAWING % (CALLS, 0) + "<script>setInterval(() => fetch('/poll'), 60)</script>"
    at_form(driver, erp, body)
    erp.wait_for(6, "/poll", "GET")
    driver.fill([(PARTY, "Smith")])
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}


def test_a_form_that_never_stands_still_is_not_pressed(opening: Opening, erp: Site) -> None:
    """Its fields change all the time: nobody knows what a press would send, so the time limit ends it."""
    driver = opening(erp.url, PROFILE, timeout=1.5)
    restless = "let n = 0; setInterval(() => { document.getElementById('party').value = n++ }, 5)"
    at_form(driver, erp, REDRAWING % (PROMISES, 0) + f"<script>{restless}</script>")
    with pytest.raises(TimedOut, match="coming to rest"):
        driver.press(NEW_LINE)
    assert driver.session.page("entry").inner_text("#stored") == "-"


def test_a_call_that_never_ends_after_we_typed_is_not_pressed_over(opening: Opening, erp: Site) -> None:
    """The page still works on what was typed: better no press than a wrong one."""
    driver = opening(erp.url, PROFILE, timeout=2.0)
    erp.on("/slow", lambda _: Reply("{}", wait=6))
    at_form(driver, erp, REDRAWING % ("await fetch('/slow')", 0))
    driver.fill([(PARTY, "Smith")])
    with pytest.raises(TimedOut, match="coming to rest"):
        driver.press(NEW_LINE)


def test_the_other_windows_calls_do_not_count(opening: Opening, erp: Site) -> None:
    """What the reading window still loads does not hold up the entry window."""
    driver = opening(erp.url, PROFILE, timeout=4.0)
    erp.on("/slow", lambda _: Reply("{}", wait=8))
    at_form(driver, erp, REDRAWING % (PROMISES, 0))
    erp.page("/read", page("<script>fetch('/slow')</script>"))
    driver.use("reading")
    driver.open("/read")
    erp.wait_for(1, "/slow", "GET")
    driver.use("entry")
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}


def test_calls_of_a_window_that_was_closed_are_forgotten(driver: WebDriver, erp: Site) -> None:
    """Nobody tells the end of a request whose window is gone."""
    erp.on("/slow", lambda _: Reply("{}", wait=4))
    erp.page("/popup", page("<script>fetch('/slow')</script>", title="Pop-up"))
    at_form(driver, erp, REDRAWING % (PROMISES, 0) + "<script>const popup = window.open('/popup', 'p')</script>")
    erp.wait_for(1, "/slow", "GET")
    driver.session.page("entry").evaluate("popup.close()")
    driver.press(NEW_LINE)
    assert not [one for one in driver.session.traffic.under_way if "/slow" in one.url]


def test_numbers_of_lines_do_not_make_polling_of_work(driver: WebDriver, erp: Site) -> None:
    """One call for each line, each with its own number, is work that is waited for."""
    erp.on("/price", lambda _: Reply("{}", wait=0.05))
    counted = itertools.count()
    erp.on("/rpc", lambda _: Reply("{}", wait=0.05 * next(counted)))
    chain = "for (let n = 0; n < 5; n += 1) await fetch('/price?line=' + n); await fetch('/rpc?last=1')"
    at_form(driver, erp, REDRAWING % (chain, 0))
    driver.fill([(PARTY, "Smith")])
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}
    assert ENTRY.name == FORM.name


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("setTimeout(() => { party.value = 'Smith Ltd' }, 700)", id="a function"),
        pytest.param("setTimeout('party.value = \"Smith Ltd\"', 700)", id="a text of code"),
        pytest.param("setTimeout(() => setTimeout(() => { party.value = 'Smith Ltd' }, 400), 300)", id="one by one"),
    ],
)
def test_what_the_form_means_to_do_later_is_waited_for(driver: WebDriver, erp: Site, how: str) -> None:
    """A field that looks up what was typed only when nobody types any more, as many do."""
    at_form(
        driver,
        erp,
        '<input id="party"><select id="method"></select><b id="stored"></b>'
        f"<script>party.oninput = () => {how}</script>",
    )
    driver.fill([(PARTY, "Smith")])
    assert driver.read([PARTY]) == {"party": "Smith Ltd"}


@pytest.mark.parametrize(
    "clock",
    [
        pytest.param("const tick = () => { hand.textContent++; setTimeout(tick, 200) }; tick()", id="chain"),
        pytest.param(
            "const poll = async () => { await 0; hand.textContent++; setTimeout(poll, 40) }; poll()", id="asynchronous"
        ),
        pytest.param("setInterval(() => { hand.textContent++ }, 50)", id="interval"),
    ],
)
def test_a_clock_on_the_page_is_not_waited_for(opening: Opening, erp: Site, clock: str) -> None:
    """It goes all the time, whether anybody types or not."""
    driver = opening(erp.url, PROFILE, timeout=3.0)
    at_form(driver, erp, REDRAWING % (PROMISES, 0) + f'<i id="hand"></i><script>{clock}</script>')
    driver.session.page("entry").wait_for_function("hand.textContent > 4")
    driver.fill([(PARTY, "Smith")])
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}


def test_a_quick_clock_must_have_come_round(driver: WebDriver, erp: Site) -> None:
    """What it sets right a moment after the page came is sent right, though nobody typed."""
    mend = "setInterval(() => { if (method.value === 'manual') method.value = 'order' }, 95); method.value = 'manual'"
    at_form(driver, erp, REDRAWING % (PROMISES, 0) + f"<script>{mend}</script>")
    driver.press(NEW_LINE)
    assert driver.read([STORED]) == {"stored": "order"}


def test_a_page_that_talks_to_others_must_keep_still_besides(driver: WebDriver, erp: Site) -> None:
    """A socket or a worker may answer without any timer or request: the form is watched for the whole time given."""
    at_form(driver, erp, REDRAWING % (PROMISES, 0))
    driver.fill([(PARTY, "Smith")])
    watched = driver.session.page("entry").evaluate(
        """async () => {
          new MessageChannel().port1.postMessage('anybody?');
          const began = performance.now();
          await window.__erpbridge.rest(300);
          return performance.now() - began;
        }"""
    )
    assert watched >= 300


def test_a_tick_that_brings_a_new_page_is_made_once(driver: WebDriver, erp: Site) -> None:
    """The box is gone when it could be asked again; the new page is not touched."""
    tick = target("gross", css("[name=gross]"), kind="tick")
    box = '<form action="/plain"><input type=checkbox name=gross checked onclick="this.form.submit()"></form>'
    rest = '<input id="party"><select id="method"></select><b id="stored"></b><button id="new"></button>'
    erp.page("/plain", page(rest))
    at_form(driver, erp, rest + box)
    driver.expect(FORM)
    driver.fill([(tick, "")])
    driver.show(FORM)
    assert len(erp.of("/plain", "GET")) == 1
