"""What can go wrong, in four kinds, each error owning its one sentence in both languages.

The docstring of an error is its message and the key of the catalogue. Business and application (system) exceptions
mean what UiPath and Robocorp mean by them; in doubt is ours: Save was pressed and no answer was read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bridge.locale import ENGLISH, Phrase

Params = dict[str, Any]


@dataclass(frozen=True)
class Reason:
    """Why a posting stands where it stands: a code and its parameters, worded for whoever reads it."""

    code: str
    params: Params = field(default_factory=dict)

    @property
    def phrase(self) -> Phrase:
        """The reason as a text that can stand inside another one."""
        kind = BridgeError.kinds.get(self.code)
        return Phrase("{code}", code=self.code) if kind is None else kind(**self.params).phrase

    def worded(self, language: str = ENGLISH) -> str:
        """The reason as one sentence; an unknown code (from a newer version) shows itself."""
        kind = BridgeError.kinds.get(self.code)
        if kind is None:
            return f"{self.code} {self.params}" if self.params else self.code
        return kind(**self.params).worded(language)


class BridgeError(Exception):
    """The bridge stopped."""

    kinds: ClassVar[dict[str, type["BridgeError"]]] = {}
    code: ClassVar[str] = "bridge_error"
    codes: ClassVar[frozenset[str]] = frozenset()  # which values are codes of ours, said as people call them

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        BridgeError.kinds[cls.code] = cls

    def __init__(self, **params: Any) -> None:
        self.params: Params = params
        super().__init__(self.worded())

    @property
    def reason(self) -> Reason:
        """The error as a value that can be stored and worded again in another language."""
        return Reason(self.code, dict(self.params))

    @property
    def phrase(self) -> Phrase:
        """The error as a text that can stand inside another one; a value that is missing shows as a question mark."""
        said = {name: Phrase.code(str(value)) for name, value in self.params.items() if name in self.codes}
        return Phrase(" ".join((type(self).__doc__ or "").split()), **{**self.params, **said})

    def worded(self, language: str = ENGLISH) -> str:
        """One sentence a clerk understands."""
        return self.phrase.worded(language)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self.params))


def _rebuilt(kind: type[BridgeError], params: Params) -> BridgeError:
    return kind(**params)


# --- business exceptions: the order, or the ERP's master data, is not fit to be typed -------------------------------


class BusinessException(BridgeError):
    """The order cannot be entered as it is."""


class Held(BusinessException):
    """The order waits for a person."""


class Rejected(BusinessException):
    """The order must be corrected in the CRM."""


class CustomerMissing(Held):
    """The order has no customer: nobody to bill."""


class CustomerUnknown(Held):
    """Customer {customer} is not on file in {erp}."""


class CustomerAmbiguous(Held):
    """{erp} finds several customers for {customer}."""


class CustomerMismatch(Held):
    """{erp} shows customer {shown} where {customer} was typed."""


class ItemUnknown(Held):
    """Item {item} (line {position}) is not on file in {erp}."""


class ItemAmbiguous(Held):
    """{erp} finds several items for {item} (line {position})."""


class CurrencyUnknown(Held):
    """Currency {currency} is not known to {erp}."""


class NumberTwice(Held):
    """The CRM holds two orders with the number {number} (ids {ids}); decide which one is right."""


class FoundDifferent(Held):
    """{erp} already holds this order as {documents}, but not with the same content: {differences}"""


class FoundSeveral(Held):
    """{erp} already holds several documents for this order: {documents}."""


class FoundVoid(Held):
    """{erp} already holds this order as {documents}, and that document is cancelled."""


class LookAlike(Held):
    """{erp} holds {documents} of the same customer, date and amount; compare before it is typed."""


class StoredDifferent(Held):
    """{erp} stored document {document} with other content than the order: {differences}"""


class ChangedAfterPosting(Held):
    """The order changed in the CRM after it was entered as {document}; amend the ERP by hand and release."""


class CancelledAfterPosting(Held):
    """The order was cancelled in the CRM after it was entered as {document}; cancel it in the ERP by hand."""


class BeforeCutOver(Held):
    """The order is of {ordered_at}, not of a day after the cut-over {cut_over}; release it if it is not in the ERP."""


class ChangeRefused(Held):
    """{erp} lets nobody change {document} any more: {text}"""


class ProcedureMissing(Held):
    """The bot of {erp} has no procedure for this; do it by hand."""


class CannotSettle(Held):
    """Save was pressed and nothing proves whether {erp} stored the order: {why} Look in the ERP, then decide."""


class PartUntypable(Held):
    """The order has {part} {amount}, and {erp} has no field in which to type it; enter the order by hand."""


class PricesOtherwise(Held):
    """Prices include tax either in the CRM or in {erp}, not in both; enter the order by hand."""


class ErpCannotBeSearched(Held):
    """{erp} has no field for our reference, so only a person can tell whether it stored the order."""


class HeldByPerson(Held):
    """Held by {person}: {why}"""


class UrgencySet(Held):
    """Priority {priority}, deadline {deadline}."""


class OrderEmpty(Rejected):
    """The order has no lines."""


class QuantityNotPositive(Rejected):
    """Line {position} has the quantity {quantity}; only quantities above zero can be entered."""


class QuantityTooFine(Rejected):
    """Line {position} has the quantity {quantity}; {erp} takes {digits} decimals."""


class PriceNegative(Rejected):
    """Line {position} has the negative price {price}."""


class PriceTooFine(Rejected):
    """Line {position} has the price {price}; {erp} takes {digits} decimals."""


class AmountDiffers(Rejected):
    """Line {position} says {stated}, but quantity times price is {computed}."""


class TotalDiffers(Rejected):
    """The lines add up to {computed}, but the order says {stated}."""


class TooManyLines(Rejected):
    """The order has {lines} lines; {erp} takes {most}."""


class TextTooLong(Rejected):
    """The text in {field} has {length} characters; {erp} takes {most}: {text}"""


class TextUntypable(Rejected):
    """The text in {field} holds characters that must not be typed ({characters})."""


class TextNotKept(Rejected):
    """{erp} does not keep the text in {field}: typed {typed}, shown {shown}."""


class OrderMalformed(Rejected):
    """The CRM's order cannot be read: {problem}"""


