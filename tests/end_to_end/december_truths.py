"""What does not agree, by the tables of CRM, ledger and Harbour alone? Counted without any rule of the product's."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.end_to_end.december_days import Days
from tests.end_to_end.december_differences import (
    Order,
    differing,
    document_values,
    group_of,
    kind_of_quantities,
    order_values,
    pence,
    total_of,
)
from tests.oracles import Stored

Key = tuple[str, str]  # ("order", its number in the CRM) or ("document", its number in Harbour)
PRECEDENCE = (
    *("LINK_CONFLICT", "UNCERTAIN_COMMIT", "ORPHAN_IN_ERP", "CANCELLED_LIVE", "DUPLICATE_IN_ERP", "NOT_TYPED"),
    *("MISSING_IN_ERP", "CUSTOMER_DIFF", "CURRENCY_DIFF", "ITEM_DIFF", "QTY_DIFF", "AMOUNT_DIFF", "CUTOFF_DIFF"),
    "STATUS_DIFF",
)
GONE_BY_ITSELF = {("NOT_TYPED", "PENDING"), ("QTY_DIFF", "PARTIAL")}
STAYS = {"held": "HELD", "rejected": "REJECTED", "failed": "FAILED", "cancelled": "CANCELLED"}
BY_TIME = ("PENDING", "OVERDUE")  # another of these is no other value
PATIENCE = timedelta(hours=4)  # how long an order may wait, as the installation is configured


@dataclass(frozen=True)
class Entered:
    """What the ledger says of one order, read from its own file."""

    order_number: str
    reference: str
    state: str
    phase: str
    document: str | None
    ordered_on: str

    @property
    def committed(self) -> bool:
        """Whether the ledger says that Harbour stored it."""
        return self.state == "posted" or self.phase in {"numbered", "verified"} or self.document is not None


@dataclass(frozen=True)
class Truth:
    """One break as it truly is.

    `codes` are all that is true, the first names it; `values` differ where any value does. `about` are the order and
    the document it leads to, `days` those of theirs that were read, `together` all live documents of that order. What
    was `whole` in one document once is no part that is to come.
    """

    codes: tuple[str, ...]
    sub: str
    values: tuple[object, ...]
    about: tuple[str, str]
    days: tuple[date, ...]
    whole: bool = False
    together: frozenset[str] = frozenset()

    @property
    def pressing(self) -> bool:
        """Whether somebody has to do something."""
        alone = set(self.codes[1:]) <= {"AMOUNT_DIFF"}
        return self.whole or not (alone and (self.codes[0], self.sub) in GONE_BY_ITSELF)


@dataclass
class Seen:
    """All that lies in the tables at one moment; `told` is the status of each document that the ledger last read.

    `coming` are the references that orders will get, each with the CRM's id.
    """

    orders: Sequence[Order]
    documents: Sequence[Stored]
    entered: Mapping[str, Entered]
    told: Mapping[str, str]
    coming: Mapping[str, str]
    at: datetime
    days: Days
    sums: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def reads(self, document: Stored) -> bool:
        """Whether the list of the days shows it, or it is looked up: as open still, or as entered for one of them."""
        theirs = (each for each in self.entered.values() if each.state != "cancelled")
        entered = any(each.document == str(document.number) and self.days.lists(each.ordered_on) for each in theirs)
        return entered or self.days.lists(document.ordered_on) or str(document.number) in self.days.documents


def entered_in(ledger: Path) -> dict[str, Entered]:
    """What the ledger's own file says, by the CRM's id."""
    query = "SELECT order_id, order_number, reference, state, phase, document, ordered_on FROM postings"
    with closing(sqlite3.connect(ledger)) as connection:
        return {order: Entered(*rest) for order, *rest in connection.execute(query)}


def truths(seen: Seen) -> dict[Key, Truth]:
    """Every break; `seen.sums` becomes what the orders and the documents looked at come to, in pence and the like."""
    found: dict[Key, Truth] = {}
    theirs, orphans = _partners(seen)
    for order in seen.orders:
        held = theirs[str(order["id"])]
        live = [each for each in held if each.status != "Cancelled"]
        if not _in_scope(order, live, seen):
            continue
        void = len(live) < len(held)
        _add(seen, order if order["status"] == "released" else None, live)
        found |= _beside(live, _of_order(order, live, void=void, seen=seen))
    known = {str(order["id"]) for order in seen.orders}
    for gone in sorted(seen.entered.keys() - known):
        live = [each for each in theirs[gone] if each.status != "Cancelled"]
        if _in_scope({"id": gone, "order_date": seen.entered[gone].ordered_on}, live, seen):
            _add(seen, None, live)
            found |= _beside(live, _of_nobody(gone, live, void=len(live) < len(theirs[gone]), seen=seen))
    for document in orphans:
        if seen.days.asks(document.ordered_on) or str(document.number) in seen.days.documents:
            _add(seen, None, [document])
            about = ("", str(document.number))
            days = tuple(seen.days.spanned([document]))
            found["document", str(document.number)] = Truth(
                ("ORPHAN_IN_ERP",), "MANUAL", (*document_values(document), document.status), about, days
            )
    return found


def _beside(live: Sequence[Stored], breaks: Iterator[tuple[Key, Truth]]) -> dict[Key, Truth]:
    together = frozenset(str(each.number) for each in live)
    return {key: replace(truth, together=together) for key, truth in breaks}


def _partners(seen: Seen) -> tuple[dict[str, list[Stored]], list[Stored]]:
    """The documents of each order, its own ones first, and the live ones of none."""
    by_reference = dict(seen.coming) | {each.reference.upper(): order for order, each in seen.entered.items()}
    by_number = {each.document: order for order, each in seen.entered.items() if each.document}
    theirs: defaultdict[str, list[tuple[bool, bool, int, Stored]]] = defaultdict(list)
    orphans = []
    for document in filter(seen.reads, seen.documents):
        named, stored = by_reference.get(document.reference.upper()), by_number.get(str(document.number))
        order = named or stored
        if order is not None:
            theirs[order].append((named is None, stored != order, document.number, document))
        elif document.status != "Cancelled":
            orphans.append(document)
    return defaultdict(list, {order: [each[-1] for each in sorted(held)] for order, held in theirs.items()}), orphans


def _in_scope(order: Order, live: Sequence[Stored], seen: Seen) -> bool:
    days = seen.days
    carried = str(order["id"]) in days.orders or any(str(each.number) in days.documents for each in live)
    return carried or days.asks(order["order_date"]) or any(days.asks(each.ordered_on) for each in live)


def _add(seen: Seen, order: Order | None, documents: Sequence[Stored]) -> None:
    if order is not None:
        seen.sums[order["currency"]][0] += pence(total_of(order))
    for document in documents:
        seen.sums[document.currency][1] += pence(document.total)


def _of_order(order: Order, live: Sequence[Stored], *, void: bool, seen: Seen) -> Iterator[tuple[Key, Truth]]:
    """The breaks of one order and of its documents."""
    number, entered = str(order["number"]), seen.entered.get(str(order["id"]))
    released = order["status"] == "released"
    group = group_of(order, live) if released and len(live) > 1 and not _uncertain(entered) else ""
    codes = _codes(order, live, entered, group, seen)
    about = (str(order["id"]), str(live[0].number) if live else (entered.document or "" if entered else ""))
    days = (date.fromisoformat(order["order_date"]), *seen.days.spanned(live[:1]))
    if codes:
        sub = _sub(codes[0], order, live, entered, group=group, void=void, at=seen.at)
        posted = entered is not None and entered.state == "posted"
        known = (_told(entered, seen), live[0].status) if "STATUS_DIFF" in codes and posted else ()
        kept = "" if sub in BY_TIME else sub
        values = (codes, kept, order_values(order), document_values(live[0]) if live else (), known)
        whole = codes[0] == "QTY_DIFF" and not group and entered is not None and entered.committed
        yield ("order", number), Truth(codes, sub, values, about, days, whole)
    yield from _of_others(str(order["id"]), days[0], live, group, seen)


def _of_others(order: str, day: date, live: Sequence[Stored], group: str, seen: Seen) -> Iterator[tuple[Key, Truth]]:
    """The breaks of all documents of an order but the first."""
    entered = seen.entered.get(order)
    for other in live[1:]:
        own = entered is not None and entered.document == str(other.number)
        twice = ("DUPLICATE_IN_ERP",) if not group else {"PARTIAL": ("QTY_DIFF",), "OFF": ("AMOUNT_DIFF",)}.get(group)
        if twice:
            sub = ("PARTIAL" if group == "PARTIAL" else "") if group else "BRIDGE" if own else "MANUAL"
            days = (day, *seen.days.spanned([other]))
            values = (twice, sub, document_values(other), other.status)
            yield ("document", str(other.number)), Truth(twice, sub, values, (order, str(other.number)), days)


def _of_nobody(gone: str, live: Sequence[Stored], *, void: bool, seen: Seen) -> Iterator[tuple[Key, Truth]]:
    """The breaks of what was entered of an order that the CRM no longer has; who entered it is still known."""
    entered = seen.entered[gone]
    about = (gone, str(live[0].number) if live else entered.document or "")
    days = (date.fromisoformat(entered.ordered_on), *seen.days.spanned(live[:1]))
    codes = {"UNCERTAIN_COMMIT"} if _uncertain(entered) else set()
    codes |= {"ORPHAN_IN_ERP"} if live else {"MISSING_IN_ERP"} if entered.committed else set()
    if live and _conflicts(entered, live[0]):
        codes.add("LINK_CONFLICT")
    if codes:
        sub = "BRIDGE" if live else "VOID" if void else ""
        values = (_sorted(codes), sub, (*document_values(live[0]), live[0].status) if live else ())
        sub = sub if _sorted(codes)[0] in {"ORPHAN_IN_ERP", "MISSING_IN_ERP"} else ""
        yield ("order", entered.order_number), Truth(_sorted(codes), sub, values, about, days)
    yield from _of_others(gone, date.fromisoformat(entered.ordered_on), live, "", seen)


def _codes(order: Order, live: Sequence[Stored], entered: Entered | None, group: str, seen: Seen) -> tuple[str, ...]:
    true: set[str] = set()
    uncertain, committed = _uncertain(entered), entered is not None and entered.committed
    if uncertain:
        true.add("UNCERTAIN_COMMIT")
    if not live:
        if order["status"] != "released":
            return tuple(true)
        if committed:
            true.add("MISSING_IN_ERP")
        elif not uncertain:
            true.add("NOT_TYPED")
        return _sorted(true)
    first = live[0]
    if entered is not None and _conflicts(entered, first):
        true.add("LINK_CONFLICT")
    if order["status"] != "released":
        return _sorted(true | {"CANCELLED_LIVE"})
    true |= (
        {"PARTIAL": {"QTY_DIFF"}, "OFF": {"AMOUNT_DIFF"}}.get(group, set()) if group else set(differing(order, first))
    )
    posted = entered is not None and entered.state == "posted"
    if not uncertain and not (posted and _told(entered, seen) == first.status):
        true.add("STATUS_DIFF")
    return _sorted(true)


def _conflicts(entered: Entered, first: Stored) -> bool:
    named = first.reference.upper() == entered.reference.upper()
    return named and entered.document not in {None, str(first.number)}


def _told(entered: Entered | None, seen: Seen) -> str | None:
    """The status of its document that the ledger last read, and so the one that the CRM was told."""
    return seen.told.get(entered.document or "") if entered is not None else None


def _sorted(codes: set[str]) -> tuple[str, ...]:
    return tuple(code for code in PRECEDENCE if code in codes)


def _uncertain(entered: Entered | None) -> bool:
    return entered is not None and (entered.state == "in_doubt" or entered.phase == "sent")


def _sub(
    code: str,
    order: Order,
    live: Sequence[Stored],
    entered: Entered | None,
    *,
    group: str,
    void: bool,
    at: datetime,
) -> str:
    if code == "NOT_TYPED":
        late = at - datetime.fromisoformat(order["changed_at"]) > PATIENCE
        return STAYS.get(entered.state if entered else "", "OVERDUE" if late else "PENDING")
    if code == "MISSING_IN_ERP":
        return "VOID" if void else ""
    if code == "STATUS_DIFF":
        return "UNKNOWN" if entered is None else "" if entered.state == "posted" else "NOT_POSTED"
    if code == "QTY_DIFF":
        return "PARTIAL" if group else kind_of_quantities(order, live[0])
    return ""
