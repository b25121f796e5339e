"""Does everything a web server and a company network do survive the way on which the committing request is sent?"""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bots.drivers.web import WebDriver
from bots.drivers.web_sessions import WebOptions, WebSession
from bridge.errors import ErpDown, SaveUnanswered, ScreenUnknown
from bridge.model.profiles import Commit
from tests.screens.conftest import Opening
from tests.screens.pages import ANSWER, ENTRY, PROFILE, SAVED, button, css, form, page, profile, screen, target
from tests.screens.proxies import proxy
from tests.screens.sites import CERTIFICATE, Answering, Asked, Received, Reply, Site, site

SAVE = ENTRY.targets["save"]
NUMBER = SAVED.targets["number"]


def saved(driver: WebDriver, erp: Site, body: str = "", number: str = "10001") -> Received:
    """Open the form, save it, read the number; the request as it arrived."""
    erp.page("/", body or form())
    erp.answers.setdefault("/save", lambda _: Reply(ANSWER))
    driver.open("/")
    driver.show(ENTRY)
    driver.commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert driver.read([NUMBER]) == {"number": number}
    (request,) = erp.of("/save")
    return request


def sent_by_chromium(browser: Browser, erp: Site, body: str) -> Received:
    """The same form, sent by the browser itself."""
    erp.page("/", body)
    erp.page("/save", ANSWER)
    context = browser.new_context(locale="en-GB")
    with context.new_page() as shown:
        shown.goto(erp.url + "/")
        shown.click("button")
        shown.wait_for_selector("#number")
    context.close()
    request = erp.of("/save")[-1]
    erp.received.clear()
    return request


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_after_save_is_followed_by_the_page(driver: WebDriver, erp: Site, status: int) -> None:
    """POST, redirect, GET: the answer is read where the ERP leads, with the cookies it gave on the way."""
    given = (("Location", "/done"), ("Set-Cookie", "seen=1; Path=/; HttpOnly"), ("Set-Cookie", "token=a=b; Path=/done"))
    erp.on("/save", lambda _: Reply(status=status, headers=given))
    erp.page("/done", ANSWER)
    saved(driver, erp)
    (led,) = erp.of("/done", "GET")
    assert set(led.headers["cookie"].split("; ")) == {"seen=1", "token=a=b"}


@pytest.mark.parametrize("status", [307, 308])
def test_the_same_request_wanted_elsewhere_goes_there_once(driver: WebDriver, erp: Site, status: int) -> None:
    """A server that moved asks for the same POST at another address; the browser's own repeats stay out of it."""
    erp.on("/save", lambda _: Reply(status=status, headers=(("Location", "/new/save"),)))
    erp.page("/new/save", ANSWER)
    saved(driver, erp)
    assert [one.body for one in erp.of("/new/save")] == [b"customer=C1"]


def test_a_save_is_not_sent_on_to_another_server(driver: WebDriver, erp: Site) -> None:
    """Where another server is to get the order nobody knows what happened: in doubt."""
    with site() as other:
        erp.on("/save", lambda _: Reply(status=307, headers=(("Location", other.url + "/save"),)))
        with pytest.raises(SaveUnanswered, match="sent on"):
            saved(driver, erp)
        assert other.of() == []


def test_cookies_of_the_answer_belong_to_the_session(driver: WebDriver, erp: Site) -> None:
    """A cookie set by the answer to Save is sent with the next page."""
    erp.page("/save", ANSWER, headers=(("Set-Cookie", "order=10001; Path=/; HttpOnly"),))
    saved(driver, erp)
    driver.open("/")
    assert erp.of("/", "GET")[-1].headers["cookie"] == "order=10001"


# What a connection or the browser's own network adds; nothing that says who asks for what.
IGNORED = {"connection", "cache-control", "pragma", "host", "accept-encoding", "content-length"}


