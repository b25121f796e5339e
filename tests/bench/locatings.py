"""Which way of finding a field survives another look of the same form, and which leads somewhere else unseen?

python -m tests.bench.locatings [--release 5.1 5.2] [--looks 10] [--every] [--only driver] [--keep FOLDER]: Granite's
order form in ten looks (skins, themes, fonts, sizes, scales, positions), and every target that the profile has there.

* keys: the access keys of the profile.
* label: what OCR reads beside the field, as bots/drivers/desktop_labels.py finds it.
* relative, absolute: pixels in the window and on the display, written down once in the first look of release 5.1.
* picture: cut out once in that look, and found as `pyautogui.locate` finds it, with OpenCV at 0.9.
* driver: keys, and labels where they contradict, as the product does: an order is typed, read back and saved. What
  misled it once it finds by its label from then on; so "driver, again" is the same order once more.

Granite's control door says where everything truly is and what has the keyboard, its tables what was stored. "Hit"
means that keys or a click would go into the target, "wrong" into something else or nothing, "miss" that nothing was
found, and "refused" a named error before Save. The profile is that of release 5.1: in 5.2 two fields have each
other's access key, one has moved and one has another label. What the driver refuses in 5.1 is a false alarm.
`--every` takes all of 72 looks; `--only driver` leaves out the scripts; `--keep` is where what was seen and read
stays when the driver was wrong or raised a false alarm.
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bots.drivers.ocr_readings import can_read
from bridge.errors import BridgeError, TargetElsewhere
from bridge.model.chords import chords
from bridge.model.profiles import Target
from tests.bench.order_forms import (
    BUTTONS,
    EVERY,
    HEADER,
    LINE,
    LOOKS,
    NAMES,
    STORED,
    WANTED,
    Form,
    Look,
    called,
)
from tests.bench.recordings import Recording, holds, labelled
from tests.contracts.granite_worlds import GraniteWorld, granite_world
from tests.desktops.labs import why_not

SCRIPTS = ("keys", "label", "relative", "absolute", "picture")
DRIVER = ("driver", "driver, again")
OUTCOMES = ("hit", "miss", "refused", "wrong")
SIGNS = dict(zip(OUTCOMES, "Y-rX", strict=True))
Found = dict[str, str]  # what came of each target
Results = dict[str, dict[str, Found]]  # of each look, by each way


# --- scripts ---------------------------------------------------------------------------------------------------------


def recorded(world: GraniteWorld) -> Recording:
    """The form as it is first seen."""
    form = Form(world, LOOKS[0])
    form.open()
    return Recording(world.desktop.eyes.grab(), form.window(), form.places(), frozenset(BUTTONS))


def scripts(form: Form, recording: Recording) -> Iterator[tuple[str, str, str]]:
    """Way, target and what came of it."""
    form.open()
    window, display, truth = form.window(), form.world.desktop.eyes.grab(), form.places()
    picture = form.driver.finder.view(window)
    for name in NAMES:
        target = form.screen.targets.get(name)
        points = {
            "label": labelled(form.labels, picture, window, target),
            "relative": recording.relative(name, window),
            "absolute": recording.absolute(name),
            "picture": recording.seen(name, display),
        }
        for way, point in points.items():
            yield way, name, "miss" if point is None else "hit" if holds(truth.get(name), point) else "wrong"
    for name in NAMES:
        yield "keys", name, by_keys(form, name)


def by_keys(form: Form, name: str) -> str:
    """Press its access keys; Exit comes last, as it closes the form."""
    target = form.screen.targets.get(name)
    locator = target.locators[0] if target else form.screen.grids[name].row[0]
    form.driver.finder.press(chords(locator.value))
    if name in BUTTONS:
        outcome = "hit" if form.is_pressed(name) else "miss"
        form.close_message()
        return outcome
    return "hit" if form.at_keyboard() == NAMES[name] else "wrong"


# --- the driver ------------------------------------------------------------------------------------------------------


def driven(form: Form) -> Found:
    """Type an order, read it back field by field, and save it where nothing was refused."""
    form.open()
    form.bot.screens.type(**{name: text for name, (_, text) in HEADER.items()})
    found = {name: read_back(form, form.screen.targets[name], text) for name, (_, text) in HEADER.items()}
    form.bot.screens.type_row("lines", 0, LINE)
    rows = form.bot.screens.rows("lines")
    found["lines"] = "hit" if len(rows) == 1 and rows[0]["item"] == LINE["item"] else "refused"
    found |= {"save": "refused"} if "refused" in found.values() else saved(form)
    form.bot.abandon_entry()
    found["exit"] = "hit" if form.is_pressed("exit") else "miss"
    return found


def read_back(form: Form, target: Target, text: str) -> str:
    """Where the keyboard truly is once the driver has read the target."""
    try:
        shown = form.driver.read([target])[target.name]
    except TargetElsewhere:
        return "refused"
    if shown != text:
        return "refused"
    return "hit" if form.at_keyboard() == NAMES[target.name] else "wrong"


def saved(form: Form) -> Found:
    """Save it; a column that holds another field's text is a wrong place."""
    form.bot.save(lambda: True)
    stored = form.world.books.rows(STORED)[-1]
    pairs = zip(HEADER, stored, WANTED, strict=True)
    return {"save": "hit", **{name: "wrong" for name, holds_now, wanted in pairs if holds_now != wanted}}


