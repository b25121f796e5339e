"""What do people do in CRM and Harbour all day? They enter, change, cancel and correct, and none of them tells us."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bridge.model.references import ReferenceRule, make_reference
from tests.end_to_end.december_worlds import World
from tests.oracles import Stored

Json = dict[str, Any]
CODE, REMARKS = "SB", ReferenceRule("Remarks", 20)  # as configuration and profile have them
CHANGEABLE = ("Open", "Confirmed")
DRAFT_EVERY = 9  # of so many new orders one comes as a draft and is released some days later


@dataclass
class Seller:
    """Who works at the CRM."""

    world: World
    chance: Random
    drafts: deque[int] = field(default_factory=deque)
    deleted: list[int] = field(default_factory=list)

    def enter(self, orders: Sequence[Mapping[str, Any]]) -> list[int]:
        """Orders come in; their ids."""
        drafted = [dict(each) for each in orders]
        for place in range(DRAFT_EVERY - 1, len(drafted), DRAFT_EVERY):
            drafted[place]["status"] = "draft"
        ids = self.world.site.crm.put(*drafted) if drafted else []
        self.drafts.extend(i for i, order in zip(ids, drafted, strict=True) if order["status"] == "draft")
        return ids

    def change(self, share: int) -> int:
        """Some orders that are in Harbour are another quantity now, one is cancelled; how many were touched."""
        posted = [order for order in self._orders("posted") if order["lines"]]
        chosen = self.chance.sample(posted, min(share + 1, len(posted)))
        for order in chosen[:share]:
            self._more(order)
        for order in chosen[share:]:
            self.world.site.crm.change(order["id"], status="cancelled")
        return len(chosen)

    def tidy(self, share: int) -> None:
        """Of the orders that wait for a person some get a customer, some are cancelled, and drafts are released."""
        waiting = self._orders("held") + self._orders("rejected")
        nobodys = [each for each in waiting if each["customer"] is None and len(each["lines"]) < 12]
        refunds = [each for each in waiting if Decimal(each["total"]) < 0]
        for order in self.chance.sample(nobodys, min(share, len(nobodys))):
            self.world.site.crm.change(order["id"], customer={"code": "C1001", "name": "Smith Ltd"})
        for order in self.chance.sample(refunds, min(share, len(refunds))):
            self.world.site.crm.change(order["id"], status="cancelled")
        for _ in range(min(share, max(0, len(self.drafts) - 1))):
            self.world.site.crm.change(self.drafts.popleft(), status="released")

    def delete(self, share: int) -> None:
        """Orders that are in Harbour vanish from the CRM without a trace."""
        posted = self._orders("posted") + self._orders("held")
        for order in self.chance.sample(posted, min(share, len(posted))):
            self.world.site.crm.control(f"orders/{order['id']}", None, "DELETE")
            self.deleted.append(order["id"])

    def late(self, share: int) -> None:
        """After the bridge has looked for the last time today, some orders change once more."""
        posted = [order for order in self._orders("posted") if order["lines"]]
        for order in self.chance.sample(posted, min(share, len(posted))):
            self._more(order)

    def _more(self, order: Json) -> None:
        lines = [
            {name: line[name] for name in ("item", "description", "quantity", "unit_price")} for line in order["lines"]
        ]
        line = self.chance.choice(lines)
        line["quantity"] = str(int(line["quantity"]) + 1)
        self.world.site.crm.change(order["id"], lines=lines)

    def _orders(self, state: str) -> list[Json]:
        """The released orders whose posting stands so."""
        entered = self.world.entered()
        standing = {order for order, each in entered.items() if each.state == state}
        return [each for each in self.world.orders() if str(each["id"]) in standing and each["status"] == "released"]


@dataclass
class Clerk:
    """Who works at Harbour besides the bridge; `altered` are the forms as they were, of documents that are not so."""

    world: World
    chance: Random
    customers: Sequence[str]
    altered: dict[int, dict[str, str]] = field(default_factory=dict)
    corrected: list[int] = field(default_factory=list)
    foreign: list[int] = field(default_factory=list)

    def sign_on(self) -> None:
        """Begin the day."""
        assert "frameset" in self.world.clerk.sign_on("MARY", "mary").html

    def correct(self, share: int) -> None:
        """Set right what was altered before; cancel what was entered twice or by hand."""
        for number in self.chance.sample(sorted(self.altered), min(share, len(self.altered))):
            if self._save(number, lambda now, number=number: now | self.altered[number]):  # type: ignore[misc]
                self.corrected.append(number)
            del self.altered[number]
        for number in self.chance.sample(self.foreign, min(share, len(self.foreign))):
            self.cancel(number)
            self.foreign.remove(number)

    def worsen(self, share: int) -> None:
        """What is altered already is altered once more, every other one to a day that nobody reads."""
        for place, number in enumerate(self.chance.sample(sorted(self.altered), min(share, len(self.altered)))):
            self._save(number, _other_quantity if place % 2 else _years_later)

    def break_again(self, share: int) -> None:
        """What was corrected some day is altered again."""
        for number in self.corrected[:share]:
            self.alter(number, _other_quantity)
        del self.corrected[:share]

    def alter_some(self, share: int) -> None:
        """Change values of documents that are as they should be, each in another way."""
        ways = [
            _other_quantity,
            _other_price,
            _fewer_lines,
            _later,
            self._other_customer,
            _other_currency,
            _no_reference,
        ]
        free = self._free()
        for document in self.chance.sample(free, min(share * 2, len(free))):
            self.alter(document.number, self.chance.choice(ways))

    def alter(self, number: int, way: Callable[[dict[str, str]], dict[str, str]]) -> None:
        """Change one document."""
        before = self._save(number, way)
        if before is not None:
            self.altered.setdefault(number, before)

    def cancel_some(self, share: int) -> None:
        """Cancel documents whose orders nobody cancelled, and enter an earlier one of them anew by hand."""
        void = [each for each in self._ours() if each.status == "Cancelled"]
        free = self._free()
        for document in self.chance.sample(free, min(share, len(free))):
            self.cancel(document.number)
        for document in self.chance.sample(void, min(share, len(void)))[: self.chance.choice((0, 1))]:
            self._enter(document, reference=document.reference)

    def enter_some(self, share: int, day: date) -> None:
        """Enter something that no order asked for, and some orders a second time."""
        free = self._free()
        for document in self.chance.sample(free, min(share, len(free))):
            self.foreign.append(self._enter(document, reference=document.reference))
        lines = [{"item_code": "P-30", "quantity": str(self.chance.randrange(1, 900)), "unit_price": "12.90"}]
        order = {"customer_code": self.chance.choice(self.customers), "order_date": day.isoformat(), "lines": lines}
        self.foreign.append(self.world.site.erp.control("orders", order)["number"])

    def adopt(self, order: Mapping[str, Any]) -> None:
        """Enter an order that the bridge has not taken yet, under the reference that it would get; sure of itself."""
        lines = [
            {"item_code": line["item"], "quantity": line["quantity"], "unit_price": line["unit_price"]}
            for line in order["lines"]
        ]
        reference = make_reference(CODE, order["number"], REMARKS)
        header = {"customer_code": order["customer"]["code"], "order_date": order["order_date"], "remarks": reference}
        self.world.site.erp.control("orders", header | {"lines": lines})
        self.world.coming[reference] = str(order["id"])

    def ship_some(self, share: int) -> None:
        """The warehouse and the accounts go on."""
        self.world.site.erp.control(
            "advance", {"confirm": share * 3, "ship": share, "invoice": share, "pay": share // 2}
        )

    def cancel(self, number: int) -> None:
        """Cancel one document, where Harbour allows it."""
        page = self.world.clerk.get("/so/entry", number=str(number))
        if not page.error:
            self.world.clerk.post("/so/cancel", page.fields)

    def _enter(self, like: Stored, reference: str) -> int:
        lines = [
            {"item_code": line.item, "quantity": str(line.quantity), "unit_price": str(line.price)}
            for line in like.lines
        ]
        header = {"customer_code": like.customer, "order_date": like.ordered_on, "currency": like.currency}
        number = self.world.site.erp.control("orders", header | {"remarks": reference, "lines": lines})["number"]
        return int(number)

    def _save(self, number: int, way: Callable[[dict[str, str]], dict[str, str]]) -> dict[str, str] | None:
        """Open the form of a document, change it, save it; the form as it was, or None where it cannot be changed."""
        clerk = self.world.clerk
        page = clerk.get("/so/entry", number=str(number))
        if page.error:
            return None
        updated = clerk.post("/so/entry", way(page.fields))
        saved = clerk.post("/so/save", updated.fields)
        assert saved.saved == number, saved.html
        return page.fields

    def _other_customer(self, form: dict[str, str]) -> dict[str, str]:
        others = [code for code in self.customers if code != form["txtCust"]]
        return form | {"txtCust": self.chance.choice(others)}

    def _ours(self) -> Iterator[Stored]:
        """The documents that the bridge entered."""
        known = {each.document for each in self.world.entered().values()}
        return (each for each in self.world.documents() if str(each.number) in known)

    def _free(self) -> list[Stored]:
        """Those that may still be changed and that nobody has touched so far."""
        touched = {*self.altered, *self.corrected}
        return [each for each in self._ours() if each.status in CHANGEABLE and each.number not in touched]


def _other_quantity(form: dict[str, str]) -> dict[str, str]:
    return form | {"qty_1": str(int(form["qty_1"].replace(",", "").split(".")[0]) + 1)}


def _other_price(form: dict[str, str]) -> dict[str, str]:
    return form | {"price_1": str(Decimal(form["price_1"].replace(",", "")) + Decimal("0.01"))}


def _fewer_lines(form: dict[str, str]) -> dict[str, str]:
    last = int(form["rows"]) - 1
    return form | {f"qty_{last}": "0"} if last > 1 else _other_quantity(form)


def _later(form: dict[str, str]) -> dict[str, str]:
    day, month, year = (int(part) for part in form["txtDate"].split("/"))
    later = date(2000 + year, month, day) + timedelta(days=1)
    return form | {"txtDate": later.strftime("%d/%m/%y")}


def _years_later(form: dict[str, str]) -> dict[str, str]:
    return form | {"txtDate": "31/12/30"}


def _other_currency(form: dict[str, str]) -> dict[str, str]:
    return form | {"selCurr": "EUR"}


def _no_reference(form: dict[str, str]) -> dict[str, str]:
    return form | {"txtRem": ""}
