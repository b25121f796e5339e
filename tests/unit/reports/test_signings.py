"""Does a signature stand for values, by two people, and for nothing that cannot be relied upon?"""

from dataclasses import replace
from datetime import date

import pytest

from bridge.model.breaks import Outcome
from bridge.model.documents import Document
from bridge.model.orders import Order
from bridge.model.statements import Role
from bridge.reports.inputs import ListPasses, Period, Typed
from bridge.reports.issuings import Issued
from bridge.reports.reconciliations import reconcile
from bridge.reports.signings import NotToBeSigned, signed
from tests.unit.reports.corruptions import wrong
from tests.unit.reports.days import (
    clean_day,
    document,
    inputs_of,
    order,
    typed,
    with_documents,
    with_ledger,
    with_orders,
)
from tests.unit.reports.offices import Days
from tests.unit.reports.workbooks_read import opened


def sign(days: Days, issued: Issued, role: Role, person: str) -> None:
    """Sign it."""
    signed(issued.statement, role, person, days.office, days.clock.now())


def standing(issued: Issued) -> list[object]:
    """What the first sheet says of the signatures."""
    rows = [[cell.value for cell in row] for row in opened(issued.path).worksheets[0].iter_rows()]
    return [row[4] for row in rows if row[0] in {"Prepared by", "Reviewed by"}]


def test_a_signature_stands_while_the_values_do(days: Days) -> None:
    """Read again an hour later with the same values it stands, with one other value it has lapsed."""
    first = days.issue(wrong("7.77"))
    sign(days, first, Role.PREPARER, "li")
    sign(days, first, Role.REVIEWER, "wang")
    assert standing(days.issue(wrong("7.77"), 0.1)) == ["✔ stands", "✔ stands"]
    lapsed = "✖ lapsed: the values are others now"
    assert standing(days.issue(wrong("8.88"), 0.2)) == [lapsed, lapsed]


def test_a_signature_is_for_each_value_and_not_for_sums() -> None:
    """Two orders that swap their customers on both sides match still, and come to the same: it is another day."""
    before, after = (reconcile(inputs_of(*swapped(swap=each))) for each in (False, True))
    assert [total.count for total in before.totals] == [total.count for total in after.totals]
    assert {row.outcome for row in after.rows} == {Outcome.MATCHED}
    assert before.values_sha256() != after.values_sha256()
    assert before.values_sha256() == reconcile(inputs_of(*swapped(swap=False))).values_sha256()


def swapped(*, swap: bool) -> tuple[list[Order], list[Typed], list[Document]]:
    """Two orders of one currency, the customers of which are swapped or not."""
    customers = ["ACME", "C-0002"][:: -1 if swap else 1]
    entered = [replace(order(4 * place), customer=each) for place, each in enumerate(customers, 1)]
    stored = [document(each, f"{place:08}") for place, each in enumerate(entered, 1)]
    return entered, [typed(each, place, f"{place:08}") for place, each in enumerate(entered, 1)], stored


def test_what_happens_to_breaks_of_other_periods_lapses_no_signature(days: Days) -> None:
    """November's break is open when December is signed; settled later, it leaves December's values as they were."""
    december = Period(date(2026, 12, 1), date(2026, 12, 31))
    days.issue(wrong("7.77"))
    first = days.issue(replace(wrong("7.77"), period=december), 1)
    assert [row.outcome for row in first.found.breaks] == [Outcome.AMOUNT_DIFF]
    sign(days, first, Role.PREPARER, "li")
    second = days.issue(replace(clean_day(), period=december), 2)
    assert (len(second.found.breaks), standing(second)[0]) == (0, "✔ stands")


