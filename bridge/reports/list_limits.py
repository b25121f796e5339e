"""What can the ERP's list not show, so that a reader knows what was looked at elsewhere, later, or not at all?"""

from collections.abc import Iterator

from bridge.locale import Phrase
from bridge.model.lists import ListTotals
from bridge.model.profiles import ErpProfile
from bridge.reports.inputs import HEADER_FIELDS, listed_by, shown_by

GONE = "gone"


def limits_of(profile: ErpProfile, totals: ListTotals | None, days: int) -> tuple[Phrase, ...]:
    """The limits of the list as the profile declares them; a document is opened anew after so many days (0: always)."""
    return tuple(_limits(profile, totals, days))


def _limits(profile: ErpProfile, totals: ListTotals | None, days: int) -> Iterator[Phrase]:
    listed, shown = listed_by(profile), shown_by(profile)
    for field in sorted(HEADER_FIELDS & (shown - listed)):
        yield Phrase("The ERP's list shows no {field}; it was read from the documents.", field=Phrase.code(field))
    for field in sorted(HEADER_FIELDS - shown):
        yield Phrase("The ERP shows no {field}, neither in its list nor in its documents.", field=Phrase.code(field))
    if profile.house_currency:
        yield Phrase(
            "What the ERP shows without a currency is taken to be in {currency}.", currency=profile.house_currency
        )
    if "lines" in shown:
        yield Phrase("The ERP's list shows no lines; they were read from the documents.")
    if days and "lines" in shown:
        yield Phrase(
            "A change that leaves the list row of a document as it was is noticed after {days} days at the latest.",
            days=days,
        )
    if totals is None or totals.count is None:
        yield Phrase("The ERP's list shows no count of its own to check it by.")
    if totals is None or totals.sums is None:
        yield Phrase("The ERP's list shows no sums of its own to check it by.")
    if profile.cancelled == GONE:
        yield Phrase("A cancelled document disappears from the ERP: whether it was there cannot be seen any more.")
    yield from _lateness(profile)


def _lateness(profile: ErpProfile) -> Iterator[Phrase]:
    lag = profile.lags.listing
    if lag is None:
        yield Phrase("Nobody declared how late the ERP's list may be.")
    elif lag:
        yield Phrase("The ERP's list may be {seconds} seconds late.", seconds=f"{lag.total_seconds():g}")
