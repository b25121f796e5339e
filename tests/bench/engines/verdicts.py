"""Do two engines say the same of every row? Compared key by key: its records, its outcome and all its flags."""

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bridge.model.breaks import Outcome
from tests.bench.engines.answers import ROW

KEY = list(ROW[:3])


@dataclass(frozen=True)
class Compared:
    """How far one engine's answer is from another's; `examples` are rows that differ, in words."""

    keys: int
    disagreeing: int
    same_counts: bool
    examples: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether they say the same."""
        return self.disagreeing == 0 and self.same_counts


def compared(one: Path, other: Path, most: int = 5) -> Compared:
    """The answers in two folders, laid beside each other."""
    rows = _rows(one).join(_rows(other), how="outer", rsuffix="_other")
    off = rows[(rows["outcome"] != rows["outcome_other"]) | (rows["flags"] != rows["flags_other"])]
    examples = tuple(_example(key, *told) for key, *told in off.head(most).itertuples())
    counts = [json.loads((folder / "counts.json").read_text(encoding="utf-8")) for folder in (one, other)]
    return Compared(len(rows), len(off), counts[0] == counts[1], examples)


def _rows(folder: Path) -> pd.DataFrame:
    rows = pd.read_parquet(folder / "rows.parquet").astype("int64").set_index(KEY)
    assert rows.index.is_unique
    return rows


def _example(key: object, outcome: float, flags: float, other: float, other_flags: float) -> str:
    return f"{key}: {_worded(outcome, flags)} / {_worded(other, other_flags)}"


def _worded(outcome: float, flags: float) -> str:
    if pd.isna(outcome):
        return "no such row"
    outcomes = list(Outcome)
    return f"{outcomes[int(outcome)]} [{', '.join(each for at, each in enumerate(outcomes) if int(flags) >> at & 1)}]"
