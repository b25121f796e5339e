"""How did the open breaks move since the statement before, how old are they, and who signed?"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bridge.model.breaks import MEANINGS, Outcome, Verdict
from bridge.model.items import BUCKETS, Lifecycle, bucket_of
from bridge.model.statements import ROLE_NAMES, Role
from bridge.reports.cells import Sheet, Value
from bridge.reports.columns import FAIR, GOOD, Look
from bridge.reports.reconciliations import Reconciliation
from bridge.reports.tables import HEADER_LOOK, LINE_HEIGHT
from bridge.reports.texts import Words

COLOURS = ("#9DC3E6", "#FFD966", "#F4B183", "#C55A11", "#7B2C0B")  # one per range of age, the oldest the darkest
CHART_ROWS = 14
CHART_SIZE = {"width": 820, "height": 290}
MOVED = ("Breaks", "Number")
OPEN_NOW = "Open now"
LINES = ("Open before", "New", "Reopened", "Resolved", OPEN_NOW, "of which changed", "of which need a person")
SIGNED = ("Signed", "By", "", "At (UTC)", "Stands")
RIGHT: Look = {"align": "right", "indent": 1}


def movement_of(found: Reconciliation) -> Sequence[tuple[str, int]]:
    """From the breaks open before to those open now; names are keys of the catalogue."""
    lives, opening = found.lives, found.memory.opening
    came = (lives.count(Lifecycle.NEW), lives.count(Lifecycle.REOPENED), -lives.count(Lifecycle.RESOLVED))
    counts = (opening, *came, found.open_items, lives.count(Lifecycle.CHANGED), lives.pressing)
    return tuple(zip(LINES, counts, strict=True))


class Movements:
    """Open before, what came and went, open now; and the breaks by type and age, as table and chart."""

    def __init__(self, sheet: Sheet, found: Reconciliation, words: Words) -> None:
        self._sheet, self._found, self._words = sheet, found, words

    def write(self, row: int) -> int:
        """Write from that row on; the first free row after it."""
        end = self._moved(row)
        return self._aged(end + 1)

    def _moved(self, row: int) -> int:
        self._put(row, MOVED, HEADER_LOOK)
        for place, (name, count) in enumerate(movement_of(self._found), row + 1):
            bold: Look = {"bold": True, "top": 1} if name == OPEN_NOW else {}
            self._sheet.worksheet.set_row(place, LINE_HEIGHT)
            self._sheet.put(place, 0, self._words(name), **bold)
            self._sheet.put(place, 1, count, **bold)
        return row + len(LINES) + 1

    def _aged(self, row: int) -> int:
        """Types down, ranges of age across; the chart stands beside it."""
        counted = self._counts()
        outcomes = [outcome for outcome in Outcome if any(counted[outcome, bucket] for bucket in BUCKETS)]
        self._sheet.put(row, 0, self._words("Break, by age in days"), **HEADER_LOOK)
        for column, bucket in enumerate(BUCKETS, 1):
            self._sheet.put(row, column, bucket.name, **HEADER_LOOK, **RIGHT)
        for place, outcome in enumerate(outcomes, row + 1):
            self._sheet.worksheet.set_row(place, LINE_HEIGHT)
            self._sheet.put(place, 0, self._words(MEANINGS[outcome].name))
            for column, bucket in enumerate(BUCKETS, 1):
                self._sheet.put(place, column, counted[outcome, bucket])
        if not outcomes:
            self._sheet.put(row + 1, 0, self._words("nothing"))
            return row + 3
        self._chart(row, len(outcomes))
        return row + len(outcomes) + CHART_ROWS + 4

    def _counts(self) -> Counter[Any]:
        at = self._found.as_of.latest
        return Counter((item.outcome, bucket_of(item.age(at))) for item in self._found.lives.items.values())

    def _chart(self, row: int, count: int) -> None:
        sheet = self._sheet.worksheet
        chart = self._sheet.bar_chart()
        for column, colour in enumerate(COLOURS, 1):
            chart.add_series(
                {
                    "name": [sheet.name, row, column],
                    "categories": [sheet.name, row + 1, 0, row + count, 0],
                    "values": [sheet.name, row + 1, column, row + count, column],
                    "fill": {"color": colour},
                    "border": {"color": "#595959"},
                    "gap": 60,
                }
            )
        chart.set_title({"name": self._words("Open breaks by type and age (days)"), "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"})
        chart.set_x_axis({"num_format": "0", "major_gridlines": {"visible": True, "line": {"color": "#D9D9D9"}}})
        chart.set_y_axis({"reverse": True})
        chart.set_size(CHART_SIZE)
        sheet.insert_chart(row + count + 2, 0, chart, {"object_position": 3})

    def _put(self, row: int, names: Sequence[str], look: Look) -> None:
        for column, name in enumerate(names):
            self._sheet.put(row, column, self._words(name), **{**look, **(RIGHT if column else {})})


class SignOffs:
    """Who prepared and who reviewed this period, and whether that still stands for these values."""

    def __init__(self, sheet: Sheet, found: Reconciliation, words: Words) -> None:
        self._sheet, self._found, self._words = sheet, found, words

    def write(self, row: int) -> int:
        """Write from that row on; the first free row after it."""
        for column, name in enumerate(SIGNED):
            self._sheet.put(row, column, self._words(name) if name else None, **HEADER_LOOK)
        for place, role in enumerate(Role, row + 1):
            self._sheet.worksheet.set_row(place, LINE_HEIGHT)
            for column, (value, look) in enumerate(self._cells(role)):
                self._sheet.put(place, column, value, **look)
        return row + len(Role) + 2

    def _cells(self, role: Role) -> Sequence[tuple[Value, Look]]:
        words, signed = self._words, self._found.memory.signed(role)
        if signed is None:
            return ((words(ROLE_NAMES[role]), {}), (words("nobody yet"), {}), (None, {}))
        ties = self._found.verdict is not Verdict.INCOMPLETE  # nobody can say then that the values are the same
        standing = ties and signed.stands_for(self._found.values_sha256())
        text = f"✔ {words('stands')}" if standing else f"✖ {words('lapsed: the values are others now')}"
        look = GOOD if standing else FAIR
        return ((words(ROLE_NAMES[role]), {}), (signed.person, {}), (None, {}), (signed.at, {}), (text, look))
