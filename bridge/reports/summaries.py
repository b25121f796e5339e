"""What must finance see first? The verdict and why, the sums per kind and currency, and what was left out."""

from collections.abc import Iterator, Mapping, Sequence

from bridge.model.breaks import MEANINGS, VERDICT_MEANINGS, Outcome, Verdict
from bridge.reports.cells import TEXT_MARK, Book, Money, Sheet, Value
from bridge.reports.classifications import EXCLUSION_RULES
from bridge.reports.columns import BAD, FAIR, GOOD, Look
from bridge.reports.movements import Movements, SignOffs
from bridge.reports.reconciliations import Detail, Reconciliation
from bridge.reports.tables import HEADER_LOOK, LINE_HEIGHT, for_printing
from bridge.reports.texts import Words
from bridge.reports.totals import Total

WIDTHS = (32, 20, 10, 20, 20, 20, 22, 76)
TOTAL_FIELDS = ("outcome", "currency", "count", "crm_sum", "erp_sum", "difference_sum", "code", "meaning")
TOTAL_HEADERS = ("Result", "Currency", "Rows", "CRM amount", "ERP amount", "Difference", "Code", "Meaning")
COMPANY_HEADERS = ("Company", *TOTAL_HEADERS[1:6])
FIGURES = range(2, 6)
SIGNS: Mapping[Verdict, tuple[str, Look]] = {
    Verdict.INCOMPLETE: ("✖", BAD),
    Verdict.BREAKS: ("▲", FAIR),
    Verdict.WARN: ("!", FAIR),
    Verdict.RECONCILED: ("✔", GOOD),
}


