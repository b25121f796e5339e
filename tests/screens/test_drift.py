"""After an update, is a field healed or refused, and never taken for another? Counted over releases and mutations."""

import itertools
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame

from bots.drivers.web import WebDriver
from bots.drivers.web_asking import plain_targets
from bots.drivers.web_sessions import WebOptions
from bots.screen import ErpScreens
from bridge.errors import TargetAmbiguous, TargetNotFound
from bridge.model.profiles import ErpProfile
from bridge.store.selector_files import load_profile
from sandbox.harbour.releases import RELEASES
from tests.sandbox.harbour_clerks import Harbour, harbour

SELECTORS = Path(__file__).parents[2] / "selectors" / "harbour"
MUTATIONS = Path(__file__).with_name("mutations.js")
MEANT = {"customer": "customer", "order_date": "order_date", "your_ref": "po_number", "remarks": "remarks"}
CHANGES = 300
SEED = 20261122
EMPTIED = """() => [...document.querySelectorAll('input')].filter((box) => box.value === 'ZZ9').map((box) => {
  box.value = ''; return box.name; })"""
FIRST = (
    "([kinds, names]) => { window.harbour = document.body.innerHTML; window.kinds = eval(kinds); window.truth = names }"
)
CHANGED = """([steps, targets]) => {
  document.body.innerHTML = window.harbour;
  for (const [target, name] of Object.entries(window.truth)) document.querySelector(`[name="${name}"]`).truth = target;
  for (const [kind, a, b] of steps) try { window.kinds[kind](a, b); } catch { /* an earlier change took it away */ }
  return Object.fromEntries(Object.entries(targets).map(([target, locators]) => {
    const found = window.__erpbridge.element(locators);
    const typable = found && found.matches('input, select, textarea');
    return [target, typable ? (found.truth === target ? 'right' : found.name) : 'refused'];
  }));
}"""


@dataclass
class Desk:
    """A Harbour of some release and a driver at its entry form; `names` are the fields' names by target."""

    erp: Harbour
    driver: WebDriver
    screens: ErpScreens
    names: Mapping[str, str]

    @property
    def frame(self) -> Frame:
        """Where the form stands."""
        return self.driver.hands.frame

    @property
    def updated(self) -> bool:
        """Whether the selectors are older than the ERP."""
        return self.erp.options.release != "7.2"


@pytest.fixture(scope="module")
def profile() -> ErpProfile:
    """What is shipped for Harbour 7.2."""
    return load_profile(SELECTORS)


@pytest.fixture(params=[pytest.param("7.2", marks=pytest.mark.sweep), "7.3"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser, profile: ErpProfile) -> Iterator[Desk]:
    """Signed on, with a blank form."""
    release = RELEASES[request.param]
    with harbour(tmp_path, release=release.version) as erp:
        driver = WebDriver(profile, erp.url, WebOptions(timeout=30), browser)
        screens = ErpScreens(profile, driver)
        screens.open("sign_on")
        screens.type(user="BOT1", password="secret-bot1")
        screens.press("sign_on", leads_to="menu")
        screens.press("order_entry", leads_to="order_entry")
        yield Desk(erp, driver, screens, {target: release.header[key].name for target, key in MEANT.items()})
        driver.close()


def typed(desk: Desk, name: str) -> str:
    """What typing one target did: "right", "refused", or the name of the field it reached instead."""
    try:
        desk.screens.type(**{name: "ZZ9"})
    except (TargetNotFound, TargetAmbiguous):
        return "refused"
    (reached,) = desk.frame.evaluate(EMPTIED)
    return "right" if reached == desk.names[name] else str(reached)


def test_a_release_is_healed_or_refused_and_never_mistaken(desk: Desk) -> None:
    """Every text box of the form, typed through the shipped 7.2 selectors on 7.2 and on the renamed 7.3."""
    outcomes = {name: typed(desk, name) for name in MEANT}
    assert outcomes == dict.fromkeys(MEANT, "right") | ({"your_ref": "refused"} if desk.updated else {})


def test_the_check_of_a_release_names_what_drifted(desk: Desk) -> None:
    """The live check says the same: found first, healed, or lost."""
    hits = {hit.target: hit.position for hit in desk.screens.hits()}
    lost = {name for name, position in hits.items() if position is None}
    healed = {name for name, position in hits.items() if position}
    assert lost == ({"your_ref", "currency"} if desk.updated else set())
    assert healed == ({"order_date", "lines.item", "lines.quantity", "lines.price"} if desk.updated else set())


SWAPS = ("swapped_captions", "swapped_fields", "swapped_ids")
RADICAL = (*SWAPS, "shown_twin")
TRIMS = ("colon", "star", "hard_space", "bold", "blank_cell", "hidden_twin", "moved_to_a_row_of_its_own")


def changed_forms(kinds: Sequence[str], boxes: Sequence[str], dice: random.Random) -> Iterator[list[list[str]]]:
    """Forms that were changed once, in every way and for every field, and forms that were changed several times.

    Fields that are swapped, or copied in sight, can be told apart only by what was not changed, so such forms get no
    other change but trims. A field that is gone with another one in its place is a renamed one to everybody.
    """
    yield from ([[kind, *pair]] for kind in kinds for pair in itertools.permutations(boxes, 2))
    mild = [kind for kind in kinds if kind not in (*RADICAL, "field_gone")]
    for _ in range(CHANGES):
        yield [[dice.choice(mild), *dice.sample(boxes, 2)] for _ in range(dice.randint(2, 4))]
    for kind in sorted(set(RADICAL) & set(kinds)):
        for _ in range(CHANGES // 10):
            yield [[kind, *dice.sample(boxes, 2)], [dice.choice(TRIMS), *dice.sample(boxes, 2)]]


def test_no_change_of_a_form_leads_to_another_field(desk: Desk, profile: ErpProfile) -> None:
    """Wrong fields: 0, over every single change of every field and hundreds of random combinations of up to four.

    Prints how many targets were still found, and how many were refused for a person to look at. In 7.3 all names are
    new already, so that nobody could tell which fields were swapped: there they are not.
    """
    targets = plain_targets({name: profile.screens["order_entry"].targets[name] for name in MEANT})
    desk.frame.evaluate(FIRST, [MUTATIONS.read_text(encoding="utf-8"), dict(desk.names)])
    kinds = [kind for kind in desk.frame.evaluate("Object.keys(window.kinds)") if not (desk.updated and kind in SWAPS)]
    forms = list(changed_forms(kinds, list(desk.names.values()), random.Random(SEED)))
    counted: Counter[str] = Counter()
    wrong: list[tuple[list[list[str]], dict[str, str]]] = []
    for steps in forms:
        found: dict[str, str] = desk.frame.evaluate(CHANGED, [steps, targets])
        outcomes = [one if one in ("right", "refused") else "wrong" for one in found.values()]
        counted.update(outcomes)
        if "wrong" in outcomes:
            wrong.append((steps, found))
    rates = ", ".join(f"{kind} {counted[kind] / counted.total():.1%}" for kind in ("right", "refused", "wrong"))
    sys.stderr.write(f"\n{desk.erp.options.release}: {len(forms)} forms, {counted.total()} targets: {rates}\n")
    assert wrong == []
    assert counted["right"] > counted.total() / 2
