"""What do the selector files of one ERP say, and what is wrong with them, all at once, by file and key?"""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault, faults_in
from bridge.model.chords import chords
from bridge.model.profiles import ErpProfile, Formats, Lags
from bridge.model.references import ReferenceRule
from bridge.store.selector_faults import cross_faults
from bridge.store.selector_tables import ErpData, ScreenData

__all__ = ["ErpData", "ScreenData", "load_profile"]

Data = TypeVar("Data", bound=BaseModel)


def load_profile(folder: Path) -> ErpProfile:
    """The ERP profile of a folder of selector files; raises InvalidConfig with every fault at once."""
    faults: list[Phrase] = []
    erp = _read(folder / "erp.toml", ErpData, faults)
    screens: dict[str, ScreenData] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        if path.name != "erp.toml" and (screen := _read(path, ScreenData, faults)) is not None:
            screens[path.stem] = screen
    if erp is not None:
        screens = _borrowed(folder, screens, faults)
        faults.extend(cross_faults(folder, erp, screens))
    if faults or erp is None:
        raise InvalidConfig.of(faults)
    return _profile(erp, screens, folder)


def _borrowed(folder: Path, screens: dict[str, ScreenData], faults: list[Phrase]) -> dict[str, ScreenData]:
    """The screens with what they take from others."""
    for name, screen in screens.items():
        if screen.like and (screen.like not in screens or screens[screen.like].like):
            what = Phrase("there is no screen {name} to take it from", name=repr(screen.like))
            faults.append(fault(f"{folder / name}.toml: like", what))
    whole = {name: screen for name, screen in screens.items() if not screen.like}
    return {
        name: screen.with_parts_of(whole[screen.like]) if screen.like in whole else screen
        for name, screen in screens.items()
    }


def _profile(erp: ErpData, screens: dict[str, ScreenData], folder: Path) -> ErpProfile:
    commit, listing = (None if x is None else timedelta(seconds=x) for x in (erp.lags.commit, erp.lags.listing))
    lags = Lags(commit, listing, erp.lags.absent)
    return ErpProfile(
        name=erp.name,
        version=erp.version,
        surface=erp.surface,
        bot=erp.bot,
        formats=Formats(**erp.formats.model_dump()),
        lags=lags,
        screens={name: screen.screen(name) for name, screen in screens.items()},
        reference=ReferenceRule(**erp.reference.model_dump()) if erp.reference else None,
        messages=erp.messages,
        errors=tuple(locator.locator() for locator in erp.errors),
        dialogs=erp.dialogs,
        statuses=erp.statuses,
        defaults=erp.defaults,
        currencies=erp.currencies,
        amount_tolerance=erp.amount_tolerance,
        total_includes=frozenset(erp.total_includes),
        prices_include_tax=erp.prices_include_tax,
        house_currency=erp.house_currency,
        procedures=frozenset(erp.procedures),
        ends_sessions=erp.ends_sessions,
        cancelled=erp.cancelled,
        encoding=erp.encoding,
        folder=folder,
        busy=tuple(locator.locator() for locator in erp.busy),
        keys={habit: chords(text) for habit, text in erp.keys.items()},
    )


def _read(path: Path, kind: type[Data], faults: list[Phrase]) -> Data | None:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        faults.append(fault(str(path), Phrase("the file is missing")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(fault(str(path), Phrase("it is no TOML in UTF-8: {why}", why=error)))
    except ValidationError as error:
        faults.extend(fault(f"{path}: {key}", what) for key, what in faults_in(error))
    return None
