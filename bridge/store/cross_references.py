"""Which codes were we given for each ERP? One plain table, filled from a CSV file that Excel can write."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select

from bridge.errors import FileUnreadable, InvalidConfig
from bridge.locale import Phrase, fault
from bridge.model.mapping import CrossReferences, Kind, read_conversion
from bridge.store.databases import Database
from bridge.store.tables import cross_references

COLUMNS = ("kind", "crm_code", "erp_code")
ENCODINGS = ("utf-8-sig", "gb18030")  # a Chinese Excel still writes CSV in GBK unless told otherwise

Codes = dict[tuple[Kind, str], str]


class SqlCrossReferences:
    """The code tables of the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def codes(self, erp: str) -> CrossReferences:
        """The ERP's table."""
        with self._database.reading() as connection:
            return codes_of(connection, erp)

    def read_csv(self, erp: str, path: Path) -> int:
        """Replace the ERP's table by the file, all of it or nothing; the rows.

        Raises FileUnreadable, and InvalidConfig with all faults of the file.
        """
        codes = _codes_in(path)
        rows = [
            {"erp": erp, "kind": kind, "crm_code": crm_code, "erp_code": erp_code}
            for (kind, crm_code), erp_code in codes.items()
        ]
        with self._database.writing() as connection:
            connection.execute(delete(cross_references).where(cross_references.c.erp == erp))
            if rows:
                connection.execute(insert(cross_references), rows)
        return len(rows)

    def write_csv(self, erp: str, path: Path) -> int:
        """Write the ERP's table to the file, so that Excel reads every language; the rows."""
        codes = sorted(self.codes(erp).codes.items())
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            writer.writerows((kind, crm_code, erp_code) for (kind, crm_code), erp_code in codes)
        return len(codes)


def codes_of(connection: Connection, erp: str) -> CrossReferences:
    """The ERP's table."""
    rows = connection.execute(select(cross_references).where(cross_references.c.erp == erp))
    return CrossReferences({(Kind(row.kind), row.crm_code): row.erp_code for row in rows})


def _codes_in(path: Path) -> Codes:
    reader = csv.DictReader(io.StringIO(_text(path)), restkey="", restval="")
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InvalidConfig.of(
            [fault(path.name, Phrase("the column {name} is missing", name=name)) for name in missing]
        )
    codes: Codes = {}
    faults: list[Phrase] = []
    for row in reader:
        texts = {column: row[column].strip() for column in COLUMNS}
        found = list(_faults(texts, codes))
        place = Phrase("{file} line {line}", file=path.name, line=reader.line_num)
        faults += [fault(place, what) for what in found]
        if not found:
            codes[Kind(texts["kind"]), texts["crm_code"]] = texts["erp_code"]
    faults += [fault(path.name, what) for what in _circles(codes)]
    if faults:
        raise InvalidConfig.of(faults)
    return codes


def _faults(texts: Mapping[str, str], codes: Codes) -> Iterator[Phrase]:
    kind, crm_code = texts["kind"], texts["crm_code"]
    if kind not in list(Kind):
        yield Phrase("the kind {name} is none of {known}", name=repr(kind), known=", ".join(Kind))
    elif (Kind(kind), crm_code) in codes:
        yield Phrase("{name} is listed twice", name=f"{kind} {crm_code}")
    for column in ("crm_code", "erp_code"):
        if not texts[column]:
            yield Phrase("{name} is empty", name=column)
    if kind == Kind.CONVERSION and texts["erp_code"] and read_conversion(texts["erp_code"]) is None:
        yield Phrase("{name} is no conversion; one is written as {example}", name=texts["erp_code"], example="12 EA")


def _circles(codes: Codes) -> Iterator[Phrase]:
    """The units that are made of themselves."""
    steps = {unit: read_conversion(text) for (kind, unit), text in codes.items() if kind is Kind.CONVERSION}
    for unit, first in steps.items():
        item, _, own = unit.rpartition("/")
        seen, step = {own}, first
        while step is not None and step.unit not in seen:
            seen.add(step.unit)
            step = steps.get(f"{item}/{step.unit}", steps.get(step.unit))
        if step is not None:
            yield Phrase("{name} is converted into itself", name=f"{Kind.CONVERSION} {unit}")


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        for encoding in ENCODINGS[:-1]:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        return content.decode(ENCODINGS[-1])
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(path=path, why=error) from error
