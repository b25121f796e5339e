"""Which language does whoever reads the output of this process speak?"""

import locale as system_locale
import os

from bridge.locale.catalogues import CHINESE, ENGLISH

VARIABLE = "ERPBRIDGE_LANGUAGE"


def language_of_reader(installation: str = "") -> str:
    """ERPBRIDGE_LANGUAGE, else the installation's language, else the system's own, else English."""
    wanted = os.environ.get(VARIABLE) or installation or _language_of_system()
    return CHINESE if wanted.lower().startswith(("zh", "chinese")) else ENGLISH


def _language_of_system() -> str:
    """What the environment says, in the order of POSIX, else what Windows says ("Chinese (Simplified)_China")."""
    named = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, named), None) or system_locale.getlocale()[0] or ""
