"""Which columns do groups have, and what stands beside an amount that was tolerated?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.model.breaks import MEANINGS, Outcome
from bridge.model.tolerances import Tolerances
from bridge.reports.cells import Money, Value
from bridge.reports.columns import MATCH_COLUMNS, Column
from bridge.reports.rows import Row
from bridge.reports.texts import Words


@dataclass(frozen=True)
class Member:
    """One order or document of a group; the first of each group also carries what the whole group is off."""

    row: Row
    residual: int | None


Groups = Mapping[str, Sequence[Row]]


def groups_of(rows: Iterable[Row]) -> Groups:
    """The rows of each group, by its name."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.group].append(row)
    return groups


def members(groups: Groups) -> list[Member]:
    """The members of all groups, those of one group together."""
    return [
        Member(row, _residual(group) if place == 0 else None)
        for _, group in sorted(groups.items())
        for place, row in enumerate(sorted(group, key=lambda row: (row.crm is None, row.order_number, row.item_id)))
    ]


def _residual(group: Sequence[Row]) -> int:
    return sum(amounts.difference for row in group for amounts in row.amounts())


def _crm(member: Member, _: Words) -> Money | None:
    minor = member.row.crm_minor
    return None if minor is None else Money(minor, member.row.crm_currency or "")


def _erp(member: Member, _: Words) -> Money | None:
    minor = member.row.erp_minor
    return None if minor is None else Money(minor, member.row.erp_currency or "")


def _off(member: Member, _: Words) -> Money | None:
    return None if member.residual is None else Money(member.residual, member.row.currency)


def _result(member: Member, words: Words) -> str:
    return words(MEANINGS[member.row.outcome].name)


GROUP_COLUMNS: Sequence[Column[Member]] = (
    Column("group", "Group", 14, lambda member, _: member.row.group),
    Column("order_number", "Order", 15, lambda member, _: member.row.order_number or None),
    Column("document", "Document", 13, lambda member, _: member.row.erp.number if member.row.erp else None),
    Column("outcome", "Result", 18, _result),
    Column("currency", "Currency", 9, lambda member, _: member.row.currency),
    Column("crm_amount", "CRM amount", 16, _crm, figures=True),
    Column("erp_amount", "ERP amount", 16, _erp, figures=True),
    Column("erp_currency", "ERP currency", 11, lambda member, _: member.row.erp_currency),
    Column("group_difference", "Whole group: ERP less CRM", 18, _off, figures=True),
    Column("code", "Code", 16, lambda member, _: member.row.outcome.value),
    Column("item_id", "Item id", 18, lambda member, _: member.row.item_id),
)


@dataclass(frozen=True)
class Within:
    """A row whose difference was tolerated, and the set that says so.

    A `group` is tolerated as one: what it is off together, by what is allowed of all of its lines.
    """

    row: Row
    tolerances: Tolerances
    group: Sequence[Row] = ()

    @property
    def residual(self) -> int | None:
        """What was tolerated: what the row is off, or its whole group."""
        return _residual(self.group) if self.group else self.row.difference

    @property
    def beside(self) -> int:
        """What was tolerated beside the compared total, signs aside."""
        return sum(row.tolerated_beside for row in self.group or (self.row,))

    def bound(self, side: int) -> Money | None:
        """What was allowed of orders with so many lines: 0 is above, 1 below."""
        orders = [row.crm.order for row in self.group or (self.row,) if row.crm and row.crm.order]
        if not orders:
            return None
        currency, lines = orders[0].currency, sum(len(order.lines) for order in orders)
        return Money(self.tolerances.of(currency).bounds(currency, lines)[side], currency)


def _of_row(column: Column[Row]) -> Column[Within]:
    def value(within: Within, words: Words) -> Value:
        return column.value(within.row, words)

    return Column(column.field, column.header, column.width, value, column.wraps, column.figures)


def _beside(within: Within, _: Words) -> Money | None:
    return Money(within.beside, within.row.currency) if within.beside else None


def _only_within(within: Within, words: Words) -> str | None:
    same = within.residual == 0 and not within.beside
    return words("lines or parts") if same and Outcome.MATCHED_TOL in within.row.flags else None


def _together(within: Within, _: Words) -> Money | None:
    return Money(_residual(within.group), within.row.currency) if within.group else None


_BOUNDS: Sequence[Column[Within]] = (
    Column("group_difference", "Whole group: ERP less CRM", 18, _together, figures=True),
    Column("allowed_above", "Allowed above", 14, lambda within, _: within.bound(0), figures=True),
    Column("allowed_below", "Allowed below", 14, lambda within, _: within.bound(1), figures=True),
    Column("beside", "Beside the total", 14, _beside, figures=True),
    Column("only_within", "Only within the total", 14, _only_within),
)


_AFTER = "difference"
TOLERANCE_COLUMNS: Sequence[Column[Within]] = tuple(
    each
    for column in MATCH_COLUMNS
    for each in ((_of_row(column), *_BOUNDS) if column.field == _AFTER else (_of_row(column),))
)
