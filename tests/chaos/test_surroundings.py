"""What if configuration, password, ERP, CRM, disk or browser is missing? One clear sentence, and nothing is lost."""

from datetime import timedelta

import pytest

from bridge.app import App
from bridge.model.postings import Phase
from bridge.settings import keep_secret, load_settings
from tests.chaos.full_disks import POSTED, with_filling_evidence, with_filling_ledger
from tests.chaos.later_clocks import LaterClock
from tests.chaos.strikes import fault, outcome, plain
from tests.installations import PASSWORD, USER, Installation

pytestmark = [pytest.mark.browser, pytest.mark.sweep]

NOWHERE = "http://127.0.0.1:9"
LIMIT = 200  # characters of a sentence that a person reads to its end


def one_sentence(said: str) -> str:
    """The one thing that was said; fails for a trace, a second sentence or a long one."""
    lines = [line for line in said.splitlines() if line.strip()]
    assert len(lines) == 1, said
    assert "Traceback" not in said
    assert len(lines[0]) <= LIMIT + 100, lines[0]
    return lines[0]


def test_without_configuration_or_secret_it_says_what_is_missing(installation: Installation) -> None:
    """Exit status 2 and the path of what is missing; nothing is touched."""
    installation.load([plain()])
    kept = installation.folder / "secrets" / "erp.harbour"
    kept.unlink()
    status, said = installation.command("run", "post_orders")
    keep_secret("erp.harbour", PASSWORD, installation.app.settings)
    assert (status, str(kept) in one_sentence(said)) == (2, True)
    moved = installation.config.rename(installation.folder / "elsewhere.toml")
    status, said = installation.command("run", "post_orders")
    moved.rename(installation.config)
    assert (status, str(installation.config) in said, "Traceback" in said) == (2, True, False)


def test_without_browser_nothing_is_tried(installation: Installation) -> None:
    """The sentence names the browser that is missing; the order keeps all its attempts."""
    wanted = plain()
    posting = installation.load([wanted])[0]
    status, said = installation.command("run", "post_orders", ERPBRIDGE_BROWSER="/nowhere/chrome")
    assert (status, "/nowhere/chrome" in one_sentence(said)) == (1, True)
    assert installation.now(posting).attempts == 0
    installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"


def test_a_wrong_password_is_tried_once_and_then_the_user_is_left_alone(installation: Installation) -> None:
    """However often the job runs, Harbour counts one refused sign-on, so that no user is ever locked by us."""
    wanted = plain()
    posting = installation.load([wanted])[0]
    keep_secret("erp.harbour", "wrong", installation.app.settings)
    status, said = installation.command("run", "post_orders")
    assert (status, "SO-001" in one_sentence(said)) == (1, True)
    for _ in range(4):
        installation.run("post_orders")
    keep_secret("erp.harbour", PASSWORD, installation.app.settings)
    report = installation.run("post_orders")
    assert "left alone" in report.troubles[0]
    assert installation.oracle.failed_sign_ons(USER) == 1
    assert installation.now(posting).attempts == 0
    assert installation.command("run", "post_orders", "--retry-sign-on")[0] == 0
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"
    assert installation.oracle.failed_sign_ons(USER) == 0


def test_while_the_erp_is_down_orders_wait(installation: Installation) -> None:
    """Down before, or from the moment of a Save on: one sentence each, and the order is posted once when it is back."""
    wanted = plain()
    posting = installation.load([wanted])[0]
    installation.configure(address=NOWHERE)
    status, said = installation.command("run", "post_orders")
    assert (status, NOWHERE in one_sentence(said)) == (1, True)
    installation.configure(address=installation.erp.url)
    installation.erp.control("faults", fault("cut_after"))
    installation.erp.control("faults", fault("cut_before", "/", "GET", times=0, skip=10))
    report = installation.run("post_orders")
    assert [installation.erp.url in trouble for trouble in report.troubles] == [True]
    assert str(outcome(installation, wanted, posting)) == "in_doubt (save_unanswered), stored 1 times"
    installation.erp.control("faults", None, "DELETE")
    installation.run("post_orders")
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"


