"""Is what was read of an ERP there for the next run, whatever ended this one?"""

from collections.abc import Callable

import pytest

from bridge.errors import ReadingCutShort, SessionLost
from bridge.reports.erp_readings import ErpReader, ReadingTerms, Surroundings
from tests.unit.reports.test_erp_readings import PERIOD, Office, truth


def test_readings_are_kept_while_the_others_are_read() -> None:
    """A process that is killed loses the last few only; whatever ends the reading otherwise loses none."""
    office = Office()
    numbers = [*office.numbers, *(office.add(number) for number in range(4, 106))]
    seen: list[int] = []

    def look(office: Office) -> None:
        seen.append(len(office.readings.readings("harbour", numbers)))

    office.meanwhile = {f"before {number}": look for number in (numbers[49], numbers[50], numbers[104])}
    office.refused[numbers[104]] = SessionLost(erp="harbour", text="Session expired!")
    with pytest.raises(SessionLost):
        office.read()
    assert (seen, len(office.readings.readings("harbour", numbers))) == ([0, 50, 100], 104)


@pytest.mark.parametrize(("times", "opened"), [(0, 0), (1, 0), (3, 2), (4, 3)])
def test_a_reading_ends_before_whatever_is_asked_of_the_erp_next(times: int, opened: int) -> None:
    """Be it the list, a document, or the list again; what was opened is there next time."""
    office = Office()
    around = Surroundings(
        office.profile, office.seat, office.end, office.readings, office.clock, time_left=time_for(times)
    )
    with pytest.raises(ReadingCutShort, match="harbour was not read to its end"):
        ErpReader(around, ReadingTerms()).side(PERIOD, office.numbers)
    assert len(office.opened) == opened
    side = office.read()
    assert (truth(office, side), len(office.opened)) == (True, 3 - opened)


@pytest.mark.parametrize("terms", [ReadingTerms(everything=True), ReadingTerms(days=0)])
def test_a_reading_that_opens_everything_anew_goes_on_from_nothing(terms: ReadingTerms) -> None:
    """Whoever is told that it was cut short is told that too."""
    office = Office()
    around = Surroundings(office.profile, office.seat, office.end, office.readings, office.clock, time_left=time_for(3))
    with pytest.raises(ReadingCutShort, match=r"except with `--reread` or `reread_days = 0`\.$"):
        ErpReader(around, terms).side(PERIOD, ())
    office.read(terms)
    assert office.opened == office.numbers


def test_a_reading_ends_before_it_looks_anything_up() -> None:
    """There may be hundreds of look-ups in one pass."""
    office = Office()
    around = Surroundings(office.profile, office.seat, office.end, office.readings, office.clock, time_left=time_for(2))
    with pytest.raises(ReadingCutShort):
        ErpReader(around, ReadingTerms()).side(PERIOD, ["90001", "90002"])
    assert office.lists == 2


def time_for(times: int) -> Callable[[], bool]:
    """There is time for so many things."""
    left = iter([True] * times)
    return lambda: next(left, False)
