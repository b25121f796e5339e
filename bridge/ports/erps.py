"""What can a bot do in an ERP, and what does it bring back?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Protocol

from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListReading

Leave = Callable[[], bool]


@dataclass(frozen=True)
class Rectangle:
    """A place on a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """One capture of the ERP, already masked: what leaves a driver never holds a secret.

    `format` is "webp" or "png"; `targets` are the places of all targets on it, `masked` those painted over. The moment
    is that of the shot; `develop` encodes it, which may go on while the ERP is worked again. `beside` is JSON of what a
    surface that is made of text showed, `film` an animated WebP of what was shown before; both are as masked.
    """

    step: str
    screen: str
    taken_at: datetime
    develop: Callable[[], bytes]
    format: str
    width: int
    height: int
    targets: Mapping[str, Rectangle] = field(default_factory=dict)
    masked: tuple[str, ...] = ()
    beside: bytes = b""
    film: bytes = b""

    @cached_property
    def content(self) -> bytes:
        """The file's bytes; raises CaptureRefused where the picture shows nothing, and what `develop` raises."""
        return self.develop()


@dataclass(frozen=True)
class Answer:
    """What the ERP answered to Save: a document number, or the text it showed instead (a refusal, or unknown)."""

    number: str | None
    text: str = ""


@dataclass(frozen=True)
class Search:
    """What to look for in the ERP's order list, over all statuses; only what is given narrows it.

    `number` asks for that document whatever its day; one that is not on file gives no row, and no error.
    """

    reference: str = ""
    customer: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class LocatorHit:
    """Which locator found a target on the live screen; `position` 0 is the first choice, None is not found."""

    screen: str
    target: str
    locator: str
    position: int | None
    count: int


class ErpBot(Protocol):
    """A clerk's hands and eyes in one ERP: one method per procedure, no judgement.

    Every method may raise ApplicationError; those that meet the ERP's own "unknown customer" and the like raise the
    business exception. After any error the session may be in any state and is ended by the caller.
    """

    def sign_on(self) -> None:
        """Sign on as the seat's ERP user, ending an older session of the same user; raises SignOnRefused."""
        ...

    def sign_off(self) -> None:
        """Sign off, if signed on."""
        ...

    def search(self, query: Search) -> tuple[Listed, ...]:
        """All rows of the ERP's order list that answer the query, whatever their status, over all pages."""
        ...

    def read_list(self, query: Search) -> ListReading:
        """What `search` gives, with the totals that the list itself shows in the same pass.

        A row that cannot be read whole does not keep the others away: `unreadable` names it. Raises where its number
        cannot be read.
        """
        ...

    def open_entry(self, reference: str) -> None:
        """Open a blank entry form for that reference and check its anchor and every target that will be used."""
        ...

    def type_order(self, form: Form) -> Form:
        """Type header and lines into the open form and read back what the whole form then shows."""
        ...

    def save(self, leave: Leave) -> Answer:
        """Press Save once; the committing request leaves only after `leave` said yes, and leaves once.

        Raises StopOrdered or LeaseLost where leave was refused, SaveUnanswered where no answer came.
        """
        ...

    def abandon_entry(self) -> None:
        """Leave the filled form without saving it."""
        ...

    def read_document(self, number: str) -> Document:
        """Open the stored document and read every field and line."""
        ...

    def open_change(self, number: str) -> Document:
        """Open the stored document to be changed or cancelled; what it holds now.

        Raises ChangeRefused where the ERP lets nobody change it any more, RecordLocked where somebody else is at it.
        """
        ...

    def type_change(self, form: Form) -> Form:
        """Replace header and all lines of the opened document, and read back what the whole form then shows."""
        ...

    def save_change(self, leave: Leave) -> Answer:
        """Press Save once, like `save`."""
        ...

    def abandon_change(self) -> None:
        """Leave the opened document without saving or cancelling it, and release the ERP's lock on it."""
        ...

    def cancel_document(self, leave: Leave) -> Answer:
        """Cancel the opened document once; its number where the ERP says that it is cancelled.

        Leave is asked as `save` asks it. Where the ERP's lock does not keep others off it, the document is read again
        just before: raises ReadBackDiffers where it is no more what `open_change` gave.
        """
        ...

    def capture(self, step: str) -> Picture:
        """A masked picture of what the ERP shows; raises CaptureRefused where a secret could not be located."""
        ...

    def locate_all(self) -> Sequence[LocatorHit]:
        """Open each screen that needs no order and say which locator finds each target."""
        ...