class RefusedByErp(Rejected):
    """{erp} refused the order: {text}"""


class OrderCancelled(BusinessException):
    """The order is cancelled in the CRM."""


class OrderGone(BusinessException):
    """The order is no longer in the CRM."""


class OrderNotReleased(BusinessException):
    """The order is no longer released in the CRM (status {status})."""


class OrderChanged(BusinessException):
    """The order changed in the CRM while it was being typed."""


class ToBeAmended(BusinessException):
    """The order changed in the CRM after it was entered as {document}; the document is to be changed."""


class ToBeCancelled(BusinessException):
    """The order was cancelled in the CRM after it was entered as {document}; the document is to be cancelled."""


# --- application (system) exceptions: the technology, not the order -------------------------------------------------


class ApplicationError(BridgeError):
    """The ERP or the bridge did not work as expected."""


class Outage(ApplicationError):
    """Nothing can be worked on now."""


class ErpDown(Outage):
    """{erp} does not answer at {address}."""


class ErpClosed(Outage):
    """{erp} is not worked on until {until}: {why}"""


class CrmDown(Outage):
    """The CRM {crm} does not answer at {address}: {why}"""


class CrmResting(Outage):
    """The CRM {crm} failed {failures} times in a row and is asked again at {until}."""


class CrmRefused(ApplicationError):
    """The CRM {crm} refused the request ({status}): {text}"""


class SignOnRefused(ApplicationError):
    """{erp} refused the sign-on of user {user}: {text}"""


