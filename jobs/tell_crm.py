"""What has the CRM still to be told? The outbox, in order per order; what cannot be told now stays in it."""

from collections import Counter
from datetime import timedelta

from bridge.app import App
from bridge.errors import ApplicationError, CrmResting
from bridge.job_reports import JobReport
from bridge.model.tellings import concerns_all
from bridge.ports import CrmWriter, WriteBack

MOST_REQUESTS = 6  # of one message, each of which may use up the CRM's whole patience


def run(app: App) -> JobReport:
    """Tell every CRM, until its outbox is empty or it does not answer."""
    counts: Counter[str] = Counter()
    troubles: list[str] = []
    for crm in app.settings.crms:
        try:
            _tell(app, crm, counts, troubles)
        except ApplicationError as error:
            troubles.append(error.worded(app.language))
    return JobReport("tell_crm", counts, tuple(troubles))


def _tell(app: App, crm: str, counts: Counter[str], troubles: list[str]) -> None:
    outbox, (_, writer) = app.store.outbox, app.crm(crm)
    while app.time_left() and (message := outbox.claim(crm, app.worker, _lease(app, crm))):
        trouble = _told(app, writer, message, counts)
        troubles += [trouble] if trouble else []
    rest = outbox.resting(crm)
    if rest is not None and outbox.waiting(crm):
        raise CrmResting(crm=crm, failures=rest.failures, until=f"{rest.until:%Y-%m-%d %H:%M:%S} UTC")


def _told(app: App, writer: CrmWriter, message: WriteBack, counts: Counter[str]) -> str | None:
    """Tell one message; a refusal of one order does not keep the others waiting, a silent CRM does.

    What was told before without an answer is looked for first, lest it is told twice.
    """
    try:
        if message.unsure and writer.shows(message):
            counts["already_there"] += 1
        else:
            writer.tell(message)
    except ApplicationError as error:
        app.store.outbox.put_off(message, error.reason)
        if concerns_all(error.reason):
            raise
        counts["refused"] += 1
        return error.worded(app.language)
    app.store.outbox.told(message)
    counts["told"] += 1
    app.progress("tell_crm", counts["told"], 0)
    return None


def _lease(app: App, crm: str) -> timedelta:
    """Longer than the telling of one message can take."""
    patience = app.crm_specs[crm].client.retry.total_seconds + app.crm_specs[crm].client.timeout
    return timedelta(seconds=MOST_REQUESTS * patience)
