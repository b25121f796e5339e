"""What lies on a clerk's desk? The frames banner, menu and main, and the dead ends of the menu."""

from flask import Blueprint, Response

from sandbox.harbour.pages import error_page, page
from sandbox.harbour.sign_ons import COMPANIES
from sandbox.harbour.visits import visit

MENU = (
    ("Sales", (("Order Entry", "/so/entry"), ("Order List", "/so/list"), ("Quotations", "/dead/41"))),
    ("Purchasing", (("Order Entry", "/dead/52"), ("Order List", "/dead/53"), ("Suppliers", "/dead/54"))),
    ("Master Files", (("Customers", "/cu"), ("Items", "/in"), ("Price Lists", "/dead/61"))),
    ("Stock", (("Items", "/dead/71"), ("Stock Taking", "/dead/72"))),
    ("Reports", (("Order List", "/dead/81"), ("Customers", "/dead/82"), ("Day Book", "/dead/83"))),
)

blueprint = Blueprint("desks", __name__)


@blueprint.get("/desk")
def desk() -> Response:
    """The frameset."""
    return page("desk.html")


@blueprint.get("/banner")
def banner() -> Response:
    """Release, company and user."""
    return page("banner.html", company=COMPANIES[visit().session.company], user=visit().session.user)


@blueprint.get("/menu")
def menu() -> Response:
    """The menu, where equal words lead to different places."""
    return page("menu.html", menu=MENU)


@blueprint.get("/welcome")
def welcome() -> Response:
    """What the main frame shows at first."""
    return page("welcome.html", user=visit().session.user)


@blueprint.get("/dead/<int:code>")
def dead(code: int) -> Response:
    """A menu entry nobody ever paid for."""
    return error_page(f"SY-{code:03} Function not licensed")
