"""What did each document of an ERP hold when it was last opened, so that only what changed need be opened again?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select

from bridge.model.documents import Document
from bridge.ports import DocumentReading
from bridge.store.databases import Database
from bridge.store.frozen_texts import read_frozen, write_frozen
from bridge.store.reading_tables import document_readings

BATCH = 500  # of one transaction, and numbers of one question: other writers wait no longer than that


class SqlDocumentReadings:
    """The readings in the ledger's database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, readings: Sequence[DocumentReading]) -> None:
        """Keep them, each in the place of the one before; durable batch by batch."""
        last = list({(each.erp, each.number): each for each in readings}.values())
        for start in range(0, len(last), BATCH):
            self._keep(last[start : start + BATCH])

    def _keep(self, readings: Sequence[DocumentReading]) -> None:
        with self._database.writing() as connection:
            for erp in {each.erp for each in readings}:
                numbers = [each.number for each in readings if each.erp == erp]
                here = (document_readings.c.erp == erp, document_readings.c.number.in_(numbers))
                connection.execute(delete(document_readings).where(*here))
            connection.execute(insert(document_readings), [_values(each) for each in readings])

    def readings(self, erp: str, numbers: Collection[str]) -> Mapping[str, DocumentReading]:
        """Those of these documents that were ever kept, by number."""
        return {reading.number: reading for reading in self._found(erp, list(numbers))}

    def _found(self, erp: str, numbers: Sequence[str]) -> Iterator[DocumentReading]:
        with self._database.reading() as connection:
            for start in range(0, len(numbers), BATCH):
                these = document_readings.c.number.in_(numbers[start : start + BATCH])
                query = select(document_readings).where(document_readings.c.erp == erp, these)
                yield from map(_reading, connection.execute(query))


def _values(reading: DocumentReading) -> dict[str, object]:
    facts = {"erp": reading.erp, "number": reading.number, "listed": reading.listed, "read_at": reading.read_at}
    return {**facts, "document": write_frozen(reading.document)}


def _reading(row: Row[Any]) -> DocumentReading:
    return DocumentReading(row.erp, row.number, row.listed, read_frozen(Document, row.document), row.read_at)
