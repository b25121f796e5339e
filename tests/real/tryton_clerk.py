"""Who types into the Tryton that we test against: this script, run by Tryton's own Python, hires a clerk.

It stands alone, like tryton_seed.py, and for the same reasons.

    python tryton_clerk.py tryton.conf crm   a user of the group Sales, with the columns that the profile asks for
"""

import sys
from decimal import Decimal
from importlib import import_module
from typing import Any, Final

LOGIN: Final = "typist"
PASSWORD: Final = "typist-of-a-test"
GROUP: Final = "Sales"
COLUMNS: Final = ("reference", "description")  # what a clerk switches on in the list of sales
PARTIES: Final = {"C1001": "海港贸易有限公司", "C1002": "Harbour & Sons"}
PRODUCTS: Final = {"P-30": "Anchor chain 10 mm", "P-40": "缆绳, by the metre", "P-400": "Something else"}


def main(config: str, database: str) -> None:
    """Add a clerk, and the customers and items of the contract suite, to an open Tryton database."""
    # Imported by name: only Tryton's environment has it, and the type checker runs in ours.
    proteus: Any = import_module("proteus")
    proteus.config.set_trytond(f"sqlite:///{database}", config_file=config)
    hire(proteus.Model.get)
    add_parties(proteus.Model.get)
    add_products(proteus.Model.get)


def hire(model: Any) -> None:
    """A user of one company in the group Sales, who has switched two columns on."""
    company = model("company.company").find([])[0]
    user = model("res.user")(name="Typist", login=LOGIN, password=PASSWORD)
    user.companies.append(company)
    user.company = model("company.company")(company.id)
    user.groups.extend(model("res.group").find([("name", "=", GROUP)]))
    user.save()
    view = model("ir.ui.view").find([("model", "=", "sale.sale"), ("name", "=", "sale_tree")])[0]
    for column in COLUMNS:
        model("ir.ui.view_tree_optional")(view=view, user=user, model="sale.sale", field=column, value=False).save()


def add_parties(model: Any) -> None:
    """Customers with an address each."""
    for code, name in PARTIES.items():
        party = model("party.party")(code=code, name=name)
        party.addresses[0].street = "1 Quay"
        party.addresses[0].city = "London"
        party.save()


def add_products(model: Any) -> None:
    """Goods that are sold by the metre, so that a quantity may be broken."""
    metre = model("product.uom").find([("name", "=", "Meter")])[0]
    category = model("product.category").find([("accounting", "=", True)])[0]
    for code, name in PRODUCTS.items():
        goods = model("product.template")(name=name, code=code, type="goods", default_uom=metre, salable=True)
        goods.list_price = Decimal("7.7700")
        goods.sale_uom = metre
        goods.account_category = category
        goods.save()


if __name__ == "__main__":
    main(*sys.argv[1:])
