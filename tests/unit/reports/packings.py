"""Workbooks as no spreadsheet program would pack them, and as one does that was asked to."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bridge.reports.issuings import Issued

SUMMARY_PART, BREAKS_PART, BOOK_PART = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/workbook.xml"
OFFICE = shutil.which("soffice")


def repacked(issued: Issued, path: Path, changes: Mapping[str, Callable[[str], str]]) -> Path:
    """A copy of the workbook some parts of which are others; a part that was not there begins as a blank one."""
    with zipfile.ZipFile(issued.path) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as copy:
        parts = {name: source.read(name) for name in source.namelist()}
        for name, change in changes.items():
            parts[name] = change(parts.get(name, b"").decode()).encode()
        for name, content in parts.items():
            copy.writestr(name, content)
    return path


def row_added(row: int, cells: str) -> Callable[[str], str]:
    """Adds a row at the end of a sheet."""
    return lambda sheet: sheet.replace("</sheetData>", f'<row r="{row}">{cells}</row></sheetData>')


def filled(cell: str, inner: str, kind: str = "str") -> Callable[[str], str]:
    """Puts something into a cell that is blank as issued."""

    def change(sheet: str) -> str:
        before, found, after = sheet.partition(f'<c r="{cell}" ')
        style, blank, rest = after.partition("/>")
        assert found, f"{cell} is no blank cell"
        assert blank, f"{cell} is no blank cell"
        return f'{before}<c r="{cell}" {style} t="{kind}">{inner}</c>{rest}'

    return change


def saved_by_an_office(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice opens and saves it."""
    target = "xlsx:Calc MS Excel 2007 XML"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(OFFICE), profile, "--headless", "--convert-to", target, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder / path.name
