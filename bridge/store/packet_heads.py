"""Which hash does each evidence packet end with, as far as the ledger was told?"""

from collections.abc import Mapping

from sqlalchemy import select, update

from bridge.store.databases import Database
from bridge.store.tables import attempts


class PacketHeads:
    """The heads of all packets, kept with the attempts they prove."""

    _database: Database

    def packet_heads(self) -> Mapping[str, str]:
        """Head by packet path; a rebuilt or cut-off packet no longer ends with it."""
        query = select(attempts.c.packet, attempts.c.packet_head).where(attempts.c.packet_head.is_not(None))
        with self._database.reading() as connection:
            return {row.packet: row.packet_head for row in connection.execute(query)}

    def note_purge(self, packet: str, head: str) -> None:
        """Commit the head that a packet has once its tombstone is written."""
        with self._database.writing() as connection:
            connection.execute(update(attempts).where(attempts.c.packet == packet).values(packet_head=head))
