"""Doubts Juniper's way in and its order entry: what a clerk types, what the screen makes of it, what is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.harbour_clerks import eventually
from tests.sandbox.juniper_clerks import Clerk, Juniper, juniper


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[Juniper]:
    """A fresh Juniper."""
    with juniper(tmp_path) as running:
        yield running


@pytest.fixture
def clerk(erp: Juniper) -> Clerk:
    """BOT1, at the main menu."""
    return erp.clerk("BOT1")


# --- coming in ------------------------------------------------------------------------------------------------------


def test_a_password_is_never_shown(erp: Juniper) -> None:
    """The field stays empty while its keys are taken."""
    clerk = erp.clerk()
    clerk.wait("(GR-100)")
    clerk.send("bot1", "TAB", "secret-bot1")
    clerk.wait("BOT1")
    clerk.press("ENTER")
    assert "MAIN MENU (GR-110)" in clerk.text
    assert "secret" not in clerk.glass.transcript


def test_three_wrong_passwords_lock_the_user(erp: Juniper) -> None:
    """The right one comes too late; another user is not touched by it."""
    clerk = erp.clerk()
    assert clerk.sign_on("BOT2", "wrong") == "SO-001 Wrong password (attempt 1 of 3)"
    assert clerk.press("wrong", "ENTER") == "SO-001 Wrong password (attempt 2 of 3)"
    assert clerk.press("wrong", "ENTER") == "SO-001 Wrong password (attempt 3 of 3)"
    assert clerk.press("secret-bot2", "ENTER") == "SO-002 User locked"
    erp.clerk("BOT1")


def test_a_second_sign_on_ends_the_first_session(erp: Juniper, clerk: Clerk) -> None:
    """The first terminal learns of it at its next key for the host, whatever that key is."""
    clerk.typed()
    second = erp.clerk("BOT1")
    assert clerk.press("F6") == "SY-009 Session expired!"
    assert "(GR-100)" in clerk.text
    second.choose(1)
    assert erp.orders() == []


def test_a_lost_line_ends_the_session(erp: Juniper, clerk: Clerk) -> None:
    """Its locks go with it."""
    number = erp.put()
    clerk.choose(4)
    clerk.press(str(number), "ENTER")
    assert len(erp.rows("SELECT * FROM locks")) == 1
    clerk.hang_up()
    eventually(lambda: not erp.rows("SELECT * FROM locks"))
    assert [row["ended"] for row in erp.rows("SELECT ended FROM sessions")] == ["hung up"]


def test_an_unknown_choice_is_not_licensed(clerk: Clerk) -> None:
    """The menu stays."""
    assert clerk.press("7", "ENTER") == "SY-041 Function not licensed"
    assert clerk.press("F5") == "SY-015 Key not valid here"


@pytest.mark.parametrize(("term", "size"), [("vt220", (80, 24)), ("xterm", (132, 27))])
def test_screens_are_alike_on_every_terminal(erp: Juniper, term: str, size: tuple[int, int]) -> None:
    """24 rows of 80, whatever the client has."""
    clerk = erp.clerk("BOT1", term=term, size=size)
    clerk.choose(1)
    assert "SALES ORDER ENTRY (SO-210)" in clerk.glass.row(1)
    assert clerk.glass.row(24).startswith("F3=Exit F4=Look-up F6=Save")


# --- typing ---------------------------------------------------------------------------------------------------------


def test_an_order_is_stored_as_it_was_typed(erp: Juniper, clerk: Clerk) -> None:
    """Header, lines, amounts; the number is told once, on a blank form."""
    clerk.typed(("P-30", "2.5", "10.005"), ("p-40", "1.234,5"))
    assert clerk.cell(3, 29, 40) == "Smith Ltd"
    assert clerk.press("F6") == "Save order? (Y/N) _"
    assert erp.orders() == []
    assert clerk.press("y") == "Order 10001 saved"
    assert (clerk.cell(3, 19, 8), clerk.cell(9, 6, 15)) == ("", "")
    order = erp.orders()[0]
    assert (order["customer_code"], order["external_no"], order["created_by"]) == ("C1001", "EXT-1", "BOT1")
    assert erp.lines() == [("P-30", "2.5", "10.01", "25.03"), ("P-40", "1.2345", "4.75", "5.86")]
    assert order["net_total"] == "30.89"
    assert clerk.press("ENTER") == ""


def test_no_to_the_question_keeps_the_form(erp: Juniper, clerk: Clerk) -> None:
    """Nothing is stored, other letters ring the bell, and the question can be asked again."""
    clerk.typed()
    clerk.press("F6")
    bells = clerk.glass.bells
    clerk.send("x")
    eventually(lambda: clerk.glass.bells > bells)
    assert clerk.press("N") == ""
    assert (clerk.cell(3, 19, 8), erp.orders()) == ("C1001", [])
    clerk.press("F6")
    assert clerk.press("Y") == "Order 10001 saved"


def test_saving_twice_makes_two_orders(erp: Juniper, clerk: Clerk) -> None:
    """No reference is unique."""
    clerk.saved()
    clerk.press("F3")
    assert clerk.saved() == "Order 10002 saved"
    assert [order["external_no"] for order in erp.orders()] == ["EXT-1", "EXT-1"]


@pytest.mark.parametrize(
    ("customer", "item", "message"),
    [("C9", "P-30", "SO-104 Customer not on file"), ("C1090", "P-30", "SO-104 Customer not on file"),
     ("", "P-30", "SO-104 Customer not on file"), ("C1001", "P-99", "IN-020 Item not on file")],
)  # fmt: skip
def test_what_is_not_on_file_stops_the_save(erp: Juniper, clerk: Clerk, customer: str, item: str, message: str) -> None:
    """Before the question, with the cursor in the field."""
    clerk.typed((item, "1"), customer=customer)
    assert clerk.press("F6") == message
    cursor = clerk.glass.screen.cursor
    assert (cursor.y + 1, cursor.x + 1) == ((9, 6) if item == "P-99" else (3, 19))
    assert erp.orders() == []


def test_an_impossible_date_is_told(clerk: Clerk) -> None:
    """Slashes mean day first, dashes month first."""
    clerk.choose(1)
    assert clerk.press("TAB", "TAB", "31/31/26", "ENTER") == "SO-110 Invalid date"
    assert clerk.press("02-01-26", "ENTER") == ""
    assert clerk.cell(4, 61, 8) == "01/02/26"


def test_lines_without_a_quantity_disappear(erp: Juniper, clerk: Clerk) -> None:
    """0 and what is no number, in silence; where no line is left, nothing is saved."""
    clerk.saved(("P-10", "0"), ("P-30", "2"), ("P-40", "two"))
    assert erp.lines() == [("P-30", "2", "12.90", "25.80")]
    clerk.press("F3")
    clerk.typed(("P-30", "0"))
    assert clerk.press("F6") == "SO-140 No order lines"


def test_a_full_page_makes_room_on_the_next_one(erp: Juniper, clerk: Clerk) -> None:
    """Eleven lines need F8, which does nothing while there is room."""
    clerk.typed(*[("P-10", str(place)) for place in range(1, 10)])
    assert clerk.press("F8") == "SY-012 No more pages"
    clerk.send("P-10", "TAB", "10")
    assert clerk.press("F8") == ""
    assert clerk.cell(9, 2, 3) == "11"
    clerk.send("P-20", "TAB", "11")
    clerk.press("F6")
    assert clerk.press("Y") == "Order 10001 saved"
    assert [(item, quantity) for item, quantity, *_ in erp.lines()] == [
        *[("P-10", str(place)) for place in range(1, 11)],
        ("P-20", "11"),
    ]


def test_an_old_value_keeps_its_tail_unless_it_is_erased(clerk: Clerk) -> None:
    """Overtyping replaces characters, not values."""
    clerk.choose(1)
    clerk.send("C1001", "BACKTAB", "TAB", "C9")
    clerk.wait("C9001")
    clerk.send("BACKTAB", "TAB", "ERASE", "C9")
    clerk.wait("C9______")


def test_the_insert_key_moves_the_tail_instead(clerk: Clerk) -> None:
    """Until it is pressed again; the last row says so."""
    clerk.choose(1)
    clerk.send("C01", "HOME", "RIGHT", "INSERT", "1")
    clerk.wait("C101_")
    clerk.glass.until(lambda: clerk.glass.row(24).endswith("INS"))
    clerk.send("INSERT", "9")
    clerk.wait("C191_")
    clerk.glass.until(lambda: not clerk.glass.row(24).endswith("INS"))


def test_full_fields_refuse_overwrite_or_skip(clerk: Clerk) -> None:
    """Customer rings, Your ref overwrites its last character, Currency goes on to the next field."""
    clerk.choose(1)
    bells = clerk.glass.bells
    clerk.send("C12345678")
    clerk.wait("C1234567")
    eventually(lambda: clerk.glass.bells == bells + 1)
    clerk.send("TAB", "TAB", "TAB", "ABCDEFGHIJKLMNOPQ", "TAB", "eurREM")
    clerk.wait("ABCDEFGHIJKLMNQ ")
    clerk.wait("EUR")
    clerk.wait("REM_")
    assert clerk.cell(6, 19, 40) == "REM"


def test_the_look_up_lies_over_the_screen_and_fills_the_field(clerk: Clerk) -> None:
    """Customers by the beginning of their code or a part of their name; items too."""
    clerk.choose(1)
    clerk.press("smith", "F4")
    assert "LOOK-UP (SO-211)" in clerk.text
    assert clerk.press("9", "ENTER") == "SY-016 Not in the list"
    clerk.press("2", "ENTER")
    assert clerk.cell(3, 19, 8) == "C1002"
    clerk.send("TAB")
    assert clerk.press("F4") == "SY-018 Nothing to look up here"
    clerk.press("TAB", "TAB", "TAB", "TAB", "TAB", "P-2", "F4")
    assert "Washer M8 zinc" in clerk.text
    clerk.press("F12")
    assert clerk.cell(9, 6, 15) == "P-2"


def test_keys_typed_while_the_host_works_are_thrown_away(erp: Juniper, clerk: Clerk) -> None:
    """A bell is all that is left of them; the answer to a question must be typed after the question."""
    clerk.typed()
    bells = clerk.glass.bells
    assert clerk.press("F6", "Y") == "Save order? (Y/N) _"
    assert clerk.glass.bells > bells
    assert erp.orders() == []


def test_type_ahead_keeps_them(tmp_path: Path) -> None:
    """As UNIX does."""
    with juniper(tmp_path, type_ahead=True) as erp:
        clerk = erp.clerk("BOT1")
        clerk.typed()
        clerk.send("F6", "Y")
        clerk.wait("Order 10001 saved")


def test_a_hop_keeps_what_was_typed(erp: Juniper, clerk: Clerk) -> None:
    """Two desks, one session: the form waits while the list is read, and is blank to nobody."""
    clerk.typed(external="HALF-TYPED")
    clerk.press("F11")
    assert "(GR-110)" in clerk.text
    clerk.choose(2)
    clerk.press("F11")
    assert clerk.cell(4, 19, 20) == "HALF-TYPED"
    clerk.press("F6")
    clerk.press("Y")
    clerk.press("F11")
    assert "(SO-220)" in clerk.text
    assert erp.orders()[0]["external_no"] == "HALF-TYPED"


def test_signing_off_clears_both_desks(erp: Juniper, clerk: Clerk) -> None:
    """Whoever signs on next finds nothing of the form that was left on the other one."""
    clerk.typed()
    clerk.press("F11")
    clerk.press("9", "ENTER")
    clerk.sign_on("MARY", "mary")
    clerk.press("F11")
    assert "(GR-110)" in clerk.text
    assert erp.orders() == []


def test_a_broadcast_is_written_over_the_screen_until_it_is_repainted(erp: Juniper, clerk: Clerk) -> None:
    """It belongs to no screen, and the next answer does not take it away."""
    clerk.choose(1)
    assert erp.control("broadcast", {"text": "going down"})["terminals"] == 1
    clerk.wait("Message from root: going down")
    clerk.press("ENTER")
    assert clerk.glass.row(12).startswith("Message from root: going down")
    clerk.send("REPAINT")
    clerk.glass.until(lambda: clerk.glass.row(12).startswith("4 ____"))


def test_leaving_keeps_nothing(erp: Juniper, clerk: Clerk) -> None:
    """F3 asks no question."""
    clerk.typed()
    clerk.press("F3")
    clerk.choose(1)
    assert (clerk.cell(3, 19, 8), erp.orders()) == ("", [])


def test_release_4_2_renames_and_moves_fields(tmp_path: Path) -> None:
    """An updated ERP says so in its first row."""
    with juniper(tmp_path, release="4.2") as erp:
        clerk = erp.clerk("BOT1")
        clerk.choose(1)
        assert clerk.glass.row(1).startswith("JUNIPER 4.2")
        assert "Customer PO" in clerk.glass.row(4)
        assert "Ext. Reference" in clerk.glass.row(5)
        assert "Order date" in clerk.glass.row(3)