def test_while_the_crm_is_down_nothing_is_typed_unasked(installation: Installation) -> None:
    """An order that cannot be read again is not typed; what could not be told is told when the CRM is back, once."""
    wanted = plain()
    posting = installation.load([wanted])[0]
    installation.crm.fault(500, times=1000)
    status, said = installation.command("run", "take_orders")
    assert (status, installation.crm.url in one_sentence(said)) == (1, True)
    assert installation.run("post_orders").troubles[0].startswith("The CRM sandbox does not answer")
    assert str(outcome(installation, wanted, posting)) == "pending (crm_down), stored 0 times"
    installation.crm.clear()
    installation.run("post_orders")
    installation.crm.fault(500, path="/api/orders/", moment="after", times=1000)
    assert not installation.run("tell_crm").ok
    installation.crm.clear()
    assert installation.run("tell_crm").ok
    told = installation.crm.order(int(posting.order_id))["erp"]
    assert (told["number"], told["status"]) == (installation.now(posting).document, "entered")
    assert str(outcome(installation, wanted, posting)) == "posted, stored 1 times"


def test_a_ledger_that_cannot_be_written_lets_nothing_leave_unnoted(installation: Installation) -> None:
    """Wherever the disk fills, the run ends with one sentence, and with space again each order is posted once."""
    clock = LaterClock(timedelta())
    installation.app.close()
    installation.app = App(load_settings(installation.config), clock=clock)
    ledger = with_filling_ledger(installation.app)
    steps = [Phase.INTENT.value, Phase.SENT.value, Phase.NUMBERED.value, Phase.VERIFIED.value, POSTED]
    orders = {step: plain() for step in steps}
    postings = {}
    for step, wanted in orders.items():
        postings[step] = installation.load([wanted])[0]
        ledger.number, ledger.step = wanted["number"], step
        report = installation.run("post_orders")
        assert report.troubles == (f"No space is left for {ledger.disk.name}; nothing more is typed until there is.",)
        unnoted = step in {Phase.INTENT.value, Phase.SENT.value}
        assert len(installation.oracle.of(wanted)) == (0 if unnoted else 1)
        ledger.disk.full = False
        clock.later += timedelta(hours=1)
    ledger.number = ""
    installation.run("post_orders")
    found = {step: str(outcome(installation, orders[step], postings[step])) for step in steps}
    assert found == dict.fromkeys(steps, "posted, stored 1 times")


def test_without_space_for_pictures_nothing_is_saved_unproven(installation: Installation) -> None:
    """Without a picture of the filled form nothing is saved; without one of the answer it is verified later."""
    disk = with_filling_evidence(installation.app)
    unsaved, saved = plain(), plain()
    postings = installation.load([unsaved])
    disk.step = "filled"
    assert installation.run("post_orders").troubles[0].startswith("No space is left")
    assert str(outcome(installation, unsaved, postings[0])) == "pending (storage_full), stored 0 times"
    disk.step = ""
    installation.run("post_orders")
    postings += installation.load([saved])
    disk.step = "answer"
    assert installation.run("post_orders").troubles[0].startswith("No space is left")
    assert str(outcome(installation, saved, postings[1])) == "pending (storage_full), stored 1 times"
    disk.step = ""
    installation.run("post_orders")
    found = [outcome(installation, *each) for each in zip((unsaved, saved), postings, strict=True)]
    assert [str(each) for each in found] == ["posted, stored 1 times"] * 2


def test_a_person_decides_about_what_was_not_found(installation: Installation) -> None:
    """Looked for again it is posted once it shows; on a person's word that it is not there it is typed once more."""
    found, typed = plain(), plain()
    postings = installation.load([found, typed])
    installation.erp.control("faults", fault("cut_after"))
    installation.erp.control("faults", fault("list_lag", seconds=3600))
    installation.erp.control("faults", fault("cut_before", skip=1))
    installation.run("post_orders")
    states = [str(outcome(installation, *each)) for each in zip((found, typed), postings, strict=True)]
    assert states == ["held (cannot_settle), stored 1 times", "held (cannot_settle), stored 0 times"]
    installation.erp.change("UPDATE orders SET visible_at = 0")
    reason = ("--reason", "looked into it")
    for reference, word in ((postings[0].reference, ()), (postings[1].reference, ("--not-in-erp",))):
        status, said = installation.command("orders", "settle", reference, *word, *reason)
        assert status == 0, said
    installation.run("post_orders")
    states = [str(outcome(installation, *each)) for each in zip((found, typed), postings, strict=True)]
    assert states == ["posted, stored 1 times"] * 2
