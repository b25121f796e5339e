"""How does a clerk come in, and go? The sign-on page and the way out."""

from flask import Blueprint, Response, request

from sandbox.harbour import sessions
from sandbox.harbour.pages import COOKIE, page
from sandbox.harbour.visits import visit

COMPANIES = {"01": "Harbour Trading Ltd", "02": "Harbour Chandlery (Test)"}

blueprint = Blueprint("sign_ons", __name__)


@blueprint.get("/")
def sign_on_page() -> Response:
    """User, Password, Company."""
    return page("sign_on.html", companies=COMPANIES, message="")


@blueprint.post("/signon")
def sign_on() -> Response:
    """Open the frames, or say no with HTTP 200."""
    fields = visit().fields
    company = fields.get("selCompany", "")
    try:
        session = sessions.sign_on(
            visit().db, fields.get("txtUser", ""), fields.get("txtPass", ""), company if company in COMPANIES else "01"
        )
    except sessions.SignOnRefusedError as refused:
        return page("sign_on.html", companies=COMPANIES, message=str(refused))
    visit().new_token = session.token
    return Response(status=302, headers={"Location": "/desk"})


@blueprint.get("/signoff")
def sign_off() -> Response:
    """End the session and go back to the sign-on page."""
    sessions.end(visit().db, request.cookies.get(COOKIE, ""), "signed off")
    return Response(status=302, headers={"Location": "/"})
