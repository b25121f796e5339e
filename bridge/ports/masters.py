"""Which code of the ERP stands for which of the CRM?"""

from pathlib import Path
from typing import Protocol

from bridge.model.mapping import CrossReferences


class CrossReferenceTable(Protocol):
    """The code tables, one per ERP, as a CSV file with the columns kind, crm_code and erp_code."""

    def read_csv(self, erp: str, path: Path) -> int:
        """Replace the ERP's table by the file, all of it or nothing; the rows. Raises InvalidConfig, FileUnreadable."""
        ...

    def write_csv(self, erp: str, path: Path) -> int:
        """Write the ERP's table to the file; the rows."""
        ...

    def codes(self, erp: str) -> CrossReferences:
        """The ERP's table."""
        ...