class Summary:
    """The first sheet, written from top to bottom."""

    def __init__(self, book: Book, found: Reconciliation) -> None:
        self._words = book.words
        self._found = found
        self._sheet: Sheet = book.sheet(book.words("Summary"))
        self._row = 0
        for column, width in enumerate(WIDTHS):
            self._sheet.worksheet.set_column(column, column, width)
        for_printing(self._sheet.worksheet)
        self._sheet.worksheet.hide_gridlines(2)

    def write(self) -> None:
        """All of it."""
        self._heading()
        self._verdict()
        self._totals()
        self._companies()
        self._row = Movements(self._sheet, self._found, self._words).write(self._row)
        self._row = SignOffs(self._sheet, self._found, self._words).write(self._row)
        self._left_out()
        self._as_read()
        self._notes()

    def _line(self, *values: Value, **look: object) -> None:
        self._sheet.worksheet.set_row(self._row, LINE_HEIGHT)
        for column, value in enumerate(values):
            self._sheet.put(self._row, column, value, **look)
        self._row += 1

    def _heading(self) -> None:
        found, words = self._found, self._words
        self._line(f"{words('Reconciliation')}: {found.erp}", bold=True, font_size=16)
        self._sheet.worksheet.set_row(0, 26)
        self._fact("Order dates", f"{found.period.first} – {found.period.last}")
        self._fact("CRM read at (UTC)", found.as_of.crm)
        self._fact("Ledger read at (UTC)", found.as_of.ledger)
        self._fact("ERP read at (UTC)", found.as_of.erp)
        self._row += 1

    def _fact(self, label: str, value: Value) -> None:
        self._sheet.put(self._row, 0, self._words(label), font_color="#595959")
        self._sheet.put(self._row, 1, value)
        self._row += 1

    def _verdict(self) -> None:
        verdict = self._found.verdict
        sign, look = SIGNS[verdict]
        for column in range(len(WIDTHS)):
            self._sheet.put(self._row, column, None, **look)
        self._sheet.put(self._row, 0, f"{sign} {self._words(verdict.value)}", **{**look, "bold": True, "font_size": 14})
        self._sheet.put(self._row, 1, self._words(VERDICT_MEANINGS[verdict]), **{**look, "valign": "vcenter"})
        self._sheet.worksheet.set_row(self._row, 24)
        self._row += 1
        for reason in reasons_of(self._found, self._words):
            self._line(None, reason)
        self._row += 1

    def _totals(self) -> None:
        self._line(*TOTAL_FIELDS)
        self._sheet.worksheet.set_row(self._row - 1, None, None, {"hidden": True})
        self._line(*(self._words(header) for header in TOTAL_HEADERS), **HEADER_LOOK)
        for column in FIGURES:
            self._sheet.put(
                self._row - 1, column, self._words(TOTAL_HEADERS[column]), **HEADER_LOOK, align="right", indent=1
            )
        for total in self._found.totals:
            self._line(*self._total(total), **(FAIR if total.outcome.is_break else {}))
        for currency in sorted({total.currency for total in self._found.totals}):
            self._line(*self._sum_of(currency), bold=True, top=1)
        self._row += 1

    def _total(self, total: Total) -> tuple[Value, ...]:
        meaning = MEANINGS[total.outcome]
        return (self._words(meaning.name), *_figures(total), total.outcome.value, self._words(meaning.sentence))

    def _sum_of(self, currency: str) -> tuple[Value, ...]:
        chosen = [total for total in self._found.totals if total.currency == currency]
        whole = Total(
            Outcome.MATCHED,
            currency,
            sum(total.count for total in chosen),
            sum(total.crm for total in chosen),
            sum(total.erp for total in chosen),
        )
        return (f"{self._words('Total')} {currency}", *_figures(whole), "TOTAL", None)

    def _companies(self) -> None:
        """Of several companies each by itself; of one there is nothing more to say."""
        found, words = self._found, self._words
        if len({total.company for total in found.companies}) <= 1:
            return
        self._line(*(words(header) for header in COMPANY_HEADERS), **HEADER_LOOK)
        for total in found.companies:
            sums = (Money(minor, total.currency) for minor in (total.crm, total.erp, total.difference))
            self._line(total.company or words("(blank)"), total.currency, total.count, *sums)
        self._row += 1

    def _left_out(self) -> None:
        words = self._words
        self._line(words("Left out by rule"), words("Of"), words("Records"), **HEADER_LOOK)
        for each in self._found.exclusions:
            self._line(words(EXCLUSION_RULES[each.rule]), words(_side(each.side)), each.count, text_wrap=True)
        if not self._found.exclusions:
            self._line(words("nothing"))
        self._row += 1

    def _as_read(self) -> None:
        words = self._words
        labels = (words("As read"), words("Currency"), words("Records"), words("Sum"), words("Hash total"))
        self._line(*labels, **HEADER_LOOK)
        for each in self._found.sides:
            self._line(words(_side(each.side)), None, each.count, None, f"{each.hash:015}")
            for currency, minor in each.sums.items():
                self._line(None, currency, None, Money(minor, currency))
        self._row += 1

    def _notes(self) -> None:
        words, found, controls = self._words, self._found, self._found.controls
        tied = sum(control.ties and control.available for control in controls)
        missing = sum(not control.available for control in controls)
        counted = words("Controls: {tied} tie, {failing} do not, {missing} not available.")
        failing = len(controls) - tied - missing
        self._line(counted.format(tied=tied, failing=failing, missing=missing))
        for detail in found.details:
            self._line(_lies(detail, words))
        for note in self._found.notes:
            self._line(note.worded(words.language))
        self._line(words("Difference is always ERP less CRM; amounts of different currencies are never added."))
        self._line(TEXT_MARK.strip() + " " + words("More than 15 digits: kept as text, so that no digit is lost."))


def _lies(detail: Detail, words: Words) -> str:
    """Where all rows of a long list are, and how many of them are in the workbook too."""
    some = words("{sheet}: the first {shown} of {rows} rows; all of them are beside this workbook in {files}.")
    told = some if detail.shown else words("{sheet}: {rows} rows, beside this workbook in {files}.")
    counts = {"rows": f"{detail.rows:,}", "shown": f"{detail.shown:,}"}
    return told.format(sheet=words(detail.key), files=", ".join(detail.files), **counts)


def reasons_of(found: Reconciliation, words: Words) -> Iterator[str]:
    """Why the verdict is what it is: what does not tie, and what could not be compared."""
    for control in found.controls:
        if not control.ties:
            yield f"✖ {control.code} ({words(control.scope)}): {words('does not tie')}"
    yield from (f"! {words(warning)}" for warning in found.warnings)


def _figures(total: Total) -> Sequence[Value]:
    sums = (total.crm, total.erp, total.difference)
    return (total.currency, total.count, *(Money(minor, total.currency) for minor in sums))


def _side(side: str) -> str:
    return side if side == "ledger" else side.upper()
