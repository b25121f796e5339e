"""What a request carries, read as a JSON object with known fields only, so that a typing error is noticed."""

import json
from typing import Any

from flask import request

from sandbox.crm.problems import bad_request


def json_object(allowed: set[str]) -> dict[str, Any]:
    """The request's JSON object; a `Problem` when it is none or has a field outside `allowed`."""
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise bad_request("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("The body must be a JSON object.")
    unknown = sorted(set(body) - allowed)
    if unknown:
        raise bad_request(f"There is no field {unknown[0]!r} here; there are {', '.join(sorted(allowed))}.")
    return body
