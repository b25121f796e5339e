"""Can the code table be kept in Excel, and does a wrong file leave it as it was?"""

from fractions import Fraction
from pathlib import Path

import pytest

from bridge.errors import FileUnreadable, InvalidConfig
from bridge.model.mapping import Counted, Kind
from bridge.store.ledgers import Store
from tests.unit.store.ledger_samples import ERP

TABLE = "kind,crm_code,erp_code\ncustomer,C-7,10007\nitem,螺丝,A-100\ncurrency,RMB,CNY\nunit,pcs,EA\n"


def written(folder: Path, content: str, encoding: str = "utf-8") -> Path:
    """A CSV file with that content."""
    path = folder / "codes.csv"
    path.write_text(content, encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_codes_are_read_from_a_file_as_excel_writes_it(store: Store, tmp_path: Path, encoding: str) -> None:
    """UTF-8 with or without mark, and the GBK of a Chinese Excel, all give the same table."""
    assert store.cross_references.read_csv(ERP, written(tmp_path, TABLE, encoding)) == 4
    codes = store.ledger.cross_references(ERP)
    assert codes.erp_code(Kind.CUSTOMER, "C-7") == "10007"
    assert codes.erp_code(Kind.ITEM, "螺丝") == "A-100"
    assert codes == store.cross_references.codes(ERP)


def test_a_code_that_is_not_listed_is_the_same_in_the_erp(store: Store, tmp_path: Path) -> None:
    """An empty table translates nothing, and a table holds for its own ERP and kind only."""
    store.cross_references.read_csv(ERP, written(tmp_path, TABLE))
    assert store.ledger.cross_references("granite").erp_code(Kind.CUSTOMER, "C-7") == "C-7"
    assert store.ledger.cross_references(ERP).erp_code(Kind.ITEM, "C-7") == "C-7"


def test_a_file_replaces_the_table(store: Store, tmp_path: Path) -> None:
    """Rows that are no longer in the file are gone; other ERPs keep theirs; a file with only a head empties."""
    path = written(tmp_path, TABLE)
    store.cross_references.read_csv(ERP, path)
    store.cross_references.read_csv("granite", path)
    assert store.cross_references.read_csv(ERP, written(tmp_path, "kind,crm_code,erp_code\n")) == 0
    assert store.cross_references.codes(ERP).codes == {}
    assert len(store.cross_references.codes("granite").codes) == 4


def test_all_faults_of_a_file_are_named_at_once_and_nothing_is_changed(store: Store, tmp_path: Path) -> None:
    """Unknown kinds, duplicates and empty codes are listed with their lines; the old table stays."""
    store.cross_references.read_csv(ERP, written(tmp_path, TABLE))
    wrong = TABLE + "colour,red,R\ncustomer, C-7 ,10008\nitem,,X\nunit,kg\n"
    with pytest.raises(InvalidConfig) as caught:
        store.cross_references.read_csv(ERP, written(tmp_path, wrong))
    assert caught.value.params["count"] == 4
    for fault in (
        "line 6: the kind 'colour'",
        "line 7: customer C-7 is listed twice",
        "line 8: crm_code",
        "line 9: erp",
    ):
        assert fault in str(caught.value)
    assert store.cross_references.codes(ERP).erp_code(Kind.CUSTOMER, "C-7") == "10007"


def test_units_and_companies_are_kept_beside_the_codes(store: Store, tmp_path: Path) -> None:
    """A box is a dozen, of bolts ten; what is converted is exact, over several steps, and is written as it was read."""
    rows = "conversion,BOX,12 EA\nconversion,BOLT/BOX,10 EA\nconversion,PAL,4.5 BOX\ncompany,HQ,01\nunit,pcs,EA\n"
    store.cross_references.read_csv(ERP, written(tmp_path, "kind,crm_code,erp_code\n" + rows))
    codes = store.ledger.cross_references(ERP)
    assert codes.ordered_unit("NUT", "BOX") == Counted(Fraction(12), "EA")
    assert codes.ordered_unit("BOLT", "BOX") == Counted(Fraction(10), "EA")
    assert codes.ordered_unit("NUT", "PAL") == Counted(Fraction(54), "EA")
    assert codes.ordered_unit("NUT", "pcs") == codes.stored_unit("NUT", "EA") == Counted(Fraction(1), "EA")
    assert codes.erp_code(Kind.COMPANY, "HQ") == "01"
    assert codes.companies["01"] == "HQ"
    assert store.cross_references.write_csv(ERP, tmp_path / "out.csv") == 5
    store.cross_references.read_csv(ERP, tmp_path / "out.csv")
    assert store.cross_references.codes(ERP) == codes


@pytest.mark.parametrize("wrong", ["EA", "12", "12EA", "0 EA", "-3 EA", "1/0 EA", "1,5 EA", "1.5/2 EA", "1 BOX"])
def test_a_conversion_that_says_nothing_is_refused(store: Store, tmp_path: Path, wrong: str) -> None:
    """Neither a factor without a unit, nor nothing, less than nothing, or a box that is a box."""
    with pytest.raises(InvalidConfig):
        store.cross_references.read_csv(ERP, written(tmp_path, f'kind,crm_code,erp_code\nconversion,BOX,"{wrong}"\n'))


def test_a_circle_of_conversions_is_refused(store: Store, tmp_path: Path) -> None:
    """A box that is made of pallets that are made of boxes has no smallest unit."""
    rows = "conversion,BOX,2 PAL\nconversion,PAL,4 EA\nconversion,BOLT/EA,1/8 BOX\n"
    with pytest.raises(InvalidConfig, match="BOLT/EA is converted into itself"):
        store.cross_references.read_csv(ERP, written(tmp_path, "kind,crm_code,erp_code\n" + rows))


def test_a_file_without_its_columns_is_refused(store: Store, tmp_path: Path) -> None:
    """A missing column is named, once, instead of one fault per row."""
    with pytest.raises(InvalidConfig, match="the column erp_code is missing"):
        store.cross_references.read_csv(ERP, written(tmp_path, "kind,crm_code\ncustomer,C-7\n"))


def test_a_file_that_cannot_be_read_is_named(store: Store, tmp_path: Path) -> None:
    """A missing file and one that is no text are unreadable, with their path."""
    with pytest.raises(FileUnreadable, match="nowhere"):
        store.cross_references.read_csv(ERP, tmp_path / "nowhere.csv")
    (tmp_path / "codes.csv").write_bytes(b"\xff\xff\xff")
    with pytest.raises(FileUnreadable, match=r"codes\.csv"):
        store.cross_references.read_csv(ERP, tmp_path / "codes.csv")


def test_what_is_written_can_be_read_again(store: Store, tmp_path: Path) -> None:
    """A table written to a file, opened in Excel and read again is the same table."""
    store.cross_references.read_csv(ERP, written(tmp_path, TABLE))
    before = store.cross_references.codes(ERP)
    assert store.cross_references.write_csv(ERP, tmp_path / "out.csv") == 4
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    store.cross_references.read_csv(ERP, tmp_path / "out.csv")
    assert store.cross_references.codes(ERP) == before
