"""What a client of the CRM may ask: orders page by page, one order, and the telling of what the ERP did."""

import hmac
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.crm.bodies import json_object
from sandbox.crm.clocks import read_instant, write_instant
from sandbox.crm.cursors import Position, pack, unpack
from sandbox.crm.orders import checked_status
from sandbox.crm.problems import GREATEST_ID, Problem, bad_request, text_or_null, whole_number
from sandbox.crm.stores import OrderStore, WriteBack

GREATEST_PAGE = 500
ID = f"<int(max={GREATEST_ID}):order_id>"
_QUERY_FIELDS = {"changed_since", "after_id", "limit", "status", "cursor"}
_TELL_FIELDS = {"erp_number", "status", "message", "sequence"}


def api_routes(store: OrderStore, key: str) -> Blueprint:
    """The routes under /api, open to who brings `key` (health is open to all)."""
    routes = Blueprint("api", __name__, url_prefix="/api")

    @routes.before_request
    def check_key() -> None:
        given = request.headers.get("Authorization", "")
        if request.endpoint != "api.health" and not same(given, f"Bearer {key}"):
            raise Problem(401, "unauthorized", "Send the header 'Authorization: Bearer KEY' with the right key.")

    @routes.get("/health")
    def health() -> Response:
        return jsonify(status="ok", orders=store.count(), server_time=store.clock.now())

    @routes.get("/orders")
    def orders() -> Response:
        position = _position()
        limit = whole_number(request.args.get("limit", 100), "limit", low=1, high=GREATEST_PAGE)
        found = store.page(position, limit + 1)
        return jsonify(
            orders=found[:limit],
            next=_next(found[limit - 1], position) if len(found) > limit else None,
            server_time=store.clock.now(),
        )

    @routes.get(f"/orders/{ID}")
    def order(order_id: int) -> Response:
        return jsonify(store.get(order_id))

    @routes.put(f"/orders/{ID}/erp-status")
    def tell(order_id: int) -> Response:
        applied = store.tell(order_id, _news(json_object(_TELL_FIELDS)))
        return jsonify(id=order_id, applied=applied, erp=store.get(order_id)["erp"])

    return routes


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, found out in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))


def _position() -> Position:
    unknown = sorted(set(request.args) - _QUERY_FIELDS)
    if unknown:
        raise bad_request(f"There is no parameter {unknown[0]!r}.")
    status = request.args.get("status")
    if status is not None:
        checked_status(status)
    if "cursor" not in request.args:
        return _start(status)
    position = unpack(request.args["cursor"])
    if status not in (None, position.status):
        raise bad_request("This cursor belongs to a question about another status.")
    return position


def _start(status: str | None) -> Position:
    """The position before everything at or above `changed_since`, or right behind order `after_id` of that instant."""
    since, after = request.args.get("changed_since"), request.args.get("after_id")
    if since is None:
        if after is not None:
            raise bad_request("after_id needs changed_since: it tells apart orders of one instant.")
        return Position(status=status)
    return Position(
        changed_at=write_instant(read_instant(since, "changed_since")),
        order_id=whole_number(after or 0, "after_id", low=0),
        status=status,
    )


def _next(last: dict[str, Any], position: Position) -> str:
    return pack(Position(changed_at=last["changed_at"], order_id=last["id"], status=position.status))


def _news(body: dict[str, Any]) -> WriteBack:
    status = body.get("status")
    if not isinstance(status, str) or not status:
        raise bad_request("status must be text.")
    return WriteBack(
        number=text_or_null(body.get("erp_number"), "erp_number"),
        status=status,
        message=text_or_null(body.get("message"), "message"),
        sequence=whole_number(body.get("sequence"), "sequence", low=0),
    )
