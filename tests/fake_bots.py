"""How does a clerk work an ERP in memory? Hands and eyes that honour the ErpBot port, without any screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from PIL import Image

from bridge.errors import (
    ChangeRefused,
    CustomerUnknown,
    ItemUnknown,
    ReadBackDiffers,
    RecordLocked,
    ScreenUnknown,
    SeatDied,
    SessionLost,
    SignOnRefused,
    StopOrdered,
)
from bridge.model.documents import Document, DocumentLine, DocumentStatus, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListReading, ListTotals
from bridge.model.profiles import ErpProfile
from bridge.ports import Answer, Leave, LocatorHit, Picture, Search
from tests.fake_erps import EXPIRED, FakeErp

CENT = Decimal("0.01")


def _pixels() -> bytes:
    content = BytesIO()
    Image.new("RGB", (6, 4), (200, 200, 200)).save(content, "PNG")
    return content.getvalue()


PIXELS = _pixels()


class FakeBot:
    """A seat at a fake ERP; `shows` is what the screen makes of a typed form before it is read back."""

    def __init__(self, erp: FakeErp, user: str = "BOT1", shows: Callable[[Form], Form] = lambda form: form) -> None:
        self.erp = erp
        self.user = user
        self.shows = shows
        self.signed_on_at: datetime | None = None
        self.ended = False
        self._session = 0
        self._draft: Form | None = None
        self._changing: Document | None = None

    def end(self) -> None:
        """Kill the seat: nothing leaves it any more."""
        self.ended = True

    def sign_on(self) -> None:
        """Sign on; an older session of the same user ends by it."""
        self._check_seat()
        if self.user in self.erp.locked_out:
            raise SignOnRefused(erp=self.erp.profile.name, user=self.user, text="user locked")
        self._session = self.erp.sign_on(self.user)
        self.signed_on_at = self.erp.clock.now()

    def sign_off(self) -> None:
        """Sign off, if signed on."""
        self._check_seat()
        self._session = 0

    def search(self, query: Search) -> tuple[Listed, ...]:
        """All rows that answer, whatever their status."""
        self._check_session()
        return tuple(row_of(document) for document in self.erp.listed() if _answers(document, query))

    def read_list(self, query: Search) -> ListReading:
        """All rows that answer, with their count and their sums."""
        rows = self.search(query)
        sums: dict[str, Decimal] = {}
        for row in rows:
            sums[row.currency or ""] = sums.get(row.currency or "", Decimal(0)) + (row.total or 0)
        return ListReading(rows, ListTotals(len(rows), sums))

    def open_entry(self, reference: str) -> None:  # noqa: ARG002 - its form needs none
        """A blank form."""
        self._check_session()
        self._draft = Form()

    def type_order(self, form: Form) -> Form:
        """Type into the open form and read back what it shows."""
        self._check_session()
        if self._draft is None:
            raise ScreenUnknown(erp=self.erp.profile.name, expected="order_entry", text="menu")
        self._check_master_data(form)
        self._draft = Form({**form.header, "customer": form.header["customer"].upper()}, form.lines)
        return self.shows(self._draft)

    def save(self, leave: Leave) -> Answer:
        """Ask for leave, then send the form once; the form is gone afterwards."""
        self._check_session()
        if self._draft is None:
            raise ScreenUnknown(erp=self.erp.profile.name, expected="order_entry", text="menu")
        document = document_of_draft(self._draft, self.erp.profile)
        if not leave():
            raise StopOrdered(person="erpbridge", why="leave was not given")
        self._draft = None
        return self.erp.receive(document, self.user, self._session)

    def abandon_entry(self) -> None:
        """Leave the form without saving it."""
        self._check_session()
        self._draft = None

    def open_change(self, number: str) -> Document:
        """The stored document, locked, where it is open or confirmed."""
        stored, name = self.read_document(number), self.erp.profile.name
        if stored.status not in (DocumentStatus.OPEN, DocumentStatus.CONFIRMED):
            raise ChangeRefused(erp=name, document=number, text=str(stored.status))
        if locked := self.erp.lock(number, self.user, self._session):
            raise RecordLocked(erp=name, text=locked)
        self._changing = stored
        return stored

    def type_change(self, form: Form) -> Form:
        """Replace all of the opened document and read back what the form shows."""
        self._opened()
        self._draft = Form()
        return self.type_order(form)

    def save_change(self, leave: Leave) -> Answer:
        """Ask for leave, then send the form once."""
        opened, typed = self._opened(), self._draft
        if typed is None:
            raise ScreenUnknown(erp=self.erp.profile.name, expected="order_entry", text="menu")
        document = document_of_draft(typed, self.erp.profile)
        return self._send(replace(document, number=opened.number, status=opened.status, others=opened.others), leave)

    def abandon_change(self) -> None:
        """Leave the form and its lock."""
        self._check_session()
        if self._changing is not None:
            self.erp.locks.pop(self._changing.number, None)
        self._changing = self._draft = None

    def cancel_document(self, leave: Leave) -> Answer:
        """See that the opened document is as it was, ask for leave, then cancel it once."""
        opened = self._opened()
        if self.read_document(opened.number) != opened:
            raise ReadBackDiffers(differences=f"somebody changed {opened.number}")
        return self._send(replace(opened, status=DocumentStatus.CANCELLED), leave)

    def _opened(self) -> Document:
        self._check_session()
        if self._changing is None:
            raise ScreenUnknown(erp=self.erp.profile.name, expected="order_change", text="menu")
        return self._changing

    def _send(self, document: Document, leave: Leave) -> Answer:
        if not leave():
            raise StopOrdered(person="erpbridge", why="leave was not given")
        self._changing = self._draft = None
        return self.erp.receive(document, self.user, self._session, document.number)

    def read_document(self, number: str) -> Document:
        """The stored document, listed or not."""
        self._check_session()
        if number not in self.erp.documents:
            raise ScreenUnknown(erp=self.erp.profile.name, expected="order_show", text=f"no order {number}")
        return self.erp.documents[number]

    def capture(self, step: str) -> Picture:
        """A small picture, which only the seat that took it can develop."""
        self._check_seat()
        return Picture(step, "order_entry", self.erp.clock.now(), self._developed, "png", 6, 4)

    def _developed(self) -> bytes:
        self._check_seat()
        return PIXELS

    def locate_all(self) -> Sequence[LocatorHit]:
        """Everything where its first locator says, on every screen that needs no order."""
        self._check_session()
        screens = [self.erp.profile.screens[name] for name in ("order_entry", "order_list")]
        return [
            LocatorHit(screen.name, target.name, str(target.locators[0]), 0, 1)
            for screen in screens
            for target in screen.targets.values()
        ]

    def _check_seat(self) -> None:
        if self.ended:
            raise SeatDied(erp=self.erp.profile.name, why="it was ended")

    def _check_session(self) -> None:
        self._check_seat()
        if self._session == 0 or self._session != self.erp.sessions.get(self.user):
            raise SessionLost(erp=self.erp.profile.name, text=EXPIRED)

    def _check_master_data(self, form: Form) -> None:
        customer, name = form.header["customer"], self.erp.profile.name
        if self.erp.customers is not None and customer not in self.erp.customers:
            raise CustomerUnknown(erp=name, customer=customer)
        for position, line in enumerate(form.lines, 1):
            if self.erp.items is not None and line["item"] not in self.erp.items:
                raise ItemUnknown(erp=name, item=line["item"], position=position)


def document_of_draft(draft: Form, profile: ErpProfile) -> Document:
    """What the ERP makes of a filled form, by its own reading of dates and numbers."""
    header, formats = draft.header, profile.formats
    lines = tuple(_line(position, line, formats.decimal) for position, line in enumerate(draft.lines, 1))
    return Document(
        number="",
        customer=header["customer"],
        ordered_on=_day(header["order_date"], formats.date),
        reference=header.get("reference", ""),
        currency=header.get("currency", ""),
        lines=lines,
        total=sum((line.amount or Decimal(0) for line in lines), Decimal(0)),
        status=DocumentStatus.OPEN,
        po_number=header.get("po_number", ""),
        others=dict(profile.defaults),
    )


def _day(text: str, pattern: str) -> date:
    return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a business date has no zone


def _line(position: int, texts: Mapping[str, str], point: str) -> DocumentLine:
    quantity, price = (Decimal(texts[name].replace(point, ".")) for name in ("quantity", "price"))
    return DocumentLine(position, texts["item"], quantity, price, (quantity * price).quantize(CENT, "ROUND_HALF_UP"))


def row_of(document: Document) -> Listed:
    """The document as a list shows it."""
    return Listed(
        number=document.number,
        customer=document.customer,
        ordered_on=document.ordered_on,
        reference=document.reference,
        currency=document.currency,
        total=document.total,
        status=document.status,
        po_number=document.po_number,
    )


def _answers(document: Document, query: Search) -> bool:
    return (
        query.reference in document.reference
        and query.customer in ("", document.customer)
        and query.number in ("", document.number)
        and (query.since is None or document.ordered_on >= query.since)
        and (query.until is None or document.ordered_on <= query.until)
    )