class SignOnBarred(Outage):
    """User {user} of {erp} is left alone, since the ERP refused it or a person stopped it; mend that (store the right
    password), then `erpbridge run post_orders --retry-sign-on`.
    """


class SeatTaken(Outage):
    """User {user} of {erp} is signed on by {holder} until {until}; one user, one seat."""


class LicencesUsed(Outage):
    """All {licences} licences of {erp} are in use by {holders}."""


class SessionLost(ApplicationError):
    """{erp} ended our session: {text}"""


class RecordLocked(ApplicationError):
    """{erp} has locked the record: {text}"""


class ScreenUnknown(ApplicationError):
    """{erp} shows an unknown screen where {expected} was expected: {text}"""


class ErpSaid(ApplicationError):
    """{erp} answered on screen {screen}: {text}"""


class DialogUnexpected(ApplicationError):
    """{erp} opened an unexpected dialog: {text}"""


class TargetNotFound(ApplicationError):
    """The target {target} is not on screen {screen}; no locator found it."""


class TargetElsewhere(ApplicationError):
    """{locator} no longer leads to the target {target} on screen {screen}: it is not seen beside its label."""


class TargetAmbiguous(ApplicationError):
    """The target {target} is {count} times on screen {screen} (locator {locator})."""


class ReadBackDiffers(ApplicationError):
    """The screen does not show what was typed: {differences}"""


class StatusUnknown(ApplicationError):
    """{erp} shows the status word {word}, which its profile does not know."""


class ValueUnreadable(ApplicationError):
    """{field} shows {text}, which is not a {kind}."""


class SeatDied(ApplicationError):
    """The seat of {erp} ended ({why})."""


class HostDied(ApplicationError):
    """The host {worker} ended, or was silent for too long, with this order and {others} others at hand; hosts lost with
    this one so far: {deaths}.
    """


class TimedOut(ApplicationError):
    """{what} took longer than {seconds} seconds."""


class CaptureRefused(ApplicationError):
    """No picture of {screen} may be kept: {why}"""


class StopOrdered(Outage):
    """Stopped by {person}: {why}"""


class LeaseLost(ApplicationError):
    """Another worker holds {reference}; this attempt ends."""


class AttemptsExhausted(ApplicationError):
    """{attempts} attempts failed, the last one with: {last}"""


class StorageFull(Outage):
    """No space is left for {what}; nothing more is typed until there is."""


class LedgerDown(Outage):
    """The ledger {name} does not answer: {why}"""


class NoSeatFree(Outage):
    """No seat of {erp} is free on this host: {why}"""


class CircuitOpen(Outage):
    """{erp} is left alone until {until}, since {failures} orders in a row went wrong: {last}"""


class BrowserMissing(ApplicationError):
    """No browser was found; install Chrome, Edge or Chromium, or name one in {setting}."""


class BrowserGone(ApplicationError):
    """The configured browser {path} does not exist; correct {setting} or remove it."""


class BrowserWindowless(ApplicationError):
    """{path} has no window to show; install Chrome, Edge or Chromium, name one in {setting}, or leave out --headed."""


class Disturbed(ApplicationError):
    """The surface could not be worked to its end."""


class DisplayMissing(Disturbed):
    """No display could be started for the desktop: {program} is missing or ended."""


class LineLost(Disturbed):
    """The line to {erp} is gone: {why}"""


class TextNotTaken(Disturbed):
    """The application did not fetch the text for {field} within {seconds} seconds."""


class ClipboardTaken(Disturbed):
    """Another program uses the clipboard of this desktop: {program}"""


class SessionUnfit(Disturbed):
    """The Windows session cannot be worked: {why}"""


class DisplayLost(Disturbed):
    """The display of {erp} is gone: {why}"""


class DisplayChanged(Disturbed):
    """The display of {erp} is not as it was: {was}, now {now}."""


