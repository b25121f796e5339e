"""Is the reconciliation right about a Harbour in which people work meanwhile? Its own tables and its own log say so."""

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from bridge.model.postings import Posting
from bridge.reports.books import manifest_path
from bridge.reports.controls import LOOKED_UP
from tests.installations import LINE, ROOT, Installation, installed, order
from tests.unit.reports.workbooks_read import BREAKS, MATCHED, table

BOT, FORMS = "bots.harbour:Harbour", "bots.harbour_forms:HarbourForms"
SURFACES = [
    pytest.param(FORMS, id="forms"),
    pytest.param(BOT, id="browser", marks=[pytest.mark.browser, pytest.mark.sweep]),
]
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
SHOWN = "GET /so/show "
Deed = Callable[["House"], object]


@dataclass
class Found:
    """What one reconciliation said: its manifest, and the rows of its breaks and matches."""

    manifest: dict[str, Any]
    breaks: list[dict[str, Any]]
    matched: list[dict[str, Any]]

    @property
    def failing(self) -> set[str]:
        """The controls that do not tie."""
        return {control["code"] for control in self.manifest["controls"] if not control["ties"]}

    def control(self, code: str, *, but: str = "") -> list[tuple[str, str, str]]:
        """Unit and figures of one control, without those of one scope."""
        found = (each for each in self.manifest["controls"] if each["code"] == code and each["scope"] != but)
        return [(each["unit"], each["expected"], each["found"]) for each in found]


@dataclass
class House:
    """A bridge that posted three orders, its CRM and its Harbour."""

    house: Installation
    folder: Path
    postings: list[Posting]

    @property
    def numbers(self) -> list[int]:
        """The documents, in the order of the orders."""
        return [int(posting.document or 0) for posting in self.postings]

    def reconcile(self, meanwhile: Deed | None = None, *, reread: bool = False) -> Found:
        """Run the job; `meanwhile` is done as soon as the first document was opened."""
        app, deeds = self.house.app, [meanwhile] if meanwhile else []

        def progress(*_: object) -> None:
            while deeds:
                deeds.pop()(self)

        app.period, app.reread, app.progress = MARCH, reread, progress
        workbook = Path(self.house.run("reconcile").facts["workbook"])
        manifest = json.loads(manifest_path(workbook).read_bytes())
        return Found(manifest, table(workbook, BREAKS).rows, table(workbook, MATCHED).rows)

    def opened(self) -> int:
        """How many pages of documents Harbour has served, by its own log, since it was asked last."""
        log = self.house.erp.options.access_log
        assert log is not None
        found = sum(line.startswith(SHOWN) for line in self.house.erp.requests())
        log.write_text("", encoding="utf-8")
        return found

    # what people do in Harbour, behind the bridge's back

    def ship(self, place: int) -> None:
        """A document is shipped."""
        self.house.erp.control(f"orders/{self.numbers[place]}/status", {"status": "Shipped"})

    def reprice(self, place: int) -> None:
        """Somebody types another quantity and price, such as no order has, into the first line of a document."""
        number = self.numbers[place]
        change = self.house.erp.change
        change("UPDATE order_lines SET quantity='98', unit_price='1.00', amount='98.00' WHERE order_number=?", number)
        change("UPDATE orders SET net_total='98.00' WHERE number=?", number)

    def exchange_item(self, place: int) -> None:
        """Somebody makes it another item of the same price, which no list shows."""
        self.house.erp.change("UPDATE order_lines SET item_code='P-40' WHERE order_number=?", self.numbers[place])

    def delete(self, place: int) -> None:
        """Somebody deletes a document in the tables."""
        for sql in ("DELETE FROM order_lines WHERE order_number=?", "DELETE FROM orders WHERE number=?"):
            self.house.erp.change(sql, self.numbers[place])

    def add(self, remarks: str = "by phone", wanted: Mapping[str, Any] | None = None) -> int:
        """Somebody types an order of their own, or this one of the CRM's."""
        line = (wanted or {"lines": [LINE]})["lines"][0]
        lines = [{"item_code": line["item"], "quantity": line["quantity"], "unit_price": line["unit_price"]}]
        wish = {"customer_code": "C1001", "remarks": remarks, "order_date": "2026-03-02", "lines": lines}
        return int(self.house.erp.control("orders", wish)["number"])


