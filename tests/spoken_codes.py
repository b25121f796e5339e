"""Which texts are said without standing in the call that says them? Codes, and sentences kept in tables."""

import ast
from collections.abc import Iterable, Mapping

from bridge.chaos.faults import FAULTS as BLOWS
from bridge.chaos.points import POINTS
from bridge.cli.chaos import COUNTED
from bridge.engine.seats import LIMITS
from bridge.locale import name_of
from bridge.locale.faults import TEXTS as FAULTS
from bridge.model.breaks import LOCUS_MEANINGS, MEANINGS, SUB_MEANINGS, VERDICT_MEANINGS, Verdict
from bridge.model.comparisons import HEADER
from bridge.model.documents import DocumentStatus
from bridge.model.items import CAUSE_NAMES, HANDLING_NAMES, LIFECYCLE_NAMES, NoteField
from bridge.model.orders import OrderStatus
from bridge.model.postings import Phase, PostingState, Work
from bridge.model.statements import ROLE_NAMES, Role
from bridge.ports.seat_findings import WEIGHTS
from bridge.reports.audits import AUDIT_COLUMNS, DICTIONARY_COLUMNS, audit_of, dictionary
from bridge.reports.classifications import EXCLUSION_RULES
from bridge.reports.columns import BREAK_COLUMNS, CONTROL_COLUMNS, MATCH_COLUMNS, POSTING_COLUMNS
from bridge.reports.components import COMPONENTS
from bridge.reports.controls import CONTROL_MEANINGS, HASH, LOOKED_UP, ROWS
from bridge.reports.group_columns import GROUP_COLUMNS, TOLERANCE_COLUMNS
from bridge.reports.item_columns import RESOLVED_COLUMNS, TOLD_COLUMNS
from bridge.reports.movements import LINES, MOVED, SIGNED
from bridge.reports.plans import TITLES
from bridge.reports.reconciliations import (
    BY_NUMBER,
    EXPECTED,
    NOT_COMPARED,
    NOT_STATED,
    NOTHING,
    OTHER_PRICES,
    OVER_CAP,
    TEXTS_DIFFER,
    TOLERATED,
    TWO_SIDED,
)
from bridge.reports.summaries import COMPANY_HEADERS, TOTAL_HEADERS
from bridge.reports.texts import FIELD_LABELS
from bridge.store.evidence.findings import TEXTS as FINDINGS
from bridge.store.runs import INTERRUPTED, QUEUED, RUNNING
from tests.spoken_texts import called, modules
from tests.unit.reports.days import clean_report

SCOPES = ("(blank)", "ledger", *TITLES, "Summary", "Item ids", "Comments", LOOKED_UP, ROWS, HASH)
TABLES = (
    *(BREAK_COLUMNS, MATCH_COLUMNS, POSTING_COLUMNS, CONTROL_COLUMNS, GROUP_COLUMNS, TOLERANCE_COLUMNS),
    *(RESOLVED_COLUMNS, TOLD_COLUMNS, AUDIT_COLUMNS, DICTIONARY_COLUMNS),
)
HEADERS = [column.header for columns in TABLES for column in columns]
FACTS = [fact.name for fact in audit_of(clean_report(), "")]
OUTCOMES = [meaning.name for meaning in MEANINGS.values()]

