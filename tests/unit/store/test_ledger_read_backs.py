"""Is what was read back from the ERP's screens kept exactly, with the attempt, and only while the claim holds?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from bridge.errors import LeaseLost
from bridge.model.documents import Document, DocumentLine, DocumentStatus
from bridge.model.forms import Form
from bridge.model.postings import Phase, PostingState
from bridge.model.read_backs import FilledForm, ReadBacks
from bridge.store.frozen_texts import read_frozen, write_frozen
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import NOVEMBER, WORKER, claimed, document, order, take

P, S = Phase, PostingState
LINE = DocumentLine(1, "A-100", Decimal("2.50"), Decimal("19.90"), Decimal("49.75"), "螺丝 M6")
FORM = FilledForm(
    Form({"customer": "C-7", "order_date": "20/11/26"}, ({"item": "A-100", "quantity": "2.50"},)),
    customer="C-7",
    ordered_on=date(2026, 11, 20),
    currency="EUR",
    lines=(LINE,),
)
STORED = replace(document(), lines=(LINE,), total=Decimal("49.75"), status=DocumentStatus.OPEN, others={"terms": "30"})
TEXTS = st.text(max_size=6)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=3)
LINES = st.builds(DocumentLine, st.integers(1, 9), TEXTS, AMOUNTS, AMOUNTS, st.none() | AMOUNTS, TEXTS)


@given(
    st.builds(
        Document,
        TEXTS,
        TEXTS,
        st.dates(),
        TEXTS,
        TEXTS,
        st.lists(LINES, max_size=2).map(tuple),
        st.none() | AMOUNTS,
        st.none() | st.sampled_from(DocumentStatus),
        TEXTS,
        st.dictionaries(TEXTS, TEXTS, max_size=2),
    )
)
def test_a_document_that_was_kept_is_the_document_that_was_read(read: Document) -> None:
    """Every digit of every amount, every text of whatever characters, and what is not shown stays so."""
    kept = read_frozen(Document, write_frozen(read))
    assert kept == read
    assert [str(line.quantity) for line in kept.lines] == [str(line.quantity) for line in read.lines]


def test_what_an_older_version_kept_is_read_by_a_newer_one() -> None:
    """A field that did not exist then has its default, and one that exists no more is passed over."""
    older = '{"number": "D-1", "customer": "C-7", "ordered_on": "2026-11-20", "reference": "", "currency": "", '
    assert read_frozen(Document, older + '"lines": [], "colour": "red"}') == Document(
        "D-1", "C-7", date(2026, 11, 20), "", "", ()
    )


def kept(store: Store) -> ReadBacks:
    """What was kept of the only posting."""
    return store.ledger.read_backs_of(store.ledger.postings()).get(1, ReadBacks())


def test_form_and_document_are_kept_with_their_attempt_and_revision(store: Store) -> None:
    """The form comes with the intent, the document with the verification, each as it was read."""
    claim = claimed(store)
    assert kept(store) == ReadBacks()
    store.ledger.note_phase(claim, P.INTENT, read=(FORM,))
    store.ledger.note_phase(claim, P.SENT)
    store.ledger.note_phase(claim, P.VERIFIED, "D-1", (STORED,))
    found = kept(store)
    assert found.form is not None
    assert found.document is not None
    assert (found.form.content, found.document.content) == (FORM, STORED)
    assert {(each.attempt, each.revision, each.read_at) for each in (found.form, found.document)} == {
        (1, order().revision, NOVEMBER)
    }


def test_what_was_read_before_the_attempt_failed_is_kept_with_its_end(store: Store) -> None:
    """A hold says what the ERP showed, whatever the attempt came to."""
    store.ledger.end(claimed(store), S.HELD, WORKER, read=(FORM, STORED))
    found = kept(store)
    assert (found.form and found.form.content, found.document and found.document.content) == (FORM, STORED)


def test_a_later_reading_of_the_same_attempt_takes_the_place_of_the_earlier(store: Store) -> None:
    """A form that was typed anew after the ERP had ended our session is the one that was saved."""
    claim = claimed(store)
    store.ledger.note_phase(claim, P.INTENT, read=(FORM, replace(FORM, customer="C-8")))
    store.ledger.end(claim, S.HELD, WORKER, read=(replace(FORM, customer="C-9"),))
    form = kept(store).form
    assert form is not None
    assert form.content.customer == "C-9"


def test_a_form_that_was_never_saved_does_not_hide_the_one_that_was(store: Store) -> None:
    """The form that counts is the last one filled before the document was read, not that of a change that failed."""
    store.ledger.end(claimed(store), S.PENDING, WORKER, read=(FORM, STORED))
    posting = store.ledger.postings()[0]
    store.ledger.end(claimed(store, posting), S.PENDING, WORKER, read=(replace(FORM, customer="C-8"),))
    form = kept(store).form
    assert form is not None
    assert (form.attempt, form.content.customer) == (1, "C-7")


def test_whoever_lost_the_lease_keeps_nothing(store: Store) -> None:
    """What an old holder read says nothing of what the new one does."""
    claim = claimed(store)
    stale = replace(claim, token=claim.token - 1)
    with pytest.raises(LeaseLost):
        store.ledger.note_phase(stale, P.INTENT, read=(FORM,))
    with pytest.raises(LeaseLost):
        store.ledger.end(stale, S.HELD, WORKER, read=(FORM,))
    assert kept(store) == ReadBacks()


def commits(store: Store) -> list[Connection]:
    """The commits that the ledger makes from now on."""
    seen: list[Connection] = []
    event.listen(store.database._writer.engine, "commit", seen.append)
    return seen


def test_keeping_what_was_read_takes_no_commit_of_its_own(store: Store) -> None:
    """It goes to the disk with what is noted anyway: nothing comes between typing and Save that was not there."""
    claim = claimed(store)
    seen = commits(store)
    store.ledger.note_phase(claim, P.INTENT, read=(FORM,))
    assert len(seen) == 1
    store.ledger.end(claim, S.HELD, WORKER, read=(STORED,))
    assert len(seen) == 2


def test_many_postings_are_asked_for_at_once(store: Store) -> None:
    """Each has its own, and those of which nothing was kept are not there."""
    for number in range(1, 4):
        claim = claimed(store, take(store, order(number)))
        read = (replace(STORED, number=f"D-{number}"),) if number != 2 else ()
        store.ledger.end(claim, S.HELD, WORKER, read=read)
    found = store.ledger.read_backs_of(store.ledger.postings())
    assert {key: each.document.content.number for key, each in found.items() if each.document} == {1: "D-1", 3: "D-3"}