def furnished(folder: Path, bot: str, spoil: Callable[[str], str] = lambda text: text) -> dict[str, str]:
    """The ERP's settings with selectors of its own, worked by that bot, the order list's file as `spoil` makes it."""
    selectors = folder / "harbour"
    shutil.copytree(ROOT / "selectors" / "harbour", selectors)
    for name, change in (("erp.toml", lambda text: text.replace(BOT, bot)), ("order_list.toml", spoil)):
        path = selectors / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return {"selectors": selectors.as_posix()}


@pytest.fixture(params=SURFACES)
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """Three orders, posted."""
    with installed(tmp_path, erp=furnished(tmp_path, request.param)) as ready:
        yield House(ready, tmp_path, ready.post(*(order() for _ in range(3))))


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[House]:
    """The same, without a browser."""
    with installed(tmp_path, erp=furnished(tmp_path, FORMS)) as ready:
        yield House(ready, tmp_path, ready.post(*(order() for _ in range(3))))


def footers(house: House) -> list[tuple[str, str, str]]:
    """What C9 must say by Harbour's tables."""
    stored = house.house.oracle.all()
    pence = str(int(sum((each.total for each in stored), Decimal(0)) * 100))
    return [("rows", str(len(stored)), str(len(stored))), ("GBP", pence, pence)]


# --- between two reconciliations ------------------------------------------------------------------------------------


def test_only_what_changed_is_opened_and_everything_that_changed_is_seen(house: House) -> None:
    """The first reading opens all, the next what the list shows changed; the footers tie with the tables each time."""
    house.opened()
    first = house.reconcile()
    assert (first.manifest["verdict"], house.opened()) == ("RECONCILED", 3)
    assert first.control("C9") == footers(house)
    assert house.reconcile().manifest["verdict"] == "RECONCILED"
    assert house.opened() == 0
    house.ship(0)
    house.reprice(1)
    stranger = house.add()
    found = house.reconcile()
    assert house.opened() == 3
    assert {(row["document"], row["code"]) for row in found.breaks} == {
        (str(house.numbers[0]), "STATUS_DIFF"),
        (str(house.numbers[1]), "QTY_DIFF"),
        (str(stranger), "ORPHAN_IN_ERP"),
    }
    assert {row["locus"] for row in found.breaks if row["code"] != "ORPHAN_IN_ERP"} == {
        "changed in the ERP after it was verified"
    }
    assert (found.control("C9"), found.failing) == (footers(house), set())


def test_a_deleted_document_is_missed_and_nothing_is_opened(quick: House) -> None:
    """The kept reading of a document that is gone is not taken for the document."""
    quick.reconcile()
    quick.opened()
    quick.delete(2)
    found = quick.reconcile()
    assert (quick.opened(), [row["code"] for row in found.breaks], found.failing) == (0, ["MISSING_IN_ERP"], set())
    assert found.control("C9", but=LOOKED_UP) == footers(quick)


def test_what_no_list_shows_is_seen_when_everything_is_read_anew(quick: House) -> None:
    """Until then the workbook says by when it will be."""
    quick.reconcile()
    quick.exchange_item(0)
    before = quick.reconcile()
    assert before.breaks == []
    assert any("after 7 days" in note for note in before.manifest["notes"])
    quick.opened()
    found = quick.reconcile(reread=True)
    assert quick.opened() == 3
    assert [(row["code"], row["locus"]) for row in found.breaks] == [
        ("ITEM_DIFF", "changed in the ERP after it was verified")
    ]


# --- during one -----------------------------------------------------------------------------------------------------

