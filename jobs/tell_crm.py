"""What has the CRM still to be told? The outbox, in order per order; what cannot be told now stays in it."""

from collections import Counter

from bridge.app import App, JobReport
from bridge.errors import ApplicationError, CrmRefused
from bridge.ports import CrmWriter, WriteBack


def run(app: App) -> JobReport:
    """Tell every CRM, until its outbox is empty or it does not answer."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for crm in app.settings.crms:
        try:
            troubles += _tell(app, crm, counts)
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
    return JobReport("tell_crm", counts, tuple(troubles))


def _tell(app: App, crm: str, counts: Counter[str]) -> list[str]:
    _, writer = app.crm(crm)
    troubles: list[str] = []
    while app.time_left() and (waiting := app.store.outbox.waiting(crm)):
        refused = [trouble for message in waiting if (trouble := _told(app, writer, message, counts))]
        troubles += refused
        if len(refused) == len(waiting):
            break
    return troubles


def _told(app: App, writer: CrmWriter, message: WriteBack, counts: Counter[str]) -> str | None:
    """Tell one message; a refusal of one order does not keep the others waiting, a silent CRM does."""
    try:
        writer.tell(message)
    except CrmRefused as error:
        app.store.outbox.put_off(message, error.reason)
        counts["refused"] += 1
        return error.worded(app.language)
    except ApplicationError as error:
        app.store.outbox.put_off(message, error.reason)
        raise
    app.store.outbox.told(message)
    counts["told"] += 1
    app.progress("tell_crm", counts["told"], 0)
    return None
