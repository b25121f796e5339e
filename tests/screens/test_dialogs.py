"""What becomes of a dialog? An expected one is answered as told, any other one ends the attempt with its text."""

import pytest

from bots.drivers.web import WebDriver
from bridge.errors import DialogUnexpected, TimedOut
from tests.screens.conftest import Opening
from tests.screens.pages import ANSWER, ENTRY, SAVED, css, form, page, target
from tests.screens.sites import Asked, Reply, Site

SAVE = ENTRY.targets["save"]
CUSTOMER = ENTRY.targets["customer"]
ASKING = form(button="""onclick="return confirm('Save order? It cannot be undone')" """)


def at_entry(driver: WebDriver, erp: Site, body: str) -> WebDriver:
    """The driver in front of the form."""
    erp.page("/", body)
    erp.answers.setdefault("/save", lambda _: Reply(ANSWER))
    driver.open("/")
    driver.show(ENTRY)
    return driver


def test_a_question_we_expect_is_answered_with_yes(driver: WebDriver, erp: Site) -> None:
    """Playwright would press Cancel in a dialog nobody listens to: then nothing is saved."""
    at_entry(driver, erp, ASKING)
    with driver.dialogs({"Save order?": True}):
        driver.commit(SAVE, lambda: True)
    driver.show(SAVED)
    assert len(erp.of("/save")) == 1


def test_a_question_we_expect_is_answered_with_no(opening: Opening, erp: Site) -> None:
    """Told to say no: nothing leaves, and that is noticed soon."""
    driver = at_entry(opening(erp.url, give_up_after=0.5), erp, ASKING)
    with driver.dialogs({"Save order?": False}), pytest.raises(TimedOut):
        driver.commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    assert erp.of() == []


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("return confirm('Over the credit limit. Go on?')", "Over the credit limit"),
        ("return prompt('Password of the manager?') === 'x'", "Password of the manager"),
        ("alert('数量不足'); return false", "数量不足"),
        ("alert('Stock is low')", "Stock is low"),
    ],
)
def test_an_unknown_dialog_at_save_ends_the_attempt(driver: WebDriver, erp: Site, script: str, told: str) -> None:
    """Whatever the page asks or says that the profile does not know: nothing leaves, its text is the error."""
    at_entry(driver, erp, form(button=f'onclick="{script}"'))
    with driver.dialogs({"Save order?": True}), pytest.raises(DialogUnexpected, match=told):
        driver.commit(SAVE, lambda: pytest.fail("leave must not be asked"))
    assert erp.of() == []


def test_an_answer_is_valid_only_inside_its_block(driver: WebDriver, erp: Site) -> None:
    """What was expected for one press is not expected for the next."""
    at_entry(driver, erp, ASKING)
    with driver.dialogs({"Save order?": True}):
        pass
    with pytest.raises(DialogUnexpected, match="Save order"):
        driver.commit(SAVE, lambda: True)
    assert erp.of() == []


def test_a_dialog_that_the_answer_opens_ends_the_attempt_in_doubt(driver: WebDriver, erp: Site) -> None:
    """The order left and the answer says something unexpected: the text is told, the caller knows that it left."""
    erp.page("/save", ANSWER.replace("<body>", """<body onload="alert('Printer is out of paper')">"""))
    leave = Asked(erp)
    at_entry(driver, erp, form())
    with pytest.raises(DialogUnexpected, match="out of paper"):  # noqa: PT012 - it opens when the browser likes
        driver.commit(SAVE, leave)
        driver.show(SAVED)
    assert (leave.before, len(erp.of("/save"))) == ([0], 1)


def test_a_dialog_while_the_answer_is_awaited_does_not_send_again(driver: WebDriver, erp: Site) -> None:
    """A timer of the page speaks up while the request is on its way: one request, and the text."""
    erp.on("/save", lambda _: Reply(ANSWER, wait=0.6))
    body = form(button="""onclick="setTimeout(() => alert('Session ends soon'), 100)" """, attributes='target="answer"')
    at_entry(driver, erp, body + '<iframe name="answer"></iframe>')
    with pytest.raises(DialogUnexpected, match="Session ends soon"):
        driver.commit(SAVE, lambda: True)
    assert len(erp.of("/save")) == 1


@pytest.mark.parametrize("where", ["onload", "onclick", "onchange"])
def test_a_dialog_outside_save_ends_the_attempt_too(driver: WebDriver, erp: Site, where: str) -> None:
    """While a page loads, at another button, at a field that is left."""
    say = "alert('Customer is blocked')"
    extra = f'<button type="button" id="u" {where if where == "onclick" else "x"}="{say}">Update</button>'
    body = form(extra).replace('value="C1"', f'value="C1" {where if where == "onchange" else "x"}="{say}"')
    erp.page("/", body.replace("<body>", f'<body {where if where == "onload" else "x"}="{say}">'))
    driver.open("/")
    with pytest.raises(DialogUnexpected, match="Customer is blocked"):  # noqa: PT012 - one of them, told by `where`
        driver.show(ENTRY)
        driver.fill([(CUSTOMER, "C2")])
        driver.press(target("update", css("#u")))


@pytest.mark.parametrize("inside", ["frame", "pop-up"])
def test_dialogs_of_frames_and_pop_ups_are_heard(driver: WebDriver, erp: Site, inside: str) -> None:
    """Wherever it opens."""
    erp.page("/speaker", page("<script>setTimeout(() => alert('Heard'), 50)</script>", title="Speaker"))
    body = '<iframe src="/speaker"></iframe>' if inside == "frame" else "<script>window.open('/speaker', 's')</script>"
    erp.page("/", page(body, title="Other"))
    driver.open("/")
    with pytest.raises(DialogUnexpected, match="Heard"):
        driver.show(ENTRY)


UNSAVED = """<script>addEventListener('beforeunload', (event) => {
  event.preventDefault(); event.returnValue = 'x'; });</script>"""


def touched(driver: WebDriver, erp: Site) -> WebDriver:
    """A form that was typed into and does not want to be left."""
    erp.page("/next", page("", title="Saved"))
    at_entry(driver, erp, form(UNSAVED + '<a href="/next">Next</a>'))
    driver.fill([(CUSTOMER, "C2")])
    return driver


def test_a_form_that_we_leave_ourselves_is_left(driver: WebDriver, erp: Site) -> None:
    """Going to another address abandons the form; the browser's question does not keep us."""
    touched(driver, erp).open("/next")
    driver.show(SAVED)


def test_a_form_that_would_be_left_by_a_press_is_not_left_unasked(driver: WebDriver, erp: Site) -> None:
    """A press that would throw away what was typed ends the attempt and the form stays."""
    touched(driver, erp)
    with pytest.raises(DialogUnexpected, match="beforeunload"):  # noqa: PT012 - it opens when the browser likes
        driver.press(target("next", css("a")), leads_to=SAVED)
        driver.show(SAVED)
    assert driver.session.page("entry").url == erp.url + "/"


def test_a_form_may_be_left_by_a_press_where_that_is_expected(driver: WebDriver, erp: Site) -> None:
    """A profile names the browser's own question by its kind."""
    touched(driver, erp)
    with driver.dialogs({"beforeunload": True}):
        driver.press(target("next", css("a")), leads_to=SAVED)
        driver.show(SAVED)
