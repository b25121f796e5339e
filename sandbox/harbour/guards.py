"""May this request pass, and in what disguise does its answer leave? Sessions and the faults of the program."""

import json
import time

from flask import Response, request

from sandbox.harbour import controls, sessions, sign_ons
from sandbox.harbour.gates import RESET
from sandbox.harbour.pages import COOKIE, error_page, expired_page, raw_page
from sandbox.harbour.visits import options, visit

_OPEN_TO_ALL = (sign_ons.blueprint.name, controls.blueprint.name)


def arrive() -> Response | None:
    """Before the screen: early faults, then the session, then refusals; an answer here ends the request."""
    slow = visit().faults.get("slow")
    if slow and slow.before:
        time.sleep(slow.seconds)
    if "error_500" in visit().faults:
        return raw_page("<h1>Internal Server Error</h1>", 500)
    answer = _kill_session()
    if answer or request.blueprint in _OPEN_TO_ALL:
        return answer
    answer = _demand_session() or _refuse()
    late = visit().faults.get("late_commit")
    if late and not answer:
        request.environ[RESET]()  # not before the session was looked at: it may end as soon as the client is gone
        time.sleep(late.seconds)
    return answer


def _kill_session() -> Response | None:
    killed = visit().faults.get("session_killed")
    if not killed:
        return None
    token = request.cookies.get(COOKIE, "")
    visit().clerk = sessions.find(visit().db, token, options().idle_seconds)
    sessions.end(visit().db, token, "killed")
    visit().disguise = expired_page()
    return None if killed.and_saved and visit().clerk else visit().disguise


def _demand_session() -> Response | None:
    if visit().clerk:
        return None
    token = request.cookies.get(COOKIE, "")
    visit().clerk = sessions.find(visit().db, token, options().idle_seconds)
    if visit().clerk or _sign_on_again():
        return None
    return expired_page()


def _sign_on_again() -> bool:
    fields = visit().fields
    if "txtPass2" not in fields:
        return False
    try:
        clerk = sessions.sign_on(visit().db, fields.get("txtUser2", ""), fields["txtPass2"], "01")
    except sessions.SignOnRefusedError:
        return False
    visit().clerk, visit().new_token = clerk, clerk.token
    if request.path == "/so/save":
        # the trap of a real ERP: the kept order is saved, and the page says the same as before
        visit().disguise = expired_page()
    return True


def _refuse() -> Response | None:
    for kind in ("refusal", "record_locked"):
        if kind in visit().faults:
            return error_page(visit().faults[kind].text)
    return None


def depart(answer: Response) -> Response:
    """After the screen: the answer the clerk gets to see."""
    faults = visit().faults
    answer = visit().disguise or _false_refusal() or answer
    if "blank_page" in faults:
        answer = raw_page("")
    if "unexpected_alert" in faults:
        answer.set_data(_with_alert(answer.get_data(), faults["unexpected_alert"].text))
    if visit().new_token:
        answer.set_cookie(COOKIE, visit().new_token, httponly=True)
    slow = faults.get("slow")
    if slow and not slow.before:
        time.sleep(slow.seconds)
    return answer


def _false_refusal() -> Response | None:
    false = visit().faults.get("refusal_but_saved")
    if not false:
        return None
    return expired_page() if "Session expired" in false.text else error_page(false.text)


def _with_alert(html: bytes, text: str) -> bytes:
    quoted = json.dumps(text).replace("<", "\\u003c")
    script = f"<script>window.onload = function () {{ alert({quoted}); }}</script></head>"
    return html.replace(b"</head>", script.encode("ascii"), 1)
