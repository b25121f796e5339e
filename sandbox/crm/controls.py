"""What a test may do to the CRM behind its back: put in orders, change and delete them, break things, move time."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.crm.bodies import json_object
from sandbox.crm.clocks import read_instant, write_instant
from sandbox.crm.faults import FaultList, read_fault
from sandbox.crm.orders import CONTENT_FIELDS, Json, changed_order, checked_status, new_order
from sandbox.crm.problems import Problem, bad_request, whole_number
from sandbox.crm.routes import ID, same
from sandbox.crm.stores import NewOrder, OrderStore

_OWN_FIELDS = {"status", "revision", "created_at", "changed_at"}
_FAULT_FIELDS = {"status", "path", "method", "times", "skip", "retry_after", "moment", "seconds"}


def control_routes(store: OrderStore, faults: FaultList, control_key: str) -> Blueprint:
    """The routes under /control, open to who brings `control_key`; faults never strike here."""
    routes = Blueprint("control", __name__, url_prefix="/control")

    @routes.before_request
    def check_key() -> None:
        if not same(request.headers.get("X-Control-Key", ""), control_key):
            raise Problem(401, "unauthorized", "Send the header 'X-Control-Key' with the right key.")

    _order_routes(routes, store)
    _fault_routes(routes, faults)

    @routes.get("/write-backs")
    def write_backs() -> Response:
        return jsonify(write_backs=store.write_backs())

    @routes.post("/clock")
    def clock() -> Response:
        seconds = json_object({"offset_seconds"}).get("offset_seconds")
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            raise bad_request("offset_seconds must be a number.")
        store.clock.shift(seconds)
        return jsonify(offset_seconds=store.clock.offset_seconds, server_time=store.clock.now())

    return routes


def _order_routes(routes: Blueprint, store: OrderStore) -> None:
    @routes.post("/orders")
    def add() -> tuple[Response, int]:
        orders = json_object({"orders"}).get("orders")
        if not isinstance(orders, list):
            raise bad_request("orders must be a list.")
        return jsonify(ids=store.add([_read_new(order) for order in orders])), 201

    @routes.patch(f"/orders/{ID}")
    def change(order_id: int) -> Response:
        changes = json_object({*CONTENT_FIELDS, "status"})
        store.change(order_id, lambda content, status: _edit(content, status, changes))
        return jsonify(store.get(order_id))

    @routes.delete(f"/orders/{ID}")
    def remove(order_id: int) -> tuple[str, int]:
        store.remove(order_id)
        return "", 204


def _fault_routes(routes: Blueprint, faults: FaultList) -> None:
    @routes.post("/faults")
    def add_fault() -> tuple[Response, int]:
        faults.add(read_fault(json_object(_FAULT_FIELDS)))
        return jsonify(faults=faults.as_json()), 201

    @routes.get("/faults")
    def list_faults() -> Response:
        return jsonify(faults=faults.as_json())

    @routes.delete("/faults")
    def clear_faults() -> tuple[str, int]:
        faults.clear()
        return "", 204


def _read_new(given: Any) -> NewOrder:
    if not isinstance(given, dict):
        raise bad_request("An order must be a JSON object.")
    content = {name: value for name, value in given.items() if name not in _OWN_FIELDS}
    return NewOrder(
        content=new_order(content),
        status=checked_status(given.get("status", "released")),
        revision=whole_number(given.get("revision", 1), "revision", low=1),
        created_at=_stamp(given, "created_at"),
        changed_at=_stamp(given, "changed_at"),
    )


def _stamp(given: Json, name: str) -> str | None:
    return write_instant(read_instant(given[name], name)) if given.get(name) is not None else None


def _edit(content: Json, status: str, changes: Json) -> tuple[Json, str]:
    fields = {name: value for name, value in changes.items() if name != "status"}
    return changed_order(content, fields), checked_status(changes.get("status", status))
