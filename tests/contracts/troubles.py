"""What is tried at every surface in trouble: a plain order, texts from everywhere, and the books as oracle."""

from decimal import Decimal

from bridge.model.comparisons import document_differences
from bridge.model.mapping import CrossReferences
from bridge.model.orders import Order
from tests.contracts.erp_worlds import ErpWorld
from tests.samples import line, order

NONE = CrossReferences()
PLAIN = order(lines=(line(), line(2, item="P-40", quantity=Decimal("2.5"), unit_price=Decimal("1234.56"))))
TEXTS = {
    "chinese": "重庆某某科技",
    "beyond the basic plane": "𠮷野家 𪚥",
    "umlauts": "Müller & Söhne, Straße",
    "signs": '<>|"@#\\{}[]~',
}


def is_stored_right(world: ErpWorld, reference: str, wanted: Order) -> bool:
    """Whether what is saved now is in the books once, and right in every field."""
    answer = world.bot.save(lambda: True)
    assert answer.number is not None, answer.text
    document = world.bot.read_document(answer.number)
    return world.stored(reference) == 1 and not document_differences(wanted, reference, document, world.profile, NONE)
