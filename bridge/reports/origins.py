"""From what and by what was a statement made, so that anybody can make it again?"""

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from bridge import __version__
from bridge.reports.reconciliations import Reconciliation

MADE_WITH = ("pandas", "pyarrow", "numpy", "xlsxwriter")


@cache
def versions() -> Mapping[str, str]:
    """The versions of all that has a part in the bytes."""
    return {
        "erpbridge": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in MADE_WITH},
    }


def run_of(found: Reconciliation, language: str) -> str:
    """The name of the run: a hash over all inputs, what is remembered, the language and the versions.

    The same name means the same bytes.
    """
    told = {
        "erp": found.erp,
        "period": [str(found.period.first), str(found.period.last)],
        "inputs": dict(found.fingerprints),
        "memory": found.memory.sha256,
        "language": language,
        "most_detail": found.most_detail,
        "most_shown": found.most_shown,
        "versions": dict(versions()),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
