"""Does what a CRM may send, and no clerk would type, ever reach the ERP, or keep the next order waiting?"""

from collections.abc import Mapping
from typing import Any

import pytest

from bridge.model.postings import PostingState
from tests.chaos.strikes import Outcome, outcome
from tests.installations import LINE, Installation, order

pytestmark = [pytest.mark.browser, pytest.mark.sweep]

CHINESE, EMOJI, POLISH = "采购单十二", "OK 👍🏽", "Łódź 12"
KEPT: dict[str, dict[str, Any]] = {
    "plain": {},
    "umlauts": {"po_number": "Größe Ä ö ß €"},
    "quotes": {"po_number": "5\" O'Brien `x`"},
    "mark-up": {"po_number": "<script>&amp;1"},
    "formula": {"po_number": "=1+1;-2|@x"},
    "percent and backslash": {"po_number": "%s {0} \\n ${x}"},
    "a number of any script": {"number": "订单-1/2 🙂 ß"},
    "free of charge": {"lines": [LINE | {"unit_price": "0.00"}, LINE]},
    "three decimals of a quantity": {"lines": [LINE | {"quantity": "0.125", "unit_price": "4.00"}]},
}


def line(**fields: str) -> dict[str, Any]:
    """An order of a good line and a bad one."""
    return {"lines": [LINE | {"unit_price": "13.00"}, LINE | fields]}


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "no customer": ({"customer": None}, "held", "customer_missing"),
    "an empty customer": ({"customer": {"code": "", "name": ""}}, "held", "customer_missing"),
    "an unknown customer": ({"customer": {"code": "C9999", "name": "?"}}, "held", "customer_unknown"),
    "a dormant customer": ({"customer": {"code": "C1090", "name": "?"}}, "held", "customer_unknown"),
    "an ambiguous customer": ({"customer": {"code": "Smith", "name": "?"}}, "held", "customer_ambiguous"),
    "a name instead of a code": ({"customer": {"code": "O'Brien", "name": "?"}}, "held", "customer_mismatch"),
    "a customer code cut to another": ({"customer": {"code": "C1001-99", "name": "?"}}, "held", "customer_unknown"),
    "a customer code that is too long": ({"customer": {"code": "C10010000", "name": "?"}}, "rejected", "text_too_long"),
    "an unknown item": (line(item="P-99"), "held", "item_unknown"),
    "an item that is too long": (line(item="P-30-AND-THEN-SOME"), "rejected", "text_too_long"),
    "no lines": ({"lines": []}, "rejected", "order_empty"),
    "a quantity of zero": (line(quantity="0"), "rejected", "quantity_not_positive"),
    "a negative quantity": (line(quantity="-1"), "rejected", "quantity_not_positive"),
    "too many decimals of a quantity": (line(quantity="0.1250001"), "rejected", "quantity_too_fine"),
    "a negative price": (line(unit_price="-0.01"), "rejected", "price_negative"),
    "too many decimals of a price": (line(unit_price="0.345"), "rejected", "price_too_fine"),
    "a quantity longer than its field": (line(quantity="123456.125", unit_price="8.00"), "rejected", "text_too_long"),
    "a price longer than its field": (line(quantity="1", unit_price="12345678.91"), "rejected", "text_too_long"),
    "a thousand lines": ({"lines": [LINE] * 1000}, "rejected", "too_many_lines"),
    "a text longer than its field": ({"po_number": "PO 1234567890123"}, "rejected", "text_too_long"),
    "a tab": ({"po_number": "PO\t1"}, "rejected", "text_untypable"),
    "a new line": ({"po_number": "PO\r\n1"}, "rejected", "text_untypable"),
    "a text turned round": ({"po_number": "PO \u202e1"}, "rejected", "text_untypable"),
    "a character of no width": ({"po_number": "PO\u200b1"}, "rejected", "text_untypable"),
    "Chinese": ({"po_number": CHINESE}, "rejected", "text_not_kept"),
    "emoji": ({"po_number": EMOJI}, "rejected", "text_not_kept"),
    "Polish": ({"po_number": POLISH}, "rejected", "text_not_kept"),
    "blanks around a text": ({"po_number": " PO 1 "}, "rejected", "text_not_kept"),
    "blanks around an item": (line(item="P-40 "), "rejected", "text_untypable"),
    "a date the field cannot tell": ({"order_date": "2126-03-02"}, "rejected", "text_not_kept"),
    "a cancelled order": ({"status": "cancelled"}, "cancelled", "order_cancelled"),
    "a currency that is none": ({"currency": "ZZZ"}, "held", "currency_unknown"),
    "a currency the ERP lacks": ({"currency": "JPY"} | line(unit_price="13"), "held", "currency_unknown"),
    "another total": ({"total": "1.00"}, "rejected", "total_differs"),
    "another amount": (line(amount="1.00"), "rejected", "amount_differs"),
    "an order before the cut-over": ({"order_date": "2009-12-31"}, "held", "before_cut_over"),
}
MALFORMED: dict[str, dict[str, Any]] = {
    "a control character": {"po_number": "PO\x071"},
    "a control character in the number": {"number": "7\x1b[31m"},
    "no date": {"order_date": None},
    "a date that is none": {"order_date": "2026-02-30"},
    "no currency": {"currency": None},
    "a quantity that is no number": {"lines": [LINE | {"quantity": "two", "amount": "1.00"}]},
}


