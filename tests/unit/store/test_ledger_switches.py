"""Does everybody see at once what a person turned off?"""

from datetime import timedelta

from bridge.errors import StopOrdered
from bridge.store.ledgers import Store, open_ledger
from tests.unit.store.ledger_samples import ERP, NOVEMBER, StandingClock


def test_a_stop_is_seen_everywhere_until_somebody_resumes(store: Store, url: str, clock: StandingClock) -> None:
    """Every process that has the ledger open sees the stop at once, with who ordered it and why."""
    with open_ledger(url, clock) as other:
        assert other.ledger.stopped() is None
        store.switches.stop("Li", "wrong prices")
        assert other.ledger.stopped() == other.switches.stopped() == StopOrdered(person="Li", why="wrong prices").reason
        store.switches.stop("Wang", "still")
        store.switches.resume("Li")
        assert other.ledger.stopped() is None


def test_a_user_that_was_refused_is_left_alone_until_somebody_lifts_it(store: Store) -> None:
    """After one refused sign-on the ERP user is barred, with what the ERP said; only that user, only there."""
    store.switches.bar(ERP, "rpa1", "Wrong password")
    store.switches.bar(ERP, "rpa1", "Wrong password (2)")
    assert store.switches.barred(ERP, "rpa1") == "Wrong password (2)"
    assert store.switches.barred(ERP, "rpa2") is None
    assert store.switches.barred("granite", "rpa1") is None
    store.switches.lift(ERP, "rpa1")
    assert store.switches.barred(ERP, "rpa1") is None


def test_the_cut_over_is_set_for_each_erp(store: Store) -> None:
    """No cut-over is known before it was set; the last one set counts."""
    assert store.switches.cut_over(ERP) is None
    store.switches.set_cut_over(ERP, NOVEMBER, "Li")
    store.switches.set_cut_over(ERP, NOVEMBER + timedelta(days=1), "Li")
    store.switches.set_cut_over("granite", NOVEMBER, "Li")
    assert store.switches.cut_over(ERP) == NOVEMBER + timedelta(days=1)
