"""Shows how Tryton's web client stores choices that nobody made, and doubts that it happens to our bot.

After a field loses focus the form is redrawn: each list of choices is emptied and gets its value back a moment later.
A click in that moment stores the first choice, on hidden tabs too: a sale that is never invoiced nor shipped, or
one whose line became a comment and lost its product, its quantity and its price.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

import pytest

from bridge.errors import ApplicationError
from bridge.model.comparisons import document_differences, form_of
from bridge.model.mapping import CrossReferences
from tests.contracts.tryton_web_worlds import TrytonWebWorld, tryton_web_world
from tests.samples import ROOT, line, order

pytestmark = [pytest.mark.real, pytest.mark.browser]

TIMES: Final = 10 if os.environ.get("ERPBRIDGE_LONG") else 2
SCRIPT: Final = (sys.executable, "-m", "tests.real.tryton_hasty_scripts")
NONE: Final = CrossReferences()
ORDER: Final = order(customer="C0002", lines=(line(quantity=Decimal(3), unit_price=Decimal("9.5000")),))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrytonWebWorld]:
    """One Tryton for both."""
    with tryton_web_world(tmp_path_factory.mktemp("erp")) as ready:
        yield ready


def methods(world: TrytonWebWorld, reference: str) -> tuple[str, str]:
    """How the one sale of that reference will be invoiced and shipped, by Tryton's own tables."""
    (sale,) = world.server.sales(reference)
    return sale["invoice_method"], sale["shipment_method"]


def test_our_bot_enters_every_order_right(world: TrytonWebWorld) -> None:
    """One to three lines, one after the other: what the tables hold is what was ordered, and nothing nobody chose."""
    for number in range(TIMES):
        reference = f"CALM-{number}-X"
        more = (line(2, item="P-40", quantity=Decimal("2.5")), line(3, item="W-100", unit_price=Decimal("0.0805")))
        wanted = replace(ORDER, lines=ORDER.lines + more[: number % 3])
        world.bot.open_entry(reference)
        world.bot.type_order(form_of(wanted, reference, world.profile, NONE))
        answer = world.bot.save(lambda: True)
        (sale,) = world.server.sales(reference)
        assert (sale["number"], sale["state"], sale["customer"]) == (answer.number, "confirmed", "C0002")
        assert sale["lines"] == [(each.item, each.quantity, each.unit_price) for each in wanted.lines]
        assert methods(world, reference) == ("order", "order")


def test_a_script_that_clicks_at_once_is_hit_and_verification_says_so(world: TrytonWebWorld) -> None:
    """Orders by a plain script: how many were hit is said, and none of those is taken for the order."""
    references = [f"HASTE-{number}-X" for number in range(TIMES)]
    subprocess.run([*SCRIPT, world.server.url, "C0002", "P-30", *references], check=True, cwd=ROOT)
    hit = [reference for reference in references if methods(world, reference) != ("order", "order")]
    sys.stdout.write(f"{len(hit)} of {TIMES} sales hold choices that nobody made\n")
    assert hit
    assert [reference for reference in hit if is_verified(world, reference)] == []


def is_verified(world: TrytonWebWorld, reference: str) -> bool:
    """Whether our verification takes the sale for the order; a line that became a comment is not even readable."""
    try:
        document = world.bot.read_document(f"[{reference}]")
    except ApplicationError:
        return False
    return document_differences(ORDER, reference, document, world.profile, NONE) == ()
