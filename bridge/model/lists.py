"""What does the ERP's list say, of its documents and of itself?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bridge.errors import Reason, StatusUnknown, ValueUnreadable
from bridge.locale import Phrase
from bridge.model.comparisons import listed_of
from bridge.model.documents import Listed
from bridge.model.profiles import ErpProfile, Screen, Target
from bridge.model.texts import read_number, visible

LIST_SCREEN = "order_list"
RECORDS, TOTALS = "records", "totals"


@dataclass(frozen=True)
class ListTotals:
    """What the ERP's list says of itself: its count, and its sums by the ERP's currency codes, cancelled ones included.

    Whatever the list does not say is None.
    """

    count: int | None = None
    sums: Mapping[str, Decimal] | None = None


@dataclass(frozen=True)
class ListReading:
    """One pass over the list: all its rows, and what it said of itself meanwhile; None where it says nothing.

    `unreadable` says by number why a row could not be read whole; that row holds what could be.
    """

    rows: tuple[Listed, ...]
    totals: ListTotals | None = None
    unreadable: Mapping[str, Reason] = field(default_factory=dict)


def list_reading(rows: Iterable[Mapping[str, str]], totals: ListTotals | None, profile: ErpProfile) -> ListReading:
    """What the texts of all rows say; raises ValueUnreadable where one has no number: nobody could say which it is."""
    read = [_row(row, profile) for row in rows]
    unreadable = {listed.number: reason for listed, reason in read if reason is not None}
    return ListReading(tuple(listed for listed, _ in read), totals, unreadable)


def _row(row: Mapping[str, str], profile: ErpProfile) -> tuple[Listed, Reason | None]:
    number = row["number"].strip()
    seen = visible(number)
    if not seen or not seen.isprintable():
        raise ValueUnreadable(field=Phrase.code("number"), text=row["number"], kind=Phrase("document number"))
    why = _why_not(row, profile)
    if why is None:
        return listed_of(row, profile), None
    sound = {name: text for name, text in row.items() if _why_not({"number": number, name: text}, profile) is None}
    return listed_of(sound, profile), why


def _why_not(row: Mapping[str, str], profile: ErpProfile) -> Reason | None:
    """Why these texts cannot be read; None where they can."""
    try:
        listed_of(row, profile)
    except (StatusUnknown, ValueUnreadable) as error:
        return error.reason
    return None


def list_totals(records: str | None, sums: Sequence[Mapping[str, str]] | None, profile: ErpProfile) -> ListTotals:
    """What stands in the target `records` and in the rows of the grid `totals`; raises ValueUnreadable, never guesses.

    A currency that comes twice is no sum of its own.
    """
    screen = profile.screens[LIST_SCREEN]
    count = None if records is None else _whole(records, profile)
    if sums is None:
        return ListTotals(count)
    columns = {column.name: column for column in screen.grids[TOTALS].columns}
    read = [(_within(row["currency"], columns["currency"]), row["total"]) for row in sums]
    found = {currency: read_number(text, profile.formats, "total") for currency, text in read}
    if len(found) != len(read):
        raise _no_total(", ".join(currency for currency, _ in read))
    return ListTotals(count, found)


def declares_count(screen: Screen | None) -> bool:
    """Whether the profile says where the list shows how many documents it lists."""
    return screen is not None and RECORDS in screen.targets


def declares_sums(screen: Screen | None) -> bool:
    """Whether the profile says where the list shows its sums."""
    return screen is not None and TOTALS in screen.grids


def _whole(text: str, profile: ErpProfile) -> int:
    number = read_number(text, profile.formats, "count")
    if number != int(number):
        raise _no_total(text)
    return int(number)


def _within(text: str, target: Target) -> str:
    """What stands at `{}` in the target's format ("Total {}"), or the whole text where it has none."""
    before, _, after = (target.format or "{}").partition("{}")
    if not (text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)):
        raise _no_total(text)
    return text[len(before) : len(text) - len(after)].strip()


def _no_total(text: str) -> ValueUnreadable:
    return ValueUnreadable(field=Phrase("total"), text=text, kind=Phrase("number"))