def test_the_server_sees_the_headers_that_the_browser_would_send(
    driver: WebDriver, browser: Browser, erp: Site
) -> None:
    """ERPs look at the referrer, the origin and the browser: on our way they are the same."""
    erp.page("/", form(), headers=(("Set-Cookie", "session=7; HttpOnly"),))
    wanted = sent_by_chromium(browser, erp, form()).headers
    got = saved(driver, erp).headers
    wanted = {name: value for name, value in wanted.items() if name not in IGNORED and not name.startswith("sec-fetch")}
    assert {name: value for name, value in got.items() if name not in IGNORED} == wanted
    assert {"referer", "origin", "user-agent", "content-type"} <= set(got)


def test_cookies_of_the_form_go_with_save(driver: WebDriver, erp: Site) -> None:
    """Also those that no script can read, and only those of the path."""
    given = (("Set-Cookie", "session=7; HttpOnly"), ("Set-Cookie", "elsewhere=1; Path=/other"))
    erp.on("/start", lambda _: Reply(form(), headers=given))
    driver.open("/start")
    assert saved(driver, erp).headers["cookie"] == "session=7"


CHINESE = '<input name="customer" value="重庆某科技 Müller €">'


@pytest.mark.parametrize(
    "attributes",
    [
        'accept-charset="windows-1252"',
        'accept-charset="gbk"',
        "",
        'enctype="multipart/form-data"',
        'enctype="multipart/form-data" accept-charset="gbk"',
        'enctype="text/plain"',
    ],
)
def test_the_body_arrives_byte_by_byte(driver: WebDriver, browser: Browser, erp: Site, attributes: str) -> None:
    """Whatever the form's encoding: the bytes are those that the browser itself would have sent."""
    body = form(CHINESE, attributes=attributes)
    wanted = without_boundary(sent_by_chromium(browser, erp, body).body)
    assert without_boundary(saved(driver, erp, body).body) == wanted
    assert "重庆".encode("gbk" if "gbk" in attributes else "utf-8") in wanted or b"%" in wanted


def without_boundary(body: bytes) -> bytes:
    """A form in parts with the browser's random separator taken out."""
    return re.sub(rb"----WebKitFormBoundary\w+", b"----", body)


def test_an_order_of_600_lines_arrives_whole(driver: WebDriver, erp: Site) -> None:
    """A large body is not cut."""
    lines = "".join(f'<input type="hidden" name="item_{n}" value="{"P" * 200}{n}">' for n in range(600))
    body = saved(driver, erp, form(lines)).body
    assert body.endswith(b"item_599=" + b"P" * 200 + b"599")
    assert body.count(b"&item_") == 600


GBK = page('<p>单号 <b id="number">甲10001</b></p>', title="Saved").replace("utf-8", "gbk")


@pytest.mark.parametrize(
    ("reply", "number"),
    [
        pytest.param(Reply(ANSWER, zipped=True), "10001", id="zipped"),
        pytest.param(Reply(ANSWER, chunked=True), "10001", id="chunked"),
        pytest.param(Reply(ANSWER, zipped=True, chunked=True), "10001", id="both"),
        pytest.param(Reply(ANSWER, status=500), "10001", id="status 500"),
        pytest.param(Reply(GBK.encode("gbk"), kind="text/html; charset=gbk"), "甲10001", id="gbk by header"),
        pytest.param(Reply(GBK.encode("gbk"), kind="text/html"), "甲10001", id="gbk by page"),
        pytest.param(
            Reply(ANSWER.replace("10001", "£1").encode("cp1252"), kind="text/html; charset=windows-1252"),
            "£1",
            id="cp1252",
        ),
        pytest.param(Reply(ANSWER + "<!--" + "x" * 2_000_000 + "-->"), "10001", id="large"),
    ],
)
def test_the_answer_is_read_as_the_browser_would(driver: WebDriver, erp: Site, reply: Reply, number: str) -> None:
    """Zipped, in pieces, in old encodings, or with an error status: the page shows the same."""
    erp.on("/save", lambda _: reply)
    saved(driver, erp, number=number)


CHALLENGE = Reply("who are you?", 401, (("WWW-Authenticate", 'Basic realm="ERP"'),))
PASSWORD = "Basic dXNlcjpwYXNzIHdvcmQ="