DEEDS: dict[str, tuple[Deed, dict[str, str]]] = {
    "an opened document changes": (lambda house: house.reprice(0), {"QTY_DIFF": "first"}),
    "one that is still to be opened changes": (lambda house: house.reprice(2), {"QTY_DIFF": "last"}),
    "one that is still to be opened vanishes": (lambda house: house.delete(2), {"MISSING_IN_ERP": "last"}),
    "an opened one vanishes": (lambda house: house.delete(0), {"MISSING_IN_ERP": "first"}),
    "one is added": (lambda house: house.add(), {"ORPHAN_IN_ERP": ""}),
}


FIRST, *OTHERS = DEEDS  # unit tests play each of them on a list in memory


@pytest.mark.parametrize("deed", [FIRST, *(pytest.param(each, marks=pytest.mark.sweep) for each in OTHERS)])
def test_what_happens_while_the_list_is_read_is_seen(quick: House, deed: str) -> None:
    """The list is read until two passes agree, so that the workbook shows one state of Harbour, the last one."""
    do, expected = DEEDS[deed]
    found = quick.reconcile(do)
    orders = {"first": quick.postings[0].order_number, "last": quick.postings[2].order_number, "": None}
    assert {row["code"]: row["order_number"] for row in found.breaks} == {
        code: orders[which] for code, which in expected.items()
    }
    assert found.manifest["verdict"] == "BREAKS"
    assert (found.failing, found.control("C9", but=LOOKED_UP)) == (set(), footers(quick))
    stored = {str(each.number): str(each.total) for each in quick.house.oracle.all()}
    shown = {row["document"]: f"{row['erp_amount']:.2f}" for row in (*found.breaks, *found.matched) if row["document"]}
    assert shown == stored


def test_a_list_that_never_comes_to_rest_is_incomplete(quick: House) -> None:
    """C13 fails where even the last pass allowed saw something else; nobody may call that a match."""
    content = tomllib.loads(quick.house.config.read_text(encoding="utf-8"))
    content["reconciliation"] = {"most_passes": 2}
    quick.house.config.write_text(tomli_w.dumps(content), encoding="utf-8")
    quick.house.reopen()
    found = quick.reconcile(lambda house: house.add())
    assert (found.failing >= {"C13"}, found.manifest["verdict"]) == (True, "INCOMPLETE")


def test_a_list_whose_rows_are_not_all_read_is_incomplete(tmp_path: Path) -> None:
    """C9 fails where selectors find only every second row: the ERP's own footers know of the others."""
    half = furnished(tmp_path, FORMS, lambda text: text.replace("#list tr.order", "#list tr.odd"))
    with installed(tmp_path, erp=half) as ready:
        by_hand = House(ready, tmp_path, [])
        for _ in range(4):
            by_hand.add()
        found = by_hand.reconcile()
    assert found.failing >= {"C9"}
    assert found.control("C9")[0] == ("rows", "4", "2")
    assert found.manifest["verdict"] == "INCOMPLETE"


# --- two sides ------------------------------------------------------------------------------------------------------


def test_what_was_entered_before_the_bridge_is_compared_without_it(tmp_path: Path) -> None:
    """Orders of before the cut-over, typed by hand under their own numbers, are held by the bridge and match."""
    late = furnished(tmp_path, FORMS) | {"cut_over": "2026-03-15T00:00:00Z"}
    with installed(tmp_path, erp=late) as ready:
        orders = [order() for _ in range(3)]
        held = ready.load(orders)
        house = House(ready, tmp_path, held)
        for wanted in orders[:2]:
            house.add(wanted["number"], wanted)
        house.add(f"{orders[2]['number']} urgent", orders[2])
        found = house.reconcile()
    assert {posting.reason.code for posting in held if posting.reason} == {"before_cut_over"}
    rows = (*found.breaks, *found.matched)
    assert sorted((row["order_number"], row["matched_by"]) for row in rows if row["matched_by"]) == [
        (orders[0]["number"], "M1b"),
        (orders[1]["number"], "M1b"),
    ]
    assert {row["code"] for row in found.breaks} == {"NOT_TYPED", "ORPHAN_IN_ERP", "TEXT_DIFF"}  # no PO number there
    assert any("the ledger cannot know" in warning for warning in found.manifest["warnings"])
    assert found.failing == set()