def test_an_order_that_only_the_ledger_knows_is_of_the_day_it_was_taken_with(days: Days) -> None:
    """It is gone from CRM and ERP: November's, open still, it lapses no signature of December's, and one of its own."""
    december = Period(date(2026, 12, 1), date(2026, 12, 31))
    late = order(9, ordered_on=date(2026, 12, 3))
    held = with_ledger(clean_day(), lambda postings: postings.append(typed(late, 9, "00000900")))
    gone = with_orders(with_documents(held, lambda documents: documents.pop(2)), lambda orders: orders.pop(2))
    days.issue(gone)
    first = days.issue(replace(gone, period=december), 1)
    assert sorted(row.order_number for row in first.found.breaks) == ["SO00003", "SO00009"]
    sign(days, first, Role.PREPARER, "li")
    back = replace(with_orders(gone, lambda orders: orders.append(order(3))), period=december)
    assert standing(days.issue(back, 2))[0] == "✔ stands"
    own = replace(with_orders(gone, lambda orders: orders.append(late)), period=december)
    assert standing(days.issue(own, 3))[0] == "✖ lapsed: the values are others now"


def test_no_signature_stands_where_a_control_does_not_tie(days: Days) -> None:
    """The sums may be the same, and nobody can rely on them."""
    day = wrong("7.77")
    first = days.issue(day)
    sign(days, first, Role.PREPARER, "li")
    unlike = replace(day.documents, passes=ListPasses(5, 1, 8, 0, None))
    second = days.issue(replace(day, documents=unlike), 0.1)
    assert second.statement.values_sha256 == first.statement.values_sha256
    assert standing(second)[0] == "✖ lapsed: the values are others now"


def test_nobody_reviews_what_they_prepared(days: Days) -> None:
    """Two roles are two people, however their names are written."""
    first = days.issue(wrong("7.77"))
    sign(days, first, Role.PREPARER, "li")
    with pytest.raises(NotToBeSigned, match="LI has signed it in the other role"):
        sign(days, first, Role.REVIEWER, "LI")


def test_what_nobody_prepared_is_not_reviewed(days: Days) -> None:
    """Also where somebody prepared other values of the same period."""
    first = days.issue(wrong("7.77"))
    with pytest.raises(NotToBeSigned, match="nobody has signed these values as preparer"):
        sign(days, first, Role.REVIEWER, "wang")
    sign(days, first, Role.PREPARER, "li")
    with pytest.raises(NotToBeSigned, match="nobody has signed these values as preparer"):
        sign(days, days.issue(wrong("8.88"), 1), Role.REVIEWER, "wang")


def test_only_the_newest_version_of_a_period_is_signed(days: Days) -> None:
    """Nobody answers for what is known to be overtaken."""
    first = days.issue(wrong("7.77"))
    days.issue(wrong("7.77"), 1)
    with pytest.raises(NotToBeSigned, match="newer version"):
        sign(days, first, Role.PREPARER, "li")


def test_what_is_incomplete_is_not_signed(days: Days) -> None:
    """A failing control outweighs every person."""
    day = clean_day()
    first = days.issue(replace(day, documents=replace(day.documents, opened=day.documents.opened[1:])))
    with pytest.raises(NotToBeSigned, match="a control does not tie"):
        sign(days, first, Role.PREPARER, "li")


def test_a_verification_is_not_signed(days: Days) -> None:
    """It is no statement of record."""
    days.office.annotations.lock("harbour", clean_day().period.last, "wang", "month end")
    with pytest.raises(NotToBeSigned, match="verification"):
        sign(days, days.issue(clean_day()), Role.PREPARER, "li")


def test_a_workbook_that_was_altered_is_not_signed(days: Days) -> None:
    """The signature holds the hash of the workbook, so the workbook must be the one that was issued."""
    first = days.issue(wrong("7.77"))
    first.path.write_bytes(first.path.read_bytes() + b"\n")
    with pytest.raises(NotToBeSigned, match=f"{first.path.name} was changed"):
        sign(days, first, Role.PREPARER, "li")


def test_a_signature_says_who_when_and_for_which_bytes(days: Days) -> None:
    """An auditor needs all of it."""
    first = days.issue(wrong("7.77"))
    sign(days, first, Role.PREPARER, "li")
    (kept,) = days.office.annotations.sign_offs("harbour", first.statement.first, first.statement.last)
    assert (kept.person, kept.at, kept.workbook_sha256, kept.values_sha256) == (
        "li",
        days.clock.now(),
        first.statement.workbook_sha256,
        first.statement.values_sha256,
    )
