"""Is a page of one document, which redraws itself and asks one thing after the other, worked only at rest?"""

import pytest

from bots.drivers.web import WebDriver
from bridge.model.profiles import Screen
from tests.screens.pages import css, grid, page, screen, target
from tests.screens.sites import Reply, Site

LIVELY = "<script>setInterval(() => {}, 1000)</script>"
NUMBER = """
<input id="text" name="price"><input id="number" name="price" type="number" step="any" style="display: none">
<script>
  text.onfocus = () => { text.style.display = 'none'; number.style.display = ''; setTimeout(() => number.focus()) };
  number.onblur = () => {
    text.value = Number(number.value).toFixed(4);
    number.style.display = 'none';
    text.style.display = '';
  };
</script>
"""
PRICE = target("price", css("input[name=price]"))
NAME = target("name", css("#name"))
FIND = target("find", css("#look"))
OPEN = target("open", css("#open"))
ROWS = grid("rows", css("#rows li"), target("text", css("span")))
START = screen(FIND, PRICE, NAME, OPEN, grids=(ROWS,))


def shown(driver: WebDriver, erp: Site, body: str, wanted: Screen = START) -> WebDriver:
    """The driver in front of that page."""
    erp.page("/", page(body + LIVELY))
    driver.open("/")
    driver.show(wanted)
    return driver


def test_a_box_that_gives_its_place_to_one_for_numbers_is_typed_into(driver: WebDriver, erp: Site) -> None:
    """Two boxes of one name: the text shows until it is entered, then another box takes the number."""
    shown(driver, erp, NUMBER + '<input id="name">')
    driver.fill([(PRICE, "12.5"), (NAME, "Smith")])
    assert driver.read([PRICE, NAME]) == {"price": "12.5000", "name": "Smith"}
    driver.fill([(PRICE, "7")])
    assert driver.read([PRICE]) == {"price": "7.0000"}


SEARCH = """
<button type="button" id="look">Find</button><ul id="rows"><li><span>old</span></ul>
<script>
  look.onclick = async () => {
    for (const n of [1, 2, 3]) { await fetch('/rpc?' + n); %s }
    rows.innerHTML = '<li><span>new</span>';
  };
</script>
"""


@pytest.mark.parametrize("between", ["", "await new Promise((done) => setTimeout(done, 40));"])
def test_what_is_read_after_a_press_in_place_is_what_it_brought(driver: WebDriver, erp: Site, between: str) -> None:
    """A list that is asked anew on the same page, by several calls of which each awaits the one before."""
    erp.on("/rpc", lambda _: Reply("{}", wait=0.02))
    shown(driver, erp, SEARCH % between)
    driver.press(FIND)
    assert [row["text"] for row in driver.rows(ROWS)] == ["new"]


WINDOW = """
<style>.window { transition: opacity 400ms; opacity: 0 } .window.in { opacity: 1 }</style>
<button type="button" id="open">Open</button><div id="place"></div><b id="stored">-</b>
<script>
  open_ = document.getElementById('open');
  open_.onclick = () => {
    place.innerHTML = '<div class="window" id="window"><h2>Line</h2><input id="line">'
      + '<button type="button" id="add">Add</button></div>';
    const box = document.getElementById('window');
    box.addEventListener('transitionend', () => { line.value = 'list price'; });   // it is filled when it has come up
    document.getElementById('add').onclick = () => { stored.textContent = line.value; };
    box.getBoundingClientRect();
    box.classList.add('in');
  };
</script>
"""
LINE = screen(target("line", css("#line")), target("add", css("#add")), target("stored", css("#stored")), anchor="Line")


def test_a_window_that_is_still_coming_up_is_not_worked(driver: WebDriver, erp: Site) -> None:
    """A window of the page fills its fields once it has come up; what is pressed in it is pressed after that."""
    shown(driver, erp, WINDOW)
    driver.press(OPEN, leads_to=LINE)
    driver.show(LINE)
    driver.press(LINE.targets["add"])
    assert driver.read([LINE.targets["stored"]]) == {"stored": "list price"}


def test_a_list_that_is_filled_after_it_came_is_read_when_it_is(driver: WebDriver, erp: Site) -> None:
    """A page that asks for its rows only when it is there already is not read as an empty one."""
    fill = "fetch('/rpc').then(() => { rows.innerHTML = '<li><span>one</span>' })"
    erp.on("/rpc", lambda _: Reply("{}", wait=0.3))
    shown(driver, erp, f'<ul id="rows"></ul><script>{fill}</script>')
    assert [row["text"] for row in driver.rows(ROWS)] == ["one"]


def test_rows_that_were_scrolled_away_are_still_read(driver: WebDriver, erp: Site) -> None:
    """A list within the page is scrolled to its end; what is above there is not hidden."""
    rows = "".join(f"<li><span>{n}</span>" for n in range(60))
    shown(driver, erp, f'<div id="box" style="height: 100px; overflow: auto"><ul id="rows">{rows}</ul></div>')
    driver.session.page("entry").evaluate("document.getElementById('box').scrollTop = 9999")
    assert [row["text"] for row in driver.rows(ROWS)] == [str(n) for n in range(60)]


def test_a_field_is_typed_into_when_its_window_has_come_up(driver: WebDriver, erp: Site) -> None:
    """What the page puts into a field while its window comes up does not come over what is typed."""
    shown(driver, erp, WINDOW)
    driver.press(OPEN, leads_to=LINE)
    driver.show(LINE)
    driver.fill([(LINE.targets["line"], "9.5")])
    assert driver.read([LINE.targets["line"]]) == {"line": "9.5"}
