"""What do bots share whose ERP asks before it saves, and says in a message what became of it?"""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from bots.bot import Bot
from bots.screen import ErpScreens, filters_of
from bridge.errors import ErpSaid, ReadBackDiffers, ScreenUnknown
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, form_differences, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form, told
from bridge.ports import Answer, Leave, LocatorHit, Search

NOTHING = ""  # a row without an item is none
Row = dict[str, str]


class AskingBot(Bot, ABC):
    """Questions before Save and before a cancellation; the number stands in the targets of `order_saved`.

    A stored order is changed in a form of its own (`order_change`), under a lock that Save, Exit or the session's end
    releases. What differs from ERP to ERP is left to its own bot.
    """

    changing = ""

    # --- looking ----------------------------------------------------------------------------------------------------

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the order list for all statuses and read every page of the answer."""
        with self.reading() as screens:
            return tuple(listed_of(row, self.profile) for row in self._rows(screens, query))

    @abstractmethod
    def _rows(self, screens: ErpScreens, query: Search) -> Sequence[Row]:
        """All rows of all pages of the answer."""

    def _open_list(self, screens: ErpScreens, query: Search) -> None:
        """Open the list with what is asked typed into it, and read that back."""
        filters = {**filters_of(query, self.profile), "all_statuses": "Y"}
        screens.open("order_list")
        screens.type(**filters)
        screens.confirm(**filters)

    def read_document(self, number: str) -> Document:
        """Open the stored order and read every field and line."""
        with self.reading() as screens:
            return document_of(self._display(screens, number), self.profile)

    @abstractmethod
    def _display(self, screens: ErpScreens, number: str) -> Form:
        """What the stored order shows, all lines of it."""

    @abstractmethod
    def _go_to_menu(self) -> None:
        """To the screen `menu`."""

    @abstractmethod
    def open_entry(self, reference: str) -> None:
        """Open a blank form."""

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        hits: list[LocatorHit] = []
        self._go_to_menu()
        hits.extend(self.screens.hits())
        self.open_entry("")
        hits.extend(self.screens.hits())
        with self.reading() as screens:
            screens.open("order_list")
            hits.extend(screens.hits())
        return tuple(hits)

    # --- saving -----------------------------------------------------------------------------------------------------

    def save(self, leave: Leave) -> Answer:
        """Press Save, accept the question, and read the number in the message."""
        with self.screens.expecting("confirm_save", accept=True):
            self.screens.commit("save", leave)
        return self.answer_to_save(self._read_saved)

    def save_change(self, leave: Leave) -> Answer:
        """Press Save on the form of that order, accept the question, and read the number in the message."""
        self.screens.see("order_change")
        self.screens.confirm(number=self.changing)
        with self.screens.expecting("confirm_change", accept=True):
            self.screens.commit("save", leave)
        return self.answer_about(self.changing, self._read_saved)

    def cancel_document(self, leave: Leave) -> Answer:
        """Press what cancels on the form of that order, accept the question, and read what is said."""
        self.screens.see("order_cancel")
        with self.screens.expecting("confirm_cancel", accept=True):
            self.screens.commit("cancel", leave)
        return self.answer_about(self.changing, self._read_cancelled)

    def _read_saved(self) -> str | None:
        self.screens.see("order_saved")
        return self.screens.read_number("saved")

    def _read_cancelled(self) -> str | None:
        self.screens.see("order_saved")
        return self.screens.read_number("cancelled")

    # --- stored orders ----------------------------------------------------------------------------------------------

    def open_change(self, number: str) -> Document:
        """Go by the display into the stored order's form, which locks it; the form must show what was stored."""
        stored = self._open_stored(number)
        self.screens.press("change", leads_to="order_change")
        self.screens.confirm(number=number)
        held = self._held()
        found = form_differences(stored.like(held), held, self.profile)
        if found:
            raise ReadBackDiffers(differences=told(found))
        return document_of(stored, self.profile)

    def _open_stored(self, number: str) -> Form:
        """What the order shows before its form is opened; raises ScreenUnknown where it is not on file."""
        self.screens.context, self.changing = {"document": number}, number
        try:
            return self._display(self.screens, number)
        except ErpSaid as said:
            wanted = Phrase("order {number}", number=number)
            raise ScreenUnknown(erp=self.profile.name, expected=wanted, text=said.params["text"]) from said

    @abstractmethod
    def _held(self) -> Form:
        """All that the form shows."""