class DisplayBlank(Disturbed):
    """The display of {erp} shows one colour only, as a locked or disconnected session does."""


class KeyboardChanged(Disturbed):
    """The keyboard of {erp} is laid out in another way than when the seat began."""


class KeyboardTaken(Disturbed):
    """Another window took the keyboard from {erp}: {window}"""


class ProgramGone(Disturbed):
    """The program of {erp} has ended, or its window is gone: {window}"""


class ProgramSilent(Disturbed):
    """The program of {erp} has not answered for {seconds} seconds."""


class OperatorStopped(Held):
    """A person moved the mouse into a corner of the screen, which means: stop."""


class ReadingCutShort(ApplicationError):
    """{source} was not read to its end: the time was up, or an end was asked for. There is no statement. The next run
    goes on from the ERP's documents that were opened, except with `--reread` or `reread_days = 0`.
    """


class BooksDisagree(ApplicationError):
    """{erp}: {verdict}, {breaks} differences; see {workbook}."""


class SandboxNotStarted(ApplicationError):
    """The sandbox {name} did not start: {why}"""


# --- in doubt: Save was pressed and no document number was read -----------------------------------------------------


class InDoubt(BridgeError):
    """Save was pressed and the answer is not known."""


class SaveUnanswered(InDoubt):
    """Save was pressed and no answer came: {why}"""


class SaveRefused(InDoubt):
    """Save was pressed and {erp} answered: {text}"""


class Unexpected(BridgeError):
    """Something unexpected happened: {what}. Run again with --verbose for more, and tell us."""


# --- what the operator asked for is not possible --------------------------------------------------------------------


class RequestRefused(BridgeError):
    """The request cannot be carried out."""


class MoveForbidden(RequestRefused):
    """{reference} is {state}; it cannot become {to}."""

    codes = frozenset({"state", "to"})


class AlreadyServing(RequestRefused):
    """{holder} serves this ledger already (until {until} at least)."""


class NothingToRehearse(RequestRefused):
    """{reference} is in the ERP already, as {document}; only an order that is not can be tried out."""


class PostingUnknown(RequestRefused):
    """There is no posting {reference}."""


class PostingAmbiguous(RequestRefused):
    """Several postings answer to {text}: {references}; name the reference and the ERP."""


class LedgerNotShared(RequestRefused):
    """The ledger is a file of one machine ({path}); let `erpbridge serve` work there, or put it on PostgreSQL."""


class JobUnknown(RequestRefused):
    """There is no job {job}; known are {known}."""


class StatementUnknown(RequestRefused):
    """There is no statement {run}."""


class ChainMoved(RequestRefused):
    """Another reconciliation of {erp} was issued meanwhile; this one was not. Run it again."""


class AnnotatedMeanwhile(RequestRefused):
    """Somebody else wrote or signed for {erp} at the same moment; nothing of yours was kept. Do it again."""


class BooksClosedFurther(RequestRefused):
    """{erp}: the books are closed through {day}. Open them first (--open), then close them through an earlier day."""


class FileUnreadable(RequestRefused):
    """{path} cannot be read: {why}"""


# --- configuration --------------------------------------------------------------------------------------------------


class SecretMissing(BridgeError):
    """The secret {name} is missing: set {variable}, or write it to {path} (readable by you only)."""


class InvalidConfig(BridgeError):
    """The configuration has faults ({count}): {faults}"""

    @classmethod
    def of(cls, faults: Sequence[str]) -> "InvalidConfig":
        """All faults at once, a line each."""
        return cls(count=len(faults), faults=Phrase.joined(faults, "\n  ", before="\n  "))

    def lines(self, language: str = ENGLISH) -> list[str]:
        """The faults, one by one."""
        faults = self.params["faults"]
        text = faults.worded(language) if isinstance(faults, Phrase) else str(faults)
        return [line.strip() for line in text.splitlines() if line.strip()]