def test_what_harbour_keeps_exactly_is_posted(installation: Installation) -> None:
    """Quotes, mark-up and umlauts reach Harbour's tables as they stand in the CRM, and only once."""
    orders = {name: order(**fields) for name, fields in KEPT.items()}
    postings = installation.load(list(orders.values()))
    installation.run("post_orders")
    found = {
        name: str(outcome(installation, wanted, posting))
        for (name, wanted), posting in zip(orders.items(), postings, strict=True)
    }
    assert found == dict.fromkeys(KEPT, str(Outcome("posted", None, 1)))


def test_what_no_clerk_would_type_ends_with_a_reason_and_is_not_saved(installation: Installation) -> None:
    """Each bad order ends held or rejected with a worded reason, and the good one behind it is posted."""
    orders = {name: order(**fields) for name, (fields, _, _) in BAD.items()}
    postings = installation.load([*orders.values(), good := order()])
    installation.run("post_orders")
    found = {
        name: str(outcome(installation, wanted, posting))
        for (name, wanted), posting in zip(orders.items(), postings, strict=False)
    }
    assert found == {name: str(Outcome(state, reason, 0)) for name, (_, state, reason) in BAD.items()}
    assert str(outcome(installation, good, postings[-1])) == "posted, stored 1 times"
    reasons = [installation.now(posting).reason for posting in postings[:-1]]
    assert all(
        reason and "?" not in reason.worded() and reason.worded("zh_CN") != reason.worded() for reason in reasons
    )


def test_what_is_no_order_at_all_is_set_aside_with_its_reason(installation: Installation) -> None:
    """A record that cannot be read as an order keeps nothing waiting, and is told by its id until it can be read."""
    orders = {name: order(**unreadable(fields)) for name, fields in MALFORMED.items()}
    ids = installation.crm.put(*orders.values(), good := order())
    postings = installation.load([])
    installation.run("post_orders")
    aside = installation.app.store.cursors.malformed("sandbox")
    assert {name for name, order_id in zip(orders, ids, strict=False) if str(order_id) not in aside} == set()
    assert all(aside[str(order_id)].code == "order_malformed" for order_id in ids[:-1])
    assert postings == []
    posting = installation.app.store.ledger.find(good["number"])
    assert str(outcome(installation, good, posting)) == "posted, stored 1 times"


def unreadable(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the toy CRM takes them, which wants a total where it cannot work one out."""
    return {"total": "1.00"} | dict(fields) if "lines" in fields else dict(fields)


def test_two_orders_of_one_number_are_not_both_typed(installation: Installation) -> None:
    """The CRM's number is unique only if the CRM keeps it so: the second one waits for a person."""
    first = order()
    second = order(number=first["number"], lines=[LINE | {"quantity": "3"}])
    postings = installation.load([first, second])
    installation.run("post_orders")
    assert str(outcome(installation, first, postings[0])) == "posted, stored 1 times"
    assert str(outcome(installation, second, postings[1])) == "held (number_twice), stored 0 times"


def test_an_order_that_changes_while_it_is_typed_is_typed_as_it_is_now(installation: Installation) -> None:
    """What was cancelled, changed or deleted in the CRM after it was taken is seen before anything is saved."""
    cancelled, changed, removed = order(), order(), order()
    ids = installation.crm.put(cancelled, changed, removed)
    postings = installation.taken(ids)
    newer = [LINE | {"quantity": "41"}]
    installation.crm.change(ids[0], status="cancelled")
    installation.crm.change(ids[1], lines=newer)
    installation.crm.control(f"orders/{ids[2]}", None, "DELETE")
    installation.run("post_orders")
    installation.run("post_orders")
    found = [outcome(installation, cancelled, postings[0]), outcome(installation, removed, postings[2])]
    assert [str(each) for each in found] == [
        "cancelled (order_cancelled), stored 0 times",
        "cancelled (order_gone), stored 0 times",
    ]
    assert str(outcome(installation, changed | {"lines": newer}, postings[1])) == "posted, stored 1 times"
    assert installation.app.store.ledger.postings(states=[PostingState.FAILED]) == ()
