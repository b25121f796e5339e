"""Does a picture show what the ERP showed, and no pixel of a secret? Compared with the browser's own screenshot."""

from collections.abc import Iterable
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Frame, Page

from bots.drivers.masks import MARGIN, PAINT
from bots.drivers.web import WebDriver
from bridge.errors import CaptureRefused
from bridge.model.profiles import ErpProfile, Screen
from bridge.ports import Picture
from tests.screens.conftest import Opening
from tests.screens.pages import ENTRY, SAVED, button, css, grid, page, profile, screen, target
from tests.screens.sites import Site

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]

PASSWORD = '<input type="password" value="secret" style="width:140px">'
PRICE = '<input id="price" value="12.34">'
OPEN = screen(target("price", css("#price")), target("customer", css("#c")))
HIDING = screen(target("price", css("#price"), mask=True), target("customer", css("#c"), secret=True))


def filled(body: str = PRICE) -> str:
    """A page with more than secrets on it."""
    return page(f'<p>Customer <input id="c" value="C1"></p><p>{body}</p><p>Words that everybody may see</p>')


def at(driver: WebDriver, erp: Site, body: str, shown: str = "entry") -> WebDriver:
    """The driver in front of a page, on that screen of its profile."""
    erp.page("/", body)
    driver.open("/")
    driver.show(driver.profile.screens[shown])
    return driver


def pixels(content: bytes) -> Pixels:
    """What is really seen."""
    with Image.open(BytesIO(content)) as image:
        return np.asarray(image.convert("RGB"))


def check_painted(picture: Picture, page: Page, boxes: Iterable[Box | None], scale: float = 1.0) -> None:
    """Each box is paint up to its margin and the rest is what the browser shows; at the edges either may be."""
    shown, plain = pixels(picture.content), pixels(page.screenshot(type="png", caret="initial"))
    assert shown.shape == plain.shape
    painted = (shown == PAINT).all(axis=2)
    may_be = np.zeros(painted.shape, dtype=bool)
    for box in boxes:
        assert box is not None
        left, top, right, bottom = (round(edge * scale) for edge in (box[0], box[1], box[0] + box[2], box[1] + box[3]))
        inside = (slice(max(top, 0), max(bottom, 0)), slice(max(left, 0), max(right, 0)))
        assert painted[inside].size
        assert painted[inside].all()
        wide = MARGIN + 2
        may_be[max(top - wide, 0) : max(bottom + wide, 0), max(left - wide, 0) : max(right + wide, 0)] = True
    assert (shown[~may_be] == plain[~may_be]).all()


def box_of(where: Page | Frame, selector: str) -> Box:
    """Where Playwright says an element stands on the window."""
    box = where.locator(selector).bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


@pytest.fixture
def hiding() -> ErpProfile:
    """An ERP that hides a price and a customer."""
    return profile(HIDING, SAVED)


def test_a_picture_is_what_the_browser_shows(driver: WebDriver, erp: Site) -> None:
    """Nothing to hide: pixel for pixel, losslessly, with its size and moment."""
    at(driver, erp, filled())
    picture = driver.capture("filled")
    check_painted(picture, driver.session.page("entry"), [])
    assert (picture.step, picture.screen, picture.format) == ("filled", "entry", "webp")
    assert (picture.height, picture.width) == pixels(picture.content).shape[:2] == (900, 1280)
    assert picture.masked == ()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_hidden_targets_are_painted(opening: Opening, erp: Site, hiding: ErpProfile, scale: float) -> None:
    """What the profile hides, on any screen resolution."""
    driver = at(opening(erp.url, hiding, scale=scale), erp, filled())
    picture = driver.capture("filled")
    shown = driver.session.page("entry")
    check_painted(picture, shown, [box_of(shown, "#price"), box_of(shown, "#c")], scale)
    assert picture.masked == ("customer", "price")


