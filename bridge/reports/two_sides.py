"""Which orders can the ledger know nothing of, so that they are compared with the ERP alone?"""

from bridge.model.orders import Order
from bridge.reports.inputs import Inputs
from bridge.reports.records import Records, normal, tokens


class TwoSides:
    """Tells the orders that are older than the bridge, or of a period that the ledger knows nothing of at all."""

    def __init__(self, records: Records, inputs: Inputs) -> None:
        """What is known of the period is looked up once."""
        self._inputs = inputs
        self._knows_nothing = not _is_known(inputs) and not _was_bridged(records, inputs)

    def holds(self, order: Order) -> bool:
        """Whether the order is one of them."""
        first = self._inputs.first_day
        is_older = first is not None and order.ordered_on < first
        return is_older or (self._knows_nothing and order.ordered_on in self._inputs.period)


def _is_known(inputs: Inputs) -> bool:
    return any(typed.order.ordered_on in inputs.period for typed in inputs.ledger.postings)


def _was_bridged(records: Records, inputs: Inputs) -> bool:
    """Whether the ledger had something and was lost: its references stand in the ERP."""
    if inputs.rule is None:
        return False
    ours = {each.key for each in records.crm if each.order is not None and each.order.ordered_on in inputs.period}
    told = (normal(document.reference) for document in records.erp if document.reference)
    return any(reference in ours or not ours.isdisjoint(tokens(reference)) for reference in told)
