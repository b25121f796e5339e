"""Is the right element found, and never another one? Each strategy, with decoys around it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser

from bots.drivers.web import WebDriver
from bridge.errors import InvalidConfig, TargetNotFound
from bridge.model.profiles import Locator
from tests.screens.conftest import Opening
from tests.screens.labs import ABSENT, AMBIGUOUS, Lab, laboratory
from tests.screens.pages import ENTRY, button, css, grid, label, named, near, page, profile, screen, target, text
from tests.screens.sites import Site


@pytest.fixture(scope="module")
def lab(browser: Browser) -> Iterator[Lab]:
    """One session for all pages of this file."""
    with laboratory(browser) as ready:
        yield ready


BOX = '<input id="right" name="box" class="box">'
DECOY = '<input id="wrong" name="other">'


ARIA = '<b id="t">Customer</b><input id="right" aria-labelledby="t">'
TEXTBOX = Locator("role", "textbox")
FOUND = {
    "css": (BOX + DECOY, [css("#right")], "right"),
    "name": (BOX + DECOY, [named("box")], "right"),
    "label for": (f'<label for="right">Customer</label>{DECOY}{BOX}', [label("Customer")], "right"),
    "label around": (f"<label>Customer {BOX}</label>{DECOY}", [label("Customer")], "right"),
    "aria-label": ('<input id="right" aria-label="Customer">' + DECOY, [label("Customer")], "right"),
    "aria-labelledby": (ARIA + DECOY, [label("Customer")], "right"),
    "role with name": (ARIA + DECOY, [Locator("role", "textbox", name="Customer")], "right"),
    "role": ('<textarea id="right"></textarea><input type="checkbox" id="wrong">', [TEXTBOX], "right"),
    "role of a telephone": ('<div role="textbox" hidden></div><input id="right" type="tel">', [TEXTBOX], "right"),
    "second choice": (BOX + DECOY, [css("#gone"), named("box")], "right"),
    "not there": (DECOY, [css("#right"), named("box")], ABSENT),
    "two": (BOX + DECOY, [css("input")], AMBIGUOUS),
    "two of a name": (BOX + '<input id="twin" name="box">', [named("box")], AMBIGUOUS),
}


@pytest.mark.parametrize(("body", "locators", "found"), FOUND.values(), ids=FOUND)
def test_each_strategy_finds_its_field(lab: Lab, body: str, locators: list[Locator], found: str) -> None:
    """The field that is meant gets the text; none or several get nothing."""
    assert lab.typed(body, *locators) == found


TRIMMED = ["{}", "{}:", "{} :", "{}*", "* {}", "{}: *", "{}：", "{}&nbsp;:", "{}＊", "  {}\n"]
SPELT = [*(one.format("Customer No.") for one in TRIMMED), "Customer\xa0No.", "<b>Customer</b> No.", "Customer<br>No."]
CHINESE = ["客户编号", "客户编号：", "客 户 编 号", "客　户　编　号：", "＊客户编号", "客户<br>编号"]


def row(words: str, other: str) -> str:
    """A row of two captions and their fields."""
    caption = f'<td><label for="right">{words}</label></td><td>{BOX}</td>'
    return f"<table><tr>{caption}<td>{other}</td><td>{DECOY}</td></tr></table>"


@pytest.mark.parametrize("words", SPELT)
@pytest.mark.parametrize("strategy", ["label", "near"])
def test_the_trimmings_of_a_caption_do_not_matter(lab: Lab, words: str, strategy: str) -> None:
    """Colons, stars, full-width colons, hard spaces and line breaks come and go with releases."""
    assert lab.typed(row(words, "Other"), Locator(strategy, "Customer No.")) == "right"


@pytest.mark.parametrize("words", CHINESE)
@pytest.mark.parametrize("strategy", ["label", "near"])
def test_chinese_captions_are_found_however_they_are_stretched(lab: Lab, words: str, strategy: str) -> None:
    """Chinese forms stretch captions with blanks to one width."""
    assert lab.typed(row(words, "客户"), Locator(strategy, "客户编号")) == "right"


@pytest.mark.parametrize("words", ["Customer", "Customer No. 2", "Old Customer No.", "customer no."])
@pytest.mark.parametrize("strategy", ["label", "near"])
def test_another_caption_is_not_taken_for_it(lab: Lab, words: str, strategy: str) -> None:
    """A caption that only begins, ends or looks like it is another one."""
    body = f'<table><tr><td><label for="wrong">{words}</label></td><td>{DECOY}</td></tr></table>'
    assert lab.typed(body, Locator(strategy, "Customer No.")) == ABSENT


TWICE = '<label for="right">Customer</label><input id="right"><label for="wrong">Customer</label><input id="wrong">'


def test_the_same_label_twice_is_nobodys(lab: Lab) -> None:
    """Two fields of one label: neither is typed into."""
    assert lab.typed(TWICE, label("Customer")) == AMBIGUOUS


def test_an_ambiguous_first_choice_may_be_settled_by_a_second(lab: Lab) -> None:
    """One of the two is named by another locator as well: that one."""
    assert lab.typed(TWICE, label("Customer"), css("#right")) == "right"


def test_a_second_choice_outside_the_first_ones_finds_is_not_believed(lab: Lab) -> None:
    """The label fits two fields, the selector a third: nobody knows."""
    assert lab.typed(TWICE + '<input id="third">', label("Customer"), css("#third")) == AMBIGUOUS


LABELS = '<label for="{}">Customer</label><input id="a" name="{}"><label for="{}">Date</label><input id="b" name="{}">'


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(LABELS.format("b", "customer", "a", "date"), id="labels"),
        pytest.param(LABELS.format("a", "date", "b", "customer"), id="names"),
    ],
)
def test_swapped_fields_are_not_typed_into(lab: Lab, body: str) -> None:
    """The label says one field, the name another: an update swapped something, and a person must look."""
    assert lab.typed(body, label("Customer"), named("customer")) == AMBIGUOUS
    assert lab.typed(body, named("customer"), label("Customer")) == AMBIGUOUS


HIDDEN = ["display:none", "visibility:hidden", "position:absolute;left:-9999px", "position:absolute;top:-500px"]


@pytest.mark.parametrize("style", HIDDEN)
@pytest.mark.parametrize("locator", [css("input"), label("Customer"), named("c"), near("Customer")])
def test_what_nobody_sees_is_not_there(lab: Lab, style: str, locator: Locator) -> None:
    """Hidden twins (templates, traps for robots, other tabs) do not count."""
    twin = f'<div style="{style}"><label for="wrong">Customer</label><input id="wrong" name="c"></div>'
    assert lab.typed(twin + '<label for="right">Customer</label> <input id="right" name="c">', locator) == "right"


def test_an_id_that_occurs_twice_ties_a_label_to_nothing(lab: Lab) -> None:
    """The browser takes the first one; that may be the field of another tab."""
    body = '<label for="x">Customer</label><input id="x" name="one"><input id="x" name="two">'
    assert lab.typed(body, label("Customer")) == AMBIGUOUS


@pytest.mark.parametrize(
    ("body", "locator", "shown"),
    [
        ("<p>Total</p><p id=v>12.00 €</p>", css("#v"), "12.00 €"),
        ("<p id=v>a&nbsp;b\n</p>", css("#v"), "a b"),
        ("<label>Currency <select><option>EUR</option></select></label>", label("Currency"), "EUR"),
        ('<select id="v"><option>GBP</option><option selected>  EUR </option></select>', css("#v"), "EUR"),
        ('<input type="checkbox" id="v" checked>', css("#v"), "1"),
        ('<input type="checkbox" id="v">', css("#v"), ""),
        ('<textarea id="v">a\nb</textarea>', css("#v"), "a\nb"),
        ('<input id="v" value=" 1 ">', css("#v"), " 1 "),
        ("<ul><li>Open</li><li>Closed</li></ul>", text("Open"), "Open"),
        ('<p style="text-transform:uppercase">open</p>', text("OPEN"), "OPEN"),
        ("<p>Open order</p><p>Open</p>", text("Open"), "Open"),
        ("<p>Open <span style='display:none'>x</span></p>", text("Open"), "Open"),
        ("<p>Open</p><p>Open</p>", text("Open"), AMBIGUOUS),
        ("<script>var a = 'Open'</script><title>Open</title><p hidden>Open</p>", text("Open"), ABSENT),
        ('<button>Save</button><input type="submit" value="Store">', button("Store"), "Store"),
        ('<a href="/x">Next</a><a>Next</a>', Locator("role", "link", name="Next"), "Next"),
        ('<input type="image" alt="Search" width="9" height="9">', button("Search"), ""),
        ("<h1>Title</h1>", Locator("role", "heading", name="Title"), "Title"),
    ],
)
def test_what_a_target_shows_is_read_as_it_is_seen(lab: Lab, body: str, locator: Locator, shown: str) -> None:
    """Choices by their words, ticks as 1, texts without hard spaces; scripts and hidden texts are not words."""
    assert lab.read(body, locator) == shown


def test_drift_is_told_by_its_position(driver: WebDriver, erp: Site) -> None:
    """The check of the live screen says which locator found what: the first, a later one, or none."""
    columns = [target("item", css(".gone"), css("td:first-child input")), target("qty", css(".qty"))]
    shown = screen(
        target("first", css("#right")),
        target("healed", css("#gone"), named("box")),
        target("lost", css("#gone")),
        target("double", css("input")),
        target("maybe", css("#gone"), optional=True),
        grids=[grid("lines", css("tr"), *columns)],
        commit=ENTRY.commit,
    )
    erp.page("/", page(f'{BOX}<table><tr><td><input></td><td><input class="qty"></td></tr></table>'))
    driver.open("/")
    driver.show(shown)
    hits = {hit.target: (hit.position, hit.count, hit.locator) for hit in driver.hits(shown)}
    assert hits == {
        "first": (0, 1, "css=#right"),
        "healed": (1, 1, "name=box"),
        "lost": (None, 0, ""),
        "double": (None, 3, "css=input"),
        "maybe": (None, 0, ""),
        "lines.item": (1, 1, "css=td:first-child input"),
        "lines.qty": (0, 1, "css=.qty"),
    }


def test_an_entry_form_without_its_row_is_told_and_an_empty_list_is_not(opening: Opening, erp: Site) -> None:
    """A form always has a line to type into; a list may be empty, which proves nothing of its columns."""
    lines = grid("lines", css("tr.line"), target("item", css("input")))
    erp.page("/", page("<table><tr><th>Item</th></tr></table>"))
    entry, listing = screen(grids=[lines], commit=ENTRY.commit), screen(grids=[lines])
    driver = opening(erp.url, profile(entry))
    driver.open("/")
    driver.show(entry)
    assert [(hit.target, hit.position) for hit in driver.hits(entry)] == [("lines.item", None)]
    assert driver.hits(listing) == ()


def test_a_selector_that_is_none_is_a_fault_of_the_profile(driver: WebDriver, erp: Site) -> None:
    """A misspelt css is told as such and at once, in an anchor and in a target."""
    erp.page("/", page(BOX))
    driver.open("/")
    with pytest.raises(InvalidConfig, match="input"):
        driver.show(replace(ENTRY, anchor=(css("input[name="),)))
    driver.show(ENTRY)
    with pytest.raises(InvalidConfig, match="td>>"):
        driver.read([target("it", css("td>>"))])


ITEMS = "() => [...document.querySelectorAll('.item')].map((item) => item.value)"


@pytest.fixture
def lines(driver: WebDriver, erp: Site) -> WebDriver:
    """A form of three lines, the last one blank."""
    row = '<tr class="line"><td><input class="item" value="{}"></td><td><input class="qty" value="{}"></td></tr>'
    rows = "".join(row.format(item, qty) for item, qty in [("P-1", "1"), ("P-2", "2"), ("", "")])
    erp.page("/", page(f"<table>{rows}</table>"))
    driver.open("/")
    driver.show(ENTRY)
    return driver


LINES = grid("lines", css("tr.line"), target("item", css(".item")), target("qty", css(".qty")), skip_empty="item")


@pytest.mark.parametrize(("row", "place"), [(-1, 2), (0, 0), (1, 1)])
def test_a_row_is_typed_where_it_stands(lines: WebDriver, row: int, place: int) -> None:
    """Rows count from 0, -1 is the last; only the cells that are given change."""
    lines.fill_row(LINES, row, {"item": "NEW"})
    wanted = ["P-1", "P-2", ""]
    wanted[place] = "NEW"
    assert lines.session.page("entry").evaluate(ITEMS) == wanted


def test_rows_that_do_not_count_are_left_out(lines: WebDriver) -> None:
    """The blank line at the end is no line of the order."""
    assert lines.rows(LINES) == ({"item": "P-1", "qty": "1"}, {"item": "P-2", "qty": "2"})


@pytest.mark.parametrize("row", [3, -4])
def test_a_row_that_is_not_there_is_not_found(lines: WebDriver, row: int) -> None:
    """Past the end there is nothing to type into."""
    with pytest.raises(TargetNotFound, match=r"lines\.item"):
        lines.fill_row(LINES, row, {"item": "NEW"})


def test_a_row_that_lacks_a_cell_stops_the_reading(lines: WebDriver) -> None:
    """A row without one of its columns is not read as if it were empty."""
    with pytest.raises(TargetNotFound, match=r"lines\.price"):
        lines.rows(grid("lines", css("tr.line"), target("price", css(".price"))))