def test_the_places_of_all_targets_are_right(opening: Opening, erp: Site) -> None:
    """The rectangles in the manifest are where the targets stand, in pixels of the picture."""
    inner = filled(PRICE + '<div style="height:2000px"></div><input id="low">')
    erp.page("/inner", inner)
    places = screen(*OPEN.targets.values(), target("low", css("#low")), target("gone", css("#gone")))
    frame = '<iframe src="/inner" style="border:7px solid;padding:11px;margin:30px;width:600px;height:400px"></iframe>'
    driver = at(opening(erp.url, profile(places), scale=2.0), erp, page(frame, title="Outer"))
    picture = driver.capture("filled")
    (inside,) = driver.session.page("entry").frames[1:]
    for name, selector in (("price", "#price"), ("customer", "#c")):
        place = picture.targets[name]
        wanted = [2 * edge for edge in box_of(inside, selector)]
        assert [place.left, place.top, place.width, place.height] == pytest.approx(wanted, abs=1.01)
    assert set(picture.targets) == {"price", "customer"}


FRAMES = {
    "plain": ("{}", ""),
    "border and padding": ("{}", "border:9px solid;padding:5px 0 0 13px;margin:20px"),
    "two deep": ('<iframe src="/deep" style="width:800px;height:600px;margin:12px"></iframe>', "margin:15px"),
    "drawn smaller": ("{}", "transform:scale(0.8);transform-origin:0 0"),
}


TALL = '<div style="height:3000px"></div>'
LOW = filled(PRICE + TALL).replace("<p>Customer", '<div style="height:100px"></div><p>Customer')


@pytest.mark.parametrize("around", FRAMES)
@pytest.mark.parametrize("scrolled", [0, 80])
def test_hidden_targets_in_frames_are_painted(opening: Opening, erp: Site, around: str, scrolled: int) -> None:
    """Frames in frames, with borders, scrolled, drawn smaller: the paint lies where the secret is seen."""
    body, style = FRAMES[around]
    inner = f'<iframe src="/inner" style="width:600px;height:400px;{style}"></iframe>'
    erp.page("/inner", LOW)
    erp.page("/deep", page(inner, title="Deep"))
    driver = at(opening(erp.url, profile(HIDING)), erp, page(body.format(inner), title="Outer"))
    shown = driver.session.page("entry")
    inside = next(frame for frame in shown.frames if frame.url.endswith("/inner"))
    inside.evaluate("(down) => window.scrollTo(0, down)", scrolled)
    check_painted(driver.capture("filled"), shown, [box_of(inside, "#price"), box_of(inside, "#c")])


def test_what_is_scrolled_out_of_sight_paints_over_nothing_else(
    opening: Opening, erp: Site, hiding: ErpProfile
) -> None:
    """A secret that the frame does not show is located and needs no paint: its neighbours stay visible."""
    erp.page("/inner", LOW)
    body = page('<iframe src="/inner" style="width:500px;height:200px;margin-top:300px"></iframe>', title="Outer")
    driver = at(opening(erp.url, hiding), erp, body)
    shown = driver.session.page("entry")
    shown.frames[1].evaluate("window.scrollTo(0, 600)")
    check_painted(driver.capture("filled"), shown, [])


@pytest.mark.parametrize("where", ["page", "frame", "shadow"])
def test_password_boxes_are_painted_though_no_profile_names_them(driver: WebDriver, erp: Site, where: str) -> None:
    """A session that ends shows a password box in the middle of anything."""
    erp.page("/ask", page(f"<p>Session expired! {PASSWORD}</p>", title="Who?"))
    shadow = f"<div id=host></div><script>host.attachShadow({{mode: 'open'}}).innerHTML = `{PASSWORD}`</script>"
    extra = {"page": PASSWORD, "frame": '<iframe src="/ask"></iframe>', "shadow": shadow}[where]
    at(driver, erp, filled(extra))
    shown = driver.session.page("entry")
    inside = shown.frames[1] if where == "frame" else shown
    picture = driver.capture("filled")
    check_painted(picture, shown, [box_of(inside, "input[type=password]")])
    assert len(picture.masked) == 1


LINES = "".join(
    f'<tr><td><input class="item" value="P-{n}"></td><td><input class="price" value="{n}"></td></tr>' for n in (1, 2, 3)
)