# What is said by an expression, by the source of that expression.
KEPT: Mapping[str, Iterable[str]] = {
    "TEXTS[self.code]": FINDINGS.values(),
    "TEXTS[kind]": FAULTS.values(),
    "MEANINGS[flag].name": OUTCOMES,
    "MEANINGS[row.outcome].name": OUTCOMES,
    "meaning.name": OUTCOMES,
    "meaning.sentence": [meaning.sentence for meaning in MEANINGS.values()],
    "SUB_MEANINGS[row.sub]": [text for text in SUB_MEANINGS.values() if text],
    "LOCUS_MEANINGS[locus]": [text for text in LOCUS_MEANINGS.values() if text],
    "VERDICT_MEANINGS[verdict]": VERDICT_MEANINGS.values(),
    "verdict.value": [verdict.value for verdict in Verdict],
    "CONTROL_MEANINGS[control.code]": CONTROL_MEANINGS.values(),
    "control.scope": (*SCOPES, *COMPONENTS),
    "control.unit": SCOPES,
    "EXCLUSION_RULES[each.rule]": EXCLUSION_RULES.values(),
    "_side(each.side)": SCOPES,
    "MEANINGS[member.row.outcome].name": OUTCOMES,
    "MEANINGS[settled.before.outcome].name": OUTCOMES,
    "MEANINGS[now].name": OUTCOMES,
    "MEANINGS[outcome].name": OUTCOMES,
    "MEANINGS[total.outcome].name": OUTCOMES,
    "VERDICT_MEANINGS[statement.verdict]": VERDICT_MEANINGS.values(),
    "issued.statement.verdict.value": [verdict.value for verdict in Verdict],
    "LIFECYCLE_NAMES[told.item.lifecycle]": LIFECYCLE_NAMES.values(),
    "HANDLING_NAMES[told.memory.handling(told.item)]": HANDLING_NAMES.values(),
    "HANDLING_NAMES[settled.memory.handling(settled.before)]": HANDLING_NAMES.values(),
    "CAUSE_NAMES[Cause(said)]": CAUSE_NAMES.values(),
    "ROLE_NAMES[role]": ROLE_NAMES.values(),
    "entry.kind": [entry.kind for entry in dictionary()],
    "entry.name": [entry.name for entry in dictionary() if entry.kind not in {"Verdict", "Control"}],
    "entry.meaning": [entry.meaning for entry in dictionary() if entry.meaning],
    "fact.name": FACTS,
    "plan.key": TITLES,
    "detail.key": TITLES,
    "warning": [*NOT_COMPARED.values(), NOTHING, OVER_CAP, BY_NUMBER, TEXTS_DIFFER, TOLERATED, TWO_SIDED, EXPECTED],
    "note": [*(sentence for pair in NOT_STATED.values() for sentence in pair), OTHER_PRICES],
    "column.header": HEADERS,
    "header": [*TOTAL_HEADERS, *COMPANY_HEADERS],
    "TOTAL_HEADERS[column]": TOTAL_HEADERS,
    "label": FIELD_LABELS.values(),
    "name": [*SCOPES, *MOVED, *LINES, *SIGNED, *HANDLING_NAMES.values(), *CAUSE_NAMES.values()],
    "point.name": [point.name for point in POINTS],
    "fault.name": [blow.name for blow in BLOWS],
    "' '.join((type(self).__doc__ or '').split())": [],  # the errors' own sentences are asked for one by one
    "text.text": [],  # a phrase again, without its secrets
}

ORDER_FIELDS = (*HEADER, "remarks", "lines", "item", "description", "quantity", "price", "amount")
TAKEN = ("new", "unchanged", "revised", "waiting", "cancelled", "held", "conflict", "draft", "malformed")
LOCATED = ("found", "drift", "missing", "absent")


def codes() -> set[str]:
    """Every code of ours that is shown to a person, as people call it."""
    states = [
        state
        for kind in (PostingState, Phase, Work, OrderStatus, DocumentStatus, Verdict, Role, NoteField)
        for state in kind
    ]
    runs = (QUEUED, RUNNING, INTERRUPTED, "done", "failed", "settled")
    swept = (*COUNTED, "point", "fault", "seconds to recover", *(each.name for each in (*POINTS, *BLOWS)))
    shown = (*states, *runs, *ORDER_FIELDS, *TAKEN, *LOCATED, *WEIGHTS, *LIMITS, *swept, *_counts(), *_demo_record())
    return {name_of(code) for code in shown}


def _counts() -> set[str]:
    """The names under which jobs count."""
    return {
        node.slice.value
        for path, tree in modules().items()
        if path.startswith("jobs/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and ast.unparse(node.value) in {"counts", "self.counts"}
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, str)
    } | _reported()


def _reported() -> set[str]:
    """The names of counts that a job reports in one piece."""
    return {
        key.value
        for path, tree in modules().items()
        if path.startswith("jobs/")
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called(call) == "JobReport"
        for argument in call.args
        if isinstance(argument, ast.Dict)
        for key in argument.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def _demo_record() -> set[str]:
    """The names of what the demo reports."""
    record = next(
        node
        for node in ast.walk(modules()["bridge/cli/demos.py"])
        if isinstance(node, ast.FunctionDef) and node.name == "_record"
    )
    return {
        key.value
        for node in ast.walk(record)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
