"""Was an unanswered Save stored? What is concluded from each answer, each silence and each search."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bridge.entry import carry
from bridge.errors import SeatDied, SessionLost, TargetNotFound
from bridge.model.documents import Document, DocumentStatus
from bridge.model.postings import Phase, PostingState
from tests.fake_bots import FakeBot
from tests.fake_erps import Saving, unanswered
from tests.samples import order
from tests.troubles import BEFORE, Point
from tests.unit.entry_worlds import COMMIT, CONTROL, LISTING, Opened, World, books

S = PostingState
ORDER = order()
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
KNOWN, UNKNOWN = "SO-150 Credit limit exceeded", "SO-177 Period closed"


@pytest.fixture(scope="module")
def opened() -> Iterator[Opened]:
    """A ledger with its clock."""
    with books() as ready:
        yield ready


@dataclass(frozen=True)
class Case:
    """How the ERP takes the one Save, and what becomes of the order where an absence waits, and where it is retyped.

    `stored` is how many documents live in the end in either case.
    """

    saving: Saving
    hold: str
    retype: str = ""
    stored: tuple[int, int] = (1, 1)


def void(document: Document) -> Document:
    """The document, cancelled by somebody."""
    return replace(document, status=DocumentStatus.CANCELLED)


def unreferenced(document: Document) -> Document:
    """The document with the beginning of its reference only."""
    return replace(document, reference=document.reference[:6])


ASK = "held cannot_settle"
CASES: Mapping[str, Case] = {
    "stored, no answer": Case(unanswered(), "posted"),
    "stored, a blank page": Case(Saving(text=""), "posted"),
    "stored, a known refusal": Case(Saving(text=KNOWN), "posted"),
    "stored, another text": Case(Saving(text=UNKNOWN), "posted"),
    "stored, session lost": Case(Saving(trouble=SessionLost(erp="erp", text="Session expired!")), "posted"),
    "stored, seat dead": Case(Saving(trouble=SeatDied(erp="erp", why="killed")), "posted"),
    "stored late": Case(unanswered(commit_lag=COMMIT), "posted"),
    "stored and listed late": Case(unanswered(commit_lag=COMMIT, list_lag=LISTING), "posted"),
    "listed late": Case(unanswered(list_lag=LISTING), "posted"),
    "stored twice": Case(unanswered(times=2), "held found_several", stored=(2, 2)),
    "stored void": Case(unanswered(change=void), "held found_void", stored=(0, 0)),
    "stored otherwise": Case(unanswered(change=lambda each: replace(each, lines=())), "held found_different"),
    "stored, reference cut": Case(unanswered(change=unreferenced), "held look_alike"),
    "absent, no answer": Case(unanswered(times=0), ASK, "posted", (0, 1)),
    "absent, a blank page": Case(Saving(times=0), ASK, "posted", (0, 1)),
    "absent, a known refusal": Case(Saving(times=0, text=KNOWN), "rejected refused_by_erp", stored=(0, 0)),
    "absent, another text": Case(Saving(times=0, text=UNKNOWN), ASK, "posted", (0, 1)),
    "later than declared": Case(unanswered(commit_lag=HOUR), ASK, stored=(1, 2)),
}


@pytest.mark.parametrize("absent", ["hold", "retype"])
@pytest.mark.parametrize("case", CASES)
def test_an_unanswered_save_is_settled_by_searching(opened: Opened, case: str, absent: str) -> None:
    """Only what the ERP shows after its lags counts, whatever it said; what is absent is never saved by a guess.

    The last case says what "retype" costs where the profile declares less than is true: that is why it is not the rule.
    """
    given = CASES[case]
    world = World(*opened, absent=absent)
    world.erp.plan(given.saving)
    posting = world.taken(ORDER)
    doubtful = world.attempt(posting)
    assert (doubtful.state, doubtful.phase) == (S.IN_DOUBT, Phase.SENT)
    world.work()
    world.clock.wait(HOUR.total_seconds())
    state, code, live, _ = world.told(posting)
    expected = given.retype or given.hold if absent == "retype" else given.hold
    if case == "later than declared" and absent == "retype":
        expected = "posted"
    assert (f"{state} {code or ''}".strip(), live) == (expected, given.stored[absent == "retype"])


def test_what_comes_after_a_person_was_asked_is_found_when_asked_again(opened: Opened) -> None:
    """A Save that is stored long after the declared lags is still one document once the person asks again."""
    world = World(*opened)
    world.erp.plan(unanswered(commit_lag=HOUR))
    posting = world.taken(ORDER)
    world.work()
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)
    world.clock.wait(HOUR.total_seconds())
    world.release(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 1)


def test_a_person_who_looked_has_it_typed_again(opened: Opened) -> None:
    """Only the word of a person, or a profile that vouches for its lags, makes a second Save of one order."""
    world = World(*opened)
    world.erp.plan(unanswered(times=0))
    posting = world.taken(ORDER)
    world.work()
    world.say_absent(posting)
    world.work()
    assert world.told(posting) == ("posted", None, 1, 2)


# --- absence must be proved -----------------------------------------------------------------------------------------


def doubtful(world: World) -> World:
    """The world with an order in doubt that was not stored."""
    world.erp.plan(unanswered(times=0))
    world.attempt(world.taken(ORDER))
    return world


@pytest.mark.parametrize("lags", [(None, None), (COMMIT, None), (None, LISTING)])
@pytest.mark.parametrize("absent", ["hold", "retype"])
def test_without_declared_lags_nothing_settles_by_itself(
    opened: Opened, lags: tuple[timedelta | None, timedelta | None], absent: str
) -> None:
    """A profile that leaves one lag out proves no absence, however long one waits."""
    world = doubtful(World(*opened, lags=lags, absent=absent))
    world.clock.wait(HOUR.total_seconds())
    world.work()
    (posting,) = world.postings()
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)


def test_an_absence_before_the_lags_are_over_proves_nothing(opened: Opened) -> None:
    """Whoever asks too early gets no answer that counts; the order waits for a person instead of being typed."""
    world = doubtful(World(*opened, absent="retype"))
    (posting,) = world.postings()
    world.clock.wait((COMMIT + LISTING - SECOND).total_seconds())
    world.attempt(posting)
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)


def test_a_clock_that_was_set_forward_proves_no_absence(opened: Opened) -> None:
    """By the clock the lags are over; how long the session has really lasted says that they are not."""
    world = doubtful(World(*opened, absent="retype"))
    world.desk()
    world.clock.wait(HOUR.total_seconds())
    (posting,) = world.postings()
    young = replace(world.desk(), signed_on_for=lambda: COMMIT + LISTING - SECOND)
    claim = world.store.ledger.claim(posting, young.worker, young.lease)
    assert claim is not None
    carry(young, claim)
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)


def test_the_lags_begin_when_the_old_session_is_gone(opened: Opened) -> None:
    """Not the moment of the lost answer counts, but that of the new sign-on, which ended the old session."""
    world = doubtful(World(*opened, absent="retype"))
    world.clock.wait((COMMIT + LISTING).total_seconds())
    world.desk()
    (posting,) = world.postings()
    world.attempt(posting)
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)


def test_a_session_older_than_the_doubt_asks_too_early_as_well(opened: Opened) -> None:
    """Another seat that was signed on all the while waits out the lags from the lost answer on."""
    world = World(*opened, absent="retype")
    older = FakeBot(world.erp, "BOT2")
    older.sign_on()
    world.clock.wait(HOUR.total_seconds())
    (posting,) = doubtful(world).postings()
    world.clock.wait((COMMIT + LISTING - SECOND).total_seconds())
    world.seat = older
    assert not world.ready(posting)
    world.attempt(posting)
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)


@pytest.mark.parametrize("broken", ["no control is known", "the control is not found"])
def test_an_absence_counts_only_where_the_search_finds_what_is_there(opened: Opened, broken: str) -> None:
    """A search that finds nothing, not even what must be there, is a broken search and no proof."""
    world = doubtful(World(*opened, absent="retype"))
    if broken == "no control is known":
        world.control_reference = None
    else:
        world.erp.remove(min(world.erp.documents))
    world.work()
    (posting,) = world.postings()
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)


def test_the_newest_posted_order_is_the_control(opened: Opened) -> None:
    """Once an order was posted, a search must find its reference; the configured one is for the first day."""
    world = World(*opened, absent="retype")
    world.taken(order(2))
    world.work()
    world.erp.remove(min(world.erp.documents))
    assert not [each for each in world.erp.documents.values() if each.reference == CONTROL]
    doubtful(world)
    world.work()
    assert [posting.state for posting in world.postings()] == [S.POSTED, S.POSTED]


def test_an_erp_without_a_field_for_us_never_settles(opened: Opened) -> None:
    """Where nothing can be searched, what is in doubt is a person's to decide."""
    world = World(*opened, absent="retype")
    posting = world.taken(ORDER)
    world.profile = replace(world.profile, reference=None)
    world.erp.plan(unanswered())
    world.work()
    assert world.told(posting) == ("held", "erp_cannot_be_searched", 1, 1)


def test_settling_that_fails_again_and_again_ends_with_a_person(opened: Opened) -> None:
    """The order stays in doubt while a search may still succeed, and is held when it never does."""
    world = doubtful(World(*opened))
    (posting,) = world.postings()

    def blow() -> None:
        raise TargetNotFound(target="reference", screen="order_list")

    for number in range(1, 99):
        world.fate.strike(Point(f"bot.search#{number}", BEFORE), blow)
    world.work()
    assert world.told(posting) == ("held", "cannot_settle", 0, 1)
    assert 3 < world.now(posting).attempts <= 7


def test_a_change_in_the_crm_waits_until_the_doubt_is_settled(opened: Opened) -> None:
    """What was sent is settled as it was sent; the change counts afterwards, and a person changes the posted order."""
    world = World(*opened, procedures=frozenset())
    world.erp.plan(unanswered())
    posting = world.taken(ORDER)
    world.attempt(posting)
    world.crm.put(replace(ORDER, lines=ORDER.lines[:1]))
    world.take(ORDER)
    assert world.now(posting).state is S.IN_DOUBT
    world.work()
    assert world.told(posting) == ("held", "changed_after_posting", 1, 1)