def test_hidden_columns_are_painted_in_every_row(opening: Opening, erp: Site) -> None:
    """All prices of a form, and nothing of its items."""
    columns = target("item", css(".item")), target("price", css(".price"), mask=True)
    lines = screen(grids=[grid("lines", css("tr"), *columns)])
    driver = at(opening(erp.url, profile(lines)), erp, filled(f"<table>{LINES}</table>"))
    shown = driver.session.page("entry")
    boxes = [shown.locator(".price").nth(row).bounding_box() for row in range(3)]
    check_painted(driver.capture("filled"), shown, [(b["x"], b["y"], b["width"], b["height"]) for b in boxes if b])


def test_a_row_whose_hidden_cell_is_not_found_forbids_the_picture(opening: Opening, erp: Site) -> None:
    """One price that cannot be located is one that would be shown."""
    lines = screen(grids=[grid("lines", css("tr"), target("price", css(".price"), mask=True))])
    broken = LINES.replace('class="price" value="2"', 'value="2"')
    driver = at(opening(erp.url, profile(lines)), erp, filled(f"<table>{broken}</table>"))
    with pytest.raises(CaptureRefused, match=r"lines\.price#2"):
        driver.capture("filled")


@pytest.mark.parametrize("missing", ["price", "c"])
def test_a_secret_that_cannot_be_located_forbids_the_picture(
    opening: Opening, erp: Site, hiding: ErpProfile, missing: str
) -> None:
    """After an update the price may stand anywhere on the screen."""
    driver = at(opening(erp.url, hiding), erp, filled().replace(f'id="{missing}"', 'id="renamed"'))
    with pytest.raises(CaptureRefused, match="cannot be located"):
        driver.capture("filled")


def test_a_secret_that_stands_there_twice_forbids_the_picture(opening: Opening, erp: Site, hiding: ErpProfile) -> None:
    """Nobody knows which of the two is meant, so both would be shown."""
    driver = at(opening(erp.url, hiding), erp, filled(PRICE * 2))
    with pytest.raises(CaptureRefused, match="price"):
        driver.capture("filled")


def test_what_other_screens_hide_is_hidden_beside_them(opening: Opening, erp: Site) -> None:
    """The window shows more than the screen that is worked in: a banner with what its own screen hides."""
    banner = screen(target("user", css("#user"), secret=True), name="banner", anchor="Banner")
    erp.page("/banner", page('<b id="user">BOT1</b>', title="Banner"))
    driver = at(opening(erp.url, profile(OPEN, banner)), erp, filled(PRICE + '<iframe src="/banner"></iframe>'))
    shown = driver.session.page("entry")
    check_painted(driver.capture("filled"), shown, [box_of(shown.frames[1], "#user")])


def test_an_unknown_screen_is_kept_with_everything_hidden_that_any_screen_hides(
    opening: Opening, erp: Site, hiding: ErpProfile
) -> None:
    """The picture of trouble is worth most where nobody knows the screen."""
    driver = opening(erp.url, hiding)
    erp.page("/", filled(PRICE + PASSWORD).replace("Order Entry (T-1)", "Something new"))
    driver.open("/")
    shown = driver.session.page("entry")
    picture = driver.capture("trouble")
    check_painted(picture, shown, [box_of(shown, one) for one in ("#price", "#c", "input[type=password]")])
    assert picture.screen == "unknown"


def test_a_screen_that_went_away_does_not_forbid_the_picture_of_what_came(
    opening: Opening, erp: Site, hiding: ErpProfile
) -> None:
    """After a press something unknown came, without the old screen's secrets: it is kept, as unknown."""
    driver = at(opening(erp.url, hiding), erp, filled(PRICE + '<form action="/new"><button>Go</button></form>'))
    erp.page("/new", page("<p>Database error 17</p>", title="Oops"))
    driver.press(target("go", button("Go")))
    driver.session.page("entry").wait_for_url("**/new?")
    assert driver.capture("trouble").screen == "unknown"


@pytest.mark.parametrize("body", ["<body></body>", '<body style="background:black"></body>'])
def test_a_blank_page_is_no_evidence(driver: WebDriver, erp: Site, body: str) -> None:
    """White or black: nothing is kept."""
    erp.page("/", body)
    driver.open("/")
    picture = driver.capture("answer")
    with pytest.raises(CaptureRefused, match="uniform"):
        picture.develop()


