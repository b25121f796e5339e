"""Why does the screen not show what was typed?"""

from bridge.errors import BridgeError, CustomerMismatch, ReadBackDiffers, TextNotKept
from bridge.locale import Phrase
from bridge.model.forms import Difference, told
from bridge.model.profiles import ErpProfile
from bridge.model.rules import ENTRY_SCREEN, LINES


def read_back_error(different: tuple[Difference, ...], profile: ErpProfile) -> BridgeError:
    """Whether the ERP cannot keep a text of this order (a business fact) or the typing went wrong (try again)."""
    screen = profile.screens[ENTRY_SCREEN]
    columns = {target.name: target for target in screen.grids[LINES].columns}
    for item in different:
        if item.field == "customer":
            return CustomerMismatch(erp=profile.name, customer=item.wanted, shown=item.found)
        target = columns.get(item.field) if item.line else screen.targets.get(screen.form.get(item.field, ""))
        if target is not None and target.kind == "text" and (not item.wanted.isascii() or item.wanted != item.found):
            return TextNotKept(erp=profile.name, field=Phrase.code(item.field), typed=item.wanted, shown=item.found)
    return ReadBackDiffers(differences=told(different))