def guarded(reply: Reply) -> Answering:
    """The reply for whoever gives the web server's own password."""
    return lambda one: reply if one.headers.get("authorization") == PASSWORD else CHALLENGE


def test_the_web_servers_own_password_goes_with_save_at_once(opening: Opening, erp: Site) -> None:
    """Basic authentication: one POST with the password, not one without and one with it."""
    driver = opening(erp.url, basic_auth=("user", "pass word"))
    erp.on("/", guarded(Reply(form())))
    erp.on("/save", guarded(Reply(ANSWER)))
    driver.open("/")
    driver.show(ENTRY)
    driver.commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert ["authorization" in one.headers for one in erp.of("/save")] == [True]


def test_the_web_servers_password_is_told_to_no_other_server(opening: Opening, erp: Site) -> None:
    """Another server that asks for a password does not get the ERP's."""
    with site() as other:
        other.on("/pixel", lambda _: CHALLENGE)
        driver = opening(erp.url, basic_auth=("user", "pass word"))
        erp.page("/", form(f'<img src="{other.url}/pixel">'))
        driver.open("/")
        driver.show(ENTRY)
        other.wait_for(1, "/pixel", "GET")
        driver.session.context.request.get(other.url + "/pixel")
        assert not [one for one in other.received if "authorization" in one.headers]


def test_a_certificate_of_our_own_is_accepted_where_that_is_configured(opening: Opening) -> None:
    """Self-signed ERPs are common inside: all requests, Save too."""
    with site(secure=True) as erp:
        saved(opening(erp.url, trust_any_certificate=True), erp)


def test_a_certificate_nobody_vouches_for_is_refused_before_anything_is_typed(opening: Opening) -> None:
    """Without the configuration the ERP is down, at the first page."""
    with site(secure=True) as erp, pytest.raises(ErpDown):
        saved(opening(erp.url), erp)


@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("user", ["", "clerk"])
def test_a_proxy_is_used_for_save_too(opening: Opening, user: str, *, secure: bool) -> None:
    """What the browser reaches through the company's proxy, password or not, Save reaches the same way."""
    with site(secure=secure) as erp, proxy(user, "a:b@c") as between:
        given = f"{user}:a%3Ab%40c@" if user else ""
        address = between.url.replace("//", f"//{given}")
        saved(opening(erp.url, proxy=address, trust_any_certificate=True), erp)
        assert len(erp.of("/save")) == 1
        assert erp.connections <= len(between.received)


def test_a_road_that_only_save_would_take_is_proven_before_typing(opening: Opening, erp: Site) -> None:
    """Save goes through a tunnel, which some proxies deny to plain HTTP: that is found out at the first page."""
    erp.page("/", form())
    with proxy(tunnels=False) as between, pytest.raises(ErpDown, match="road that Save takes"):
        opening(erp.url, proxy=between.url).open("/")


def test_the_machines_own_certificates_are_known_on_that_road(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's authority, installed on the machine, is trusted by Save as it is by the browser."""
    authority = tmp_path / "authority.pem"
    authority.write_text(re.sub(r"-+BEGIN PRIVATE.*", "", CERTIFICATE.read_text(), flags=re.DOTALL))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    statuses: list[int] = []

    def reach() -> None:
        session = WebSession("small", erp.url, WebOptions())
        statuses.append(session.context.request.get(erp.url + "/").status)
        session.close()

    with site(secure=True) as erp:
        erp.page("/", "x")
        # A browser of its own needs a thread of its own beside the one of this file.
        thread = threading.Thread(target=reach)
        thread.start()
        thread.join()
    assert statuses == [200]


FILE = (("Content-Disposition", 'attachment; filename="order.pdf"'),)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(b"%PDF-1.4", kind="application/pdf", headers=FILE), id="download"),
        pytest.param(Reply(status=204), id="no content"),
    ],
)
def test_an_answer_that_is_no_page_leaves_the_form_and_is_told_soon(opening: Opening, erp: Site, reply: Reply) -> None:
    """A confirmation as a file, or nothing at all: no number can be read, and that is said without a long wait."""
    driver = opening(erp.url)
    erp.on("/save", lambda _: reply)
    with pytest.raises(ScreenUnknown, match="Customer"):
        saved(driver, erp)
    assert len(erp.of("/save")) == 1