MOVING = """<script>let left = 0; setInterval(() => {
  document.getElementById('price').style.marginLeft = (left = (left + 9) % 700) + 'px' }, 3)</script>"""


def test_a_secret_that_does_not_stand_still_forbids_the_picture(
    opening: Opening, erp: Site, hiding: ErpProfile
) -> None:
    """Where it was looked up is not where it was photographed."""
    driver = at(opening(erp.url, hiding), erp, filled(PRICE + MOVING))
    with pytest.raises(CaptureRefused, match="stand still"):
        driver.capture("filled")


COUNTING = """<script>window.drawn = 0; const drawn = window.__erpbridge.drawn;
  window.__erpbridge.drawn = async () => { await drawn(); window.drawn += 1 }</script>"""
FRAMES_BEGUN = """async () => { let frames = 0;
  const tick = () => { frames += 1; requestAnimationFrame(tick) };
  requestAnimationFrame(tick); await window.__erpbridge.drawn(); return frames }"""


HIDDEN_PRICES = screen(grids=[grid("lines", css("tr"), target("price", css(".price"), mask=True))])


@pytest.mark.parametrize("hiding", [HIDING, HIDDEN_PRICES], ids=["a target that stands there", "a column that is gone"])
def test_what_is_to_be_hidden_is_drawn_where_it_stands_before_it_is_photographed(
    opening: Opening, erp: Site, hiding: Screen
) -> None:
    """A busy browser's shot may be one frame old, with a secret where it stood before: two frames begin first."""
    driver = at(opening(erp.url, profile(hiding)), erp, filled(COUNTING + PRICE))
    shown = driver.session.page("entry")
    driver.capture("filled")
    assert shown.evaluate("window.drawn") == 1
    assert shown.evaluate(FRAMES_BEGUN) >= 2


def test_where_nothing_is_hidden_no_picture_waits(driver: WebDriver, erp: Site) -> None:
    """A picture a frame old tells no secret there."""
    at(driver, erp, filled(COUNTING + PRICE))
    driver.capture("filled")
    assert driver.session.page("entry").evaluate("window.drawn") == 0


def test_a_frame_that_does_not_answer_forbids_the_picture(opening: Opening, erp: Site, hiding: ErpProfile) -> None:
    """What it hides is not known, so nothing of the window is kept."""
    erp.page("/mute", page("<script>delete window.__erpbridge</script>" + PRICE, title="Mute"))
    driver = at(opening(erp.url, hiding), erp, filled(PRICE + '<iframe src="/mute"></iframe>'))
    with pytest.raises(CaptureRefused, match="does not answer"):
        driver.capture("filled")


def test_the_picture_of_a_pop_up_is_of_the_pop_up(opening: Opening, erp: Site) -> None:
    """The screen that is worked in may stand in a window of its own; closed, the main window is pictured again."""
    menu = screen(target("new", button("New")), name="menu", anchor="Menu")
    erp.page("/popup", filled())
    driver = opening(erp.url, profile(HIDING, menu))
    at(
        driver,
        erp,
        page("<button onclick=\"window.open('/popup', 'p', 'width=500,height=400')\">New</button>", title="Menu"),
        "menu",
    )
    driver.press(menu.targets["new"], leads_to=HIDING)
    driver.show(HIDING)
    pop_up = driver.session.context.pages[-1]
    check_painted(driver.capture("filled"), pop_up, [box_of(pop_up, "#price"), box_of(pop_up, "#c")])
    pop_up.close()
    assert driver.capture("trouble").screen == "unknown"
    check_painted(driver.capture("trouble"), driver.session.page("entry"), [])


def test_pictures_can_be_png(opening: Opening, erp: Site) -> None:
    """By setting, for archives that want it."""
    driver = at(opening(erp.url, profile(ENTRY), picture_format="png"), erp, filled())
    picture = driver.capture("filled")
    assert (picture.format, picture.content[:4]) == ("png", b"\x89PNG")
