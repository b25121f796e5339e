"""What do the toy CRM and the toy ERP hold to begin with? Real orders, and the master data that they need."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from bridge.errors import FileUnreadable
from bridge.locale import Phrase
from bridge.model.orders import Order
from bridge.settings import Settings, keep_secret
from bridge.toys.sandboxes import CONTROL_KEY, CRM_KEY, Sandbox

USER = "BOT1"
PASSWORD = "secret-bot1"  # noqa: S105 - the toy ERP's own, printed in its README
UNKNOWN_TO_ERP = 1


def keep_secrets(settings: Settings) -> None:
    """Keep the toys' own secrets where the installation looks for them."""
    keep_secret("crm.sandbox", CRM_KEY, settings)
    keep_secret("erp.harbour", PASSWORD, settings)


def load_orders(crm: Sandbox, file: Path | None = None, count: int | None = None) -> None:
    """Put the first `count` orders of the file, or of the excerpt that comes with us, into the CRM."""
    command = [sys.executable, "-m", "sandbox.crm.loading", "--url", crm.url, "--control-key", CONTROL_KEY]
    command += [str(file)] if file else []
    command += ["--count", str(count)] if count else []
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise FileUnreadable(path=str(file or "excerpt"), why=lines[-1] if lines else Phrase("loading failed"))


def make_known(erp: Sandbox, orders: Iterable[Order], hidden: int = UNKNOWN_TO_ERP) -> None:
    """Create in the ERP what the orders need, but for so many customers with the fewest: so that a hold is seen."""
    wanted = list(orders)
    customers = Counter(order.customer for order in wanted if order.customer)
    unknown = {code for code, _ in sorted(customers.items(), key=lambda each: (each[1], each[0]))[:hidden]}
    names = {order.customer: order.customer_name for order in wanted if order.customer}
    records = [{"code": c, "name": n, "currency": "GBP"} for c, n in names.items() if c not in unknown]
    erp.control("customers", records)
    items = {line.item: line for order in wanted for line in order.lines}
    erp.control(
        "items",
        [{"code": c, "description": x.description[:35], "price": str(abs(x.unit_price))} for c, x in items.items()],
    )
