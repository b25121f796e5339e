"""Doubts Juniper's two languages and three encodings: same codes, same places, bytes that fit."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.juniper.options import ENCODINGS, RELEASES, Options
from sandbox.juniper.orders import STATUSES
from sandbox.juniper.texts import width
from sandbox.juniper.words import _LABELS, _MESSAGES, Words
from tests.sandbox.juniper_clerks import Clerk, Juniper, juniper

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LONG = "重庆某某科技有限责任公司渝北区黄山大道中段急件请尽快发货"


@pytest.fixture(params=ENCODINGS)
def erp(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Juniper]:
    """A fresh Chinese Juniper in each encoding."""
    with juniper(tmp_path, language="zh", encoding=request.param) as running:
        yield running


@pytest.fixture
def clerk(erp: Juniper) -> Clerk:
    """BOT1, at the main menu."""
    return erp.clerk("BOT1")


@pytest.mark.parametrize("release", RELEASES)
def test_every_word_is_there_in_both_languages(release: str) -> None:
    """Labels, statuses and messages, which ask for the same values."""
    english, chinese = (
        Words(Options(database=Path("none"), language=language, release=release)) for language in ("en", "zh")
    )
    for name in _LABELS:
        assert not CHINESE.search(english.label(name))
        assert CHINESE.search(chinese.label(name))
    for status in STATUSES:
        assert (english.status(status), bool(CHINESE.search(chinese.status(status)))) == (status, True)
    for name, (left, right) in _MESSAGES.items():
        assert sorted(re.findall(r"{\w+}", left)) == sorted(re.findall(r"{\w+}", right)), name
        assert CHINESE.search(right)


def test_an_order_is_typed_and_read_in_chinese(erp: Juniper, clerk: Clerk) -> None:
    """The same codes at the same places; what is stored is what was typed."""
    clerk.typed(("P-30", "2"), customer="C2001", external="外部-1")
    assert "销售订单录入 (SO-210)" in clerk.glass.row(1)
    assert "重庆某某科技有限责任公司" in clerk.text
    assert clerk.press("F6") == "保存订单?(Y/N) _"
    assert clerk.press("Y") == "订单 10001 已保存"
    assert erp.orders()[0]["external_no"] == "外部-1"
    clerk.press("F3")
    assert "未清" in clerk.displayed(10001)
    assert clerk.press("F9") == "SY-015 此键无效"


def test_a_field_holds_bytes(erp: Juniper, clerk: Clerk) -> None:
    """Remarks of 40 bytes hold 20 characters of a Chinese encoding, then the last one is overwritten in silence."""
    most = 13 if erp.options.encoding == "utf-8" else 20
    clerk.choose(1)
    clerk.press("C2001", *["TAB"] * 5, LONG, "ENTER")
    clerk.send(*["TAB"], "P-30", "TAB", "1")
    clerk.press("F6")
    clerk.press("Y")
    assert erp.orders()[0]["remarks"] == LONG[: most - 1] + LONG[-1]


def test_a_rare_character_is_lost_in_gbk(erp: Juniper, clerk: Clerk) -> None:
    """In the customer's name as in what is typed."""
    kept = "?" if erp.options.encoding == "gbk" else "𠮷"
    clerk.saved(customer="C2003", external="𠮷-1")
    assert erp.rows("SELECT name FROM customers WHERE code = 'C2003'")[0]["name"].startswith(f"广州{kept}祥")
    assert erp.orders()[0]["external_no"] == f"{kept}-1"
    assert erp.put(remarks="𠮷") == 10002
    assert erp.orders()[1]["remarks"] == kept


def test_every_screen_fits_its_columns(erp: Juniper, clerk: Clerk) -> None:
    """No Chinese label runs into a field, no row is wider than the screen."""
    erp.put()
    clerk.displayed(10001)
    for key in ("F5", "F3"):
        assert all(width(line) <= 80 for line in clerk.text.splitlines())
        assert all(clerk.glass.row(row).count(":") <= 2 for row in range(3, 12))
        clerk.press(key)
