"""How is a reason kept? Its code as it is, its parameters as JSON in which every number keeps its digits."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from bridge.errors import Reason
from bridge.locale import plain, restored


def write_json(content: Mapping[str, object]) -> str:
    """Canonical JSON; decimals and dates as their text, foreign characters escaped so that any can be kept."""
    return json.dumps(content, default=str, sort_keys=True)


def reason_values(reason: Reason | None) -> dict[str, str | None]:
    """The two columns of a reason."""
    if reason is None:
        return {"reason_code": None, "reason_params": None}
    params = {name: plain(value) for name, value in reason.params.items()}
    return {"reason_code": reason.code, "reason_params": write_json(params)}


def reason_of(row: Row[Any]) -> Reason | None:
    """The reason in the two columns."""
    if row.reason_code is None:
        return None
    return Reason(row.reason_code, {name: restored(value) for name, value in json.loads(row.reason_params).items()})
