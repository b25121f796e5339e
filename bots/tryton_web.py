"""How does a clerk enter and look up sales in Tryton's web client? One method per procedure."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count

from bots.bot import ENTRY, Bot, Credentials
from bots.screen import ErpScreens
from bots.tryton_readings import Texts, asked, header_of, line_of, named, number_of, row_of
from bridge.errors import (
    BridgeError,
    CurrencyUnknown,
    CustomerAmbiguous,
    CustomerUnknown,
    ErpSaid,
    ItemAmbiguous,
    ItemUnknown,
    ScreenUnknown,
    SignOnRefused,
    TargetNotFound,
    ValueUnreadable,
)
from bridge.locale import Phrase
from bridge.model.comparisons import document_of, listed_of
from bridge.model.documents import Document, Listed
from bridge.model.forms import Form
from bridge.model.lists import ListReading, list_reading
from bridge.model.profiles import ErpProfile
from bridge.ports import Answer, Leave, LocatorHit, ScreenDriver, Search

PARTIES = "parties"
NONE_SUCH = Search(number="-")
MOST_LOOKS = 9


class TrytonWeb(Bot):
    """Tryton 8.0 in a browser: one page that redraws itself; a sale is stored at Save and gets its number at Quote.

    Parties and products are chosen by their exact code in the window behind the magnifier: what is typed into such a
    field finds neighbours too. A sale shows its party by name only, so the code is looked up in the list of parties.
    """

    database = ""

    def __init__(self, profile: ErpProfile, driver: ScreenDriver, credentials: Credentials) -> None:
        super().__init__(profile, driver, credentials)
        self.third = ErpScreens(profile, driver)
        self.visits = count(1)
        self.party = ("", "")

    # --- signing on and off -----------------------------------------------------------------------------------------

    def sign_on(self) -> None:
        """Sign on; a session that this browser still has is ended first, else its password would not be asked for."""
        if self.database:
            self.sign_off()
        screens = self.screens
        screens.open("sign_on", visit=self._visit())
        self.database = screens.read("database")["database"]
        screens.type(user=self.credentials.user)
        screens.press("login", leads_to="sign_on_password")
        screens.type(password=self.credentials.password)
        try:
            screens.press("ok", leads_to="menu")
        except BridgeError as error:
            text = str(error.params.get("text", ""))
            if screens.meaning(text) != "sign_on_refused":
                raise
            raise SignOnRefused(erp=self.profile.name, user=self.credentials.user, text=text) from error

    def sign_off(self) -> None:
        """End the session, if there is one."""
        screens = self.screens
        try:
            screens.open("menu", visit=self._visit(), database=self.database)
        except (ScreenUnknown, ErpSaid):  # it asks who we are
            return
        screens.press_only("user")
        screens.press("logout", leads_to="sign_on")

    def _visit(self) -> str:
        """Makes an address another one; else the client keeps its page, with all the tabs in it."""
        return str(next(self.visits))

    # --- looking ----------------------------------------------------------------------------------------------------

    def search(self, query: Search) -> tuple[Listed, ...]:
        """Ask the list of sales, whatever their state, and the list of parties for the codes of those found."""
        return tuple(listed_of(row, self.profile) for row in self._listed(query))

    def read_list(self, query: Search) -> ListReading:
        """The same; the list shows no sums, and its count is of rows that were counted already."""
        return list_reading(self._listed(query), None, self.profile)

    def _listed(self, query: Search) -> list[Texts]:
        with self.reading() as screens:
            rows = self._sales(screens, query)
        names = {row["party"] for row in rows}
        codes = dict.fromkeys(names, query.customer) if query.customer else self._codes(names)
        return [row_of(row, codes) for row in rows]

    def _sales(self, screens: ErpScreens, query: Search) -> list[Mapping[str, str]]:
        screens.open("order_list", visit=self._visit(), database=self.database, **self._asked(query))
        rows = _all_rows(screens, "orders")
        return [row for row in rows if not query.number or number_of(row) == query.number]

    def _asked(self, query: Search) -> Texts:
        return asked(query, self.profile.screens["order_list"])

    def _codes(self, names: Collection[str]) -> dict[str, str]:
        """The code of each party that is the only one of its name."""
        found = self._parties(names) if names else {}
        return {name: codes[0] for name, codes in found.items() if len(codes) == 1}

    def _parties(self, names: Collection[str]) -> dict[str, list[str]]:
        with self._aside() as screens:
            domain = named(names, self.profile.screens["party_list"])
            screens.open("party_list", visit=self._visit(), database=self.database, domain=domain)
            rows = _all_rows(screens, "parties")
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["name"], []).append(row["code"])
        return found

    @contextmanager
    def _aside(self) -> Iterator[ErpScreens]:
        """The screens of a third window, while inside, so that a document that was read stays in the second."""
        self.driver.use(PARTIES)
        try:
            yield self.third
        finally:
            self.driver.use(ENTRY)

    def read_document(self, number: str) -> Document:
        """Open the stored sale from the list by its number, and read its fields, its lines and its second tab."""
        with self.reading() as screens:
            rows = self._sales(screens, Search(number=number))
        if len(rows) != 1:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("order {number}", number=number), text="")
        customer = self._code_of(rows[0])
        with self.reading() as screens:
            screens.type_row("orders", 0, {"chosen": "1"})
            screens.press("switch", leads_to="order_show")
            header, lines = screens.read_form(), _all_rows(screens, "lines")
            screens.press("other_info", leads_to="order_other")
            other = screens.read_form()
            screens.press_only("sale")
        shown = header_of(header) | other | {"customer": customer if header["customer"] == rows[0]["party"] else ""}
        return document_of(Form(shown, tuple(map(line_of, lines))), self.profile)

    def _code_of(self, sale: Mapping[str, str]) -> str:
        """The code of the sale's party; of several with that name the one whose sales have this among them."""
        codes = self._parties([sale["party"]]).get(sale["party"], [])
        own = [code for code in codes if self._is_of(sale, code)] if len(codes) > 1 else codes
        if len(own) != 1:
            raise (CustomerAmbiguous if own else CustomerUnknown)(erp=self.profile.name, customer=sale["party"])
        return own[0]

    def _is_of(self, sale: Mapping[str, str], code: str) -> bool:
        with self._aside() as screens:
            return len(self._sales(screens, Search(number=number_of(sale), customer=code))) == 1

    # --- typing and saving ------------------------------------------------------------------------------------------

    def open_entry(self, reference: str) -> None:  # noqa: ARG002 - this ERP's form needs none
        """Open a blank sale from an empty list, and check that every target is there."""
        screens = self.screens
        screens.open("order_list", visit=self._visit(), database=self.database, **self._asked(NONE_SUCH))
        screens.press("new", leads_to="order_entry")
        screens.read_form()
        screens.check("find_party", "new_line", "other_info", "save")

    def type_order(self, form: Form) -> Form:
        """Choose the party, type the header, then each line in its own window, and read the whole form back."""
        header, screens = dict(form.header), self.screens
        customer, currency = header.pop("customer"), header.pop("currency", "")
        screens.context = {"customer": customer}
        self.party = customer, self._choose_party(customer)
        if currency and screens.read("currency")["currency"] != currency:
            self._choose_currency(currency)
        screens.type_form(header)
        for position, line in enumerate(form.lines, 1):
            screens.context = {"customer": customer, "item": line["item"], "position": str(position)}
            self._type_line(line, position)
        self._check_choices()
        return self._read_back()

    def _choose_party(self, code: str) -> str:
        erp, screens = self.profile.name, self.screens
        screens.press("find_party", leads_to="record_search")
        names = self._choose("code", code)
        if len(names) != 1:
            raise (CustomerAmbiguous if names else CustomerUnknown)(erp=erp, customer=code)
        screens.press("ok", leads_to="order_entry")
        return names[0]

    def _choose_currency(self, currency: str) -> None:
        screens = self.screens
        screens.press_only("clear_currency")
        screens.press("find_currency", leads_to="record_search")
        if len(self._choose("name", currency)) != 1:
            raise CurrencyUnknown(erp=self.profile.name, currency=currency)
        screens.press("ok", leads_to="order_entry")

    def _choose(self, column: str, text: str) -> list[str]:
        """Ask for exactly this text and tick its row where it is the only one; the names of all such rows."""
        screens = self.screens
        asked_for = self.profile.screens["record_search"].targets[column].format
        screens.type(**{column: asked_for.format(text.replace("\\", "\\\\").replace('"', '\\"'))})
        screens.press_only("search")
        rows = screens.rows("records" if column == "name" else "coded_records")
        places = [place for place, row in enumerate(rows) if row[column] == text]
        if len(places) == 1:
            screens.type_row("records", places[0], {"chosen": "1"})
        return [rows[place]["name"] for place in places]

    def _type_line(self, line: Mapping[str, str], position: int) -> None:
        """The quantity before the price: the client puts the list price in when it learns the quantity."""
        erp, screens, item = self.profile.name, self.screens, line["item"]
        screens.press("new_line", leads_to="order_line")
        screens.press("find_product", leads_to="record_search")
        names = self._choose("code", item)
        if len(names) != 1:
            raise (ItemAmbiguous if names else ItemUnknown)(erp=erp, item=item, position=position)
        screens.press("ok", leads_to="order_line")
        screens.type(quantity=line["quantity"])
        screens.read("quantity")
        screens.type(unit_price=line["price"])
        screens.press("add", leads_to="order_entry")

    def _check_choices(self) -> None:
        """See that the choices that nobody made are still the usual ones; raises ReadBackDiffers.

        The client empties and fills them anew whenever it redraws, and stores what they show meanwhile.
        """
        screens = self.screens
        screens.press("other_info", leads_to="order_other")
        screens.confirm(**{name: self.profile.defaults[name] for name in screens.read_form()})
        screens.press_only("sale")
        screens.see("order_entry")

    def _read_back(self) -> Form:
        header, lines = self.screens.read_form(), _all_rows(self.screens, "lines")
        code, name = self.party
        customer = code if header["customer"] == name else header["customer"]
        return Form(header | {"customer": customer}, tuple(map(line_of, lines)))

    def save(self, leave: Leave) -> Answer:
        """Press Save, which stores the sale, then Quote, which numbers it, then Confirm, which makes it an order."""
        self.screens.see("order_entry")
        self.screens.commit("save", leave)
        return self.answer_to_save(self._quoted)

    def _quoted(self) -> str | None:
        screens = self.screens
        screens.see("order_saved")
        screens.press("quote", leads_to="order_quoted")
        number = screens.read_number("number")
        screens.press("confirm", leads_to="order_confirmed")
        return number

    def abandon_entry(self) -> None:
        """Leave the form for a fresh page; what was typed is lost with the old one."""
        self.screens.open("menu", visit=self._visit(), database=self.database)

    def locate_all(self) -> tuple[LocatorHit, ...]:
        """Open each screen that needs no order and say which locator finds each target."""
        self.open_entry("")
        hits = [hit for hit in self.screens.hits() if not hit.target.startswith("lines.")]  # it has none yet
        with self.reading() as screens:
            screens.open("order_list", visit=self._visit(), database=self.database, **self._asked(Search()))
            hits.extend(screens.hits())
        return tuple(hits)


def _all_rows(screens: ErpScreens, grid: str) -> tuple[dict[str, str], ...]:
    """All rows, as many as the client counts itself; it shows twenty at a time, and more when asked or seen to the end.

    Raises ValueUnreadable where the two never agree, and for a thousand and more, which it counts as "1K".
    """
    counted, looks = "", MOST_LOOKS
    while looks:
        if screens.read("more")["more"]:
            with suppress(TargetNotFound):  # it presses this one itself where it comes into sight
                screens.press_only("more")
            continue
        rows, counted = screens.rows(grid), screens.read("count")["count"].rpartition("/")[2].strip()
        if counted == str(len(rows)):
            return rows
        looks -= 1
        screens.look_again()
    raise ValueUnreadable(field=Phrase("count"), text=counted, kind=Phrase("number"))