def tried(form: Form, way: str) -> Found:
    """The same; where the driver stopped for another reason, that is said, and the desk is begun anew."""
    try:
        return driven(form)
    except BridgeError as error:
        print(f"  {called(form.look)}, {way}: {type(error).__name__}: {error}", flush=True)
        form.bot.sign_on()
        return dict.fromkeys(NAMES, "refused")


# --- all of it -------------------------------------------------------------------------------------------------------


def measure(
    world: GraniteWorld, release: str, looks: Sequence[Look], recording: Recording | None, keep: Path
) -> Results:
    """Every way in every look; the scripts only where there is a recording."""
    results: Results = {}
    for look in looks:
        form = Form(world, look)
        found = results[called(look)] = {way: {} for way in (*(SCRIPTS if recording else ()), *DRIVER)}
        for way, name, outcome in scripts(form, recording) if recording else ():
            found[way][name] = outcome
        for way in DRIVER:
            found[way] |= tried(form, way)
            if {name for name, outcome in found[way].items() if outcome != "hit"} - expected(release, way):
                form.reader.keep(keep, f"{release}-{called(look)}-{way}")
        print(row(called(look), found), flush=True)
    return results


def expected(release: str, way: str) -> set[str]:
    """What is to be refused: the fields whose keys the release swapped, as long as nobody knows, and so Save."""
    return {"your_ref", "remarks", "save"} if (release, way) == ("5.2", DRIVER[0]) else set()


def row(name: str, found: dict[str, Found]) -> str:
    """One look, a sign for each target in the order of `NAMES`."""
    signs = ("".join(SIGNS[each[target]] for target in NAMES) for each in found.values())
    return f"| {name} | " + " | ".join(f"`{each}`" for each in signs) + " |"


def report(release: str, results: Results) -> None:
    """The counts of each way over all looks, and what the driver refused or got wrong."""
    ways = next(iter(results.values()))
    print(f"\nrelease {release}, {len(results)} looks of {len(NAMES)} targets; load {os.getloadavg()[0]:.1f}")
    print("| way | " + " | ".join(OUTCOMES) + " |\n|---|" + "---:|" * len(OUTCOMES))
    for way in ways:
        counts = Counter(outcome for found in results.values() for outcome in found[way].values())
        print(f"| {way} | " + " | ".join(str(counts[outcome]) for outcome in OUTCOMES) + " |", flush=True)
    for way in DRIVER:
        odd = Counter(name for found in results.values() for name, outcome in found[way].items() if outcome != "hit")
        print(f"{way}: not hit " + (", ".join(f"{name} {count}" for name, count in odd.items()) or "none"), flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--release", nargs="+", choices=("5.1", "5.2"), default=["5.1", "5.2"])
    parser.add_argument("--looks", type=int, default=len(EVERY), help="the first so many")
    parser.add_argument("--every", action="store_true")
    parser.add_argument("--only", choices=("driver",))
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "locatings")
    told = parser.parse_args()
    reason = why_not() or (None if can_read() else "The extra ocr is not installed: it reads labels.")
    if reason is not None:
        parser.error(reason)
    looks, recording = (EVERY if told.every else LOOKS)[: told.looks], None
    if told.only is None:
        with tempfile.TemporaryDirectory() as folder, granite_world(Path(folder), reads=True) as world:
            recording = recorded(world)
    for release in told.release:
        with (
            tempfile.TemporaryDirectory() as folder,
            granite_world(Path(folder), options=["--release", release], reads=True) as world,
        ):
            print(
                f"\nrelease {release}: {', '.join(NAMES)}; " + ", ".join(f"{SIGNS[each]} {each}" for each in OUTCOMES)
            )
            columns = (*(SCRIPTS if recording else ()), *DRIVER)
            print("| look | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns), flush=True)
            report(release, measure(world, release, looks, recording, told.keep))


if __name__ == "__main__":
    main()