def test_an_answer_in_a_new_window_is_found_there(driver: WebDriver, erp: Site) -> None:
    """A form may answer into a window of its own."""
    saved(driver, erp, form(attributes='target="_blank"'))
    assert len(driver.session.context.pages) == 2


def test_an_answer_in_a_frame_is_found_there(driver: WebDriver, erp: Site) -> None:
    """Or into a frame beside the form."""
    saved(driver, erp, form('<iframe name="answer"></iframe>', attributes='target="answer"'))


CALL = """type="button" onclick="{} => {{ document.body.innerHTML = {} }})" """
FETCH = "fetch('/save', {method: 'POST', body: new URLSearchParams({customer: 'C1'})}).then((a) => a.text()).then((t)"
OLD = "const x = new XMLHttpRequest(); x.open('POST', '/save'); x.send('customer=C1'); x.addEventListener('load', (t)"
INTO = "`<h1>Saved</h1><b id=number>10001</b>`"


@pytest.mark.parametrize("how", [FETCH, OLD])
def test_a_save_by_script_is_held_and_its_answer_read(driver: WebDriver, erp: Site, how: str) -> None:
    """A page that saves without leaving: held, sent once, and the changed page is a new screen."""
    saved(driver, erp, form(button=CALL.format(how, INTO)))


def test_a_save_by_script_whose_answer_looks_alike_is_seen(opening: Opening, erp: Site) -> None:
    """The same form again with a line that says so, and no new page."""
    alike = replace(SAVED, name="alike", anchor=ENTRY.anchor)
    driver = opening(erp.url, profile(ENTRY, alike))
    into = "`<h1>Order Entry (T-1)</h1><b id=number>10001</b>`"
    erp.page("/", form(button=CALL.format(FETCH, into)))
    erp.page("/save", "")
    driver.open("/")
    driver.show(ENTRY)
    driver.commit(SAVE, lambda: True)
    driver.show(alike)
    assert driver.read([NUMBER]) == {"number": "10001"}


def test_a_save_that_looks_alike_is_not_mistaken_for_the_old_page(
    driver: WebDriver, opening: Opening, erp: Site
) -> None:
    """The old form is still on the screen while the answer, which has its title, is on its way."""
    alike = screen(target("notice", css("#notice")), name="alike", anchor="Order Entry (T-1)")
    erp.on("/save", lambda _: Reply(page('<p id="notice">Order 1 saved</p>'), wait=0.4))
    driver = opening(erp.url, profile(ENTRY, alike))
    erp.page("/", form('<p id="notice">Order 0 saved</p>'))
    driver.open("/")
    driver.show(ENTRY)
    driver.commit(SAVE, lambda: True)
    driver.show(alike)
    assert driver.read([alike.targets["notice"]]) == {"notice": "Order 1 saved"}


def test_a_save_from_inside_a_frame_by_an_image_button_is_held(opening: Opening, erp: Site) -> None:
    """The commit may come from a frame, and through a picture."""
    inner = screen(target("save", css("input[type=image]")), name="inner", commit=Commit("POST", "/save"))
    erp.page(
        "/form", page('<form method="post" action="/save"><input type="image" alt="Save" width=30 height=20></form>')
    )
    erp.page("/save", ANSWER)
    erp.page("/", page('<iframe src="/form" width=600 height=300></iframe>', title="Around"))
    driver = opening(erp.url, profile(inner, SAVED))
    driver.open("/")
    driver.show(inner)
    leave = Asked(erp)
    driver.commit(inner.targets["save"], leave)
    driver.show(SAVED)
    assert (leave.before, len(erp.of("/save"))) == ([0], 1)


def test_profiles_of_these_tests_save_by_post() -> None:
    """What the tests above rely on."""
    assert [one.commit for one in PROFILE.screens.values() if one.commit] == [Commit("POST", "/save")]
    assert button("Save") in SAVE.locators
