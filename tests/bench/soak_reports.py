"""What has a soak come to? Its orders by the ERP's own tables, its times by the ledger's, its memory by the samples."""

import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bridge.app import App
from bridge.settings import load_settings
from bridge.store.tables import attempts, outbox, postings
from tests.oracles import Oracle, Stored

ENTERED, SAMPLES, FACTS = "entered.jsonl", "samples.jsonl", "facts.json"
WARM = 300.0  # seconds until every seat has opened its browser and every cache is filled
Row = Mapping[str, Any]


def reported(folder: Path) -> dict[str, Any]:
    """All figures, also of a soak that still runs or was broken off."""
    entered, samples = _lines(folder / ENTERED), _lines(folder / SAMPLES)
    facts = folder / FACTS
    return {
        "minutes": round(samples[-1]["seconds"] / 60, 1),
        **_by_tables(folder, entered),
        **_by_ledger(folder, entered),
        **_by_samples(samples),
        "bytes": sizes(folder, len(entered)),
        "end": json.loads(facts.read_text(encoding="utf-8")) if facts.exists() else "not reached",
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]


def _by_tables(folder: Path, entered: Sequence[Row]) -> dict[str, Any]:
    oracle = Oracle(folder / "harbour.sqlite")
    found: dict[str, list[Stored]] = {}
    for stored in oracle.all():
        found.setdefault(stored.po_number, []).append(stored)
    wanted = [each["order"] for each in entered]
    documents = [found.get(order["po_number"], []) for order in wanted]
    pairs = [(order, each) for order, stored in zip(wanted, documents, strict=True) for each in stored]
    return {
        "orders": len(entered),
        "stored": sum(map(bool, documents)),
        "duplicates": sum(len(stored) > 1 for stored in documents),
        "missing": sum(not stored for stored in documents),
        "wrong": sum(bool(oracle.differences(order, each)) for order, each in pairs),
        "lines": sum(len(order["lines"]) for order in wanted),
    }


def _by_ledger(folder: Path, entered: Sequence[Row]) -> dict[str, Any]:
    app = App(load_settings(folder / "erpbridge.toml"))
    told = select(outbox.c.posting_id, func.min(outbox.c.told_at).label("told_at"))
    told = told.where(outbox.c.document.is_not(None)).group_by(outbox.c.posting_id)
    ours = postings.c.order_number.in_([each["order"]["number"] for each in entered])
    try:
        with app.store.database.reading() as connection:
            rows = connection.execute(select(postings).where(ours)).all()
            first = {row.posting_id: row.told_at for row in connection.execute(told)}
            tried = connection.execute(select(attempts)).all()
    finally:
        app.close()
    at = {each["order"]["number"]: datetime.fromisoformat(each["at"]) for each in entered}
    posted = {row.id: row for row in rows if row.posted_at is not None}
    begun = {row.posting_id: row.started_at for row in tried if row.outcome == "posted"}
    return {
        "states": dict(Counter(row.state for row in rows)),
        "attempts": sum(row.posting_id in {each.id for each in rows} for row in tried),
        "users": dict(Counter(row.user for row in tried if row.posting_id in posted)),
        "attempt_seconds": _spread([(row.posted_at - begun[id_]).total_seconds() for id_, row in posted.items()]),
        "crm_to_posted_seconds": _spread([(x.posted_at - at[x.order_number]).total_seconds() for x in posted.values()]),
        "crm_to_told_seconds": _spread(
            [(first[i] - at[x.order_number]).total_seconds() for i, x in posted.items() if first.get(i)]
        ),
    }


def _by_samples(samples: Sequence[Row]) -> dict[str, Any]:
    warm = [each for each in samples if each["seconds"] >= WARM] or samples
    half = len(warm) // 2
    spent = {part: round(samples[-1]["cpu"].get(part, 0.0), 1) for part in samples[-1]["cpu"]}
    return {
        "processes": _spread([float(sum(each["processes"].values())) for each in warm]),
        "host_threads": _spread([float(each["threads"]) for each in warm]),
        "host_handles": _spread([float(each["handles"]) for each in warm]),
        "load_average": _spread([float(each["load"]) for each in warm]),
        "cpu_seconds": spent,
        "memory_mb": {kind: _by_part(warm, kind) for kind in ("pss", "rss")},
        "slope_mb_per_hour": {
            name: {kind: slopes(part, kind) for kind in ("pss", "rss")}
            for name, part in (("whole", warm), ("first_half", warm[:half]), ("second_half", warm[half:]))
        },
    }


def _by_part(samples: Sequence[Row], kind: str) -> dict[str, Any]:
    parts = sorted({part for each in samples for part in each[kind]})
    found = {part: _spread([each[kind].get(part, 0.0) for each in samples]) for part in parts}
    return {**found, "all": _spread([sum(each[kind].values()) for each in samples])}


def slopes(samples: Sequence[Row], kind: str) -> dict[str, float | None]:
    """How many MB an hour each part grows, by least squares."""
    parts = sorted({part for each in samples for part in each[kind]})
    series = {part: [each[kind].get(part, 0.0) for each in samples] for part in parts}
    series["all"] = [sum(each[kind].values()) for each in samples]
    hours = [each["seconds"] / 3600 for each in samples]
    if len(set(hours)) < 2:
        return dict.fromkeys(series)
    return {part: round(statistics.linear_regression(hours, held).slope, 2) for part, held in series.items()}


def sizes(folder: Path, orders: int) -> dict[str, Any]:
    """Bytes on the disk of ledger, engine and evidence, and evidence per order."""
    evidence = sum(each.stat().st_size for each in (folder / "screenshots").rglob("*") if each.is_file())
    found = {name: sum(x.stat().st_size for x in folder.glob(f"{name}.sqlite*")) for name in ("ledger", "engine")}
    log = sum(each.stat().st_size for each in (folder / "log").rglob("*") if each.is_file())
    return {**found, "log": log, "evidence": evidence, "evidence_per_order": evidence // max(1, orders)}


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        "min": round(ordered[0], 2),
        "p50": round(ordered[round(last * 0.5)], 2),
        "p95": round(ordered[round(last * 0.95)], 2),
        "max": round(ordered[-1], 2),
    }
