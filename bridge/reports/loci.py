"""Where did each difference come in? Each place that an order went through is laid beside the next, field by field.

The CRM as it was taken, the form as it was read back, the document as it was verified, the ERP now. Where nothing was
kept of a place, nothing is said of what happened there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.model.breaks import Locus
from bridge.model.forms import Difference
from bridge.model.postings import Posting, PostingState, Work
from bridge.reports.inputs import Inputs
from bridge.reports.rows import Row
from bridge.reports.shown_values import Shown, of_document, of_form, of_order, of_record

CHAIN = (Locus.TYPING, Locus.ERP_ON_SAVE, Locus.CRM_LATER, Locus.ERP_LATER)
NOWHERE = Shown()


@dataclass(frozen=True)
class Way:
    """What an order showed in each place; `form` and `verified` are of its present revision, `older` of one before."""

    crm: Shown
    taken: Shown
    form: Shown
    verified: Shown
    older: Shown
    now: Shown
    is_changing: bool

    def locus(self, difference: Difference) -> Locus:
        """Where this one value came in."""
        crm, taken, form, verified, older, now = (
            place.value(difference.field, difference.line)
            for place in (self.crm, self.taken, self.form, self.verified, self.older, self.now)
        )
        if difference.field == "status":
            return Locus.ERP_LATER if verified is not None and now != verified else Locus.UNKNOWN
        if crm != taken:
            return Locus.CRM_LATER
        if self.is_changing:
            return _while_changing(older, verified, now)
        return _once_entered(taken, form, verified, now)


def _once_entered(taken: object, form: object, verified: object, now: object) -> Locus:
    """The first place that is not as the one before it; unknown where a place between is."""
    if form is not None and form != taken:
        return Locus.TYPING
    if verified is None:
        return Locus.UNKNOWN
    if verified != taken:
        return Locus.UNKNOWN if form is None else Locus.ERP_ON_SAVE
    return Locus.ERP_LATER if now != verified else Locus.UNKNOWN


def _while_changing(older: object, verified: object, now: object) -> Locus:
    """The ERP still holds the revision before: the difference is the change itself, unless somebody was at it since."""
    if older is not None:
        return Locus.CRM_LATER if now == older else Locus.ERP_LATER
    return Locus.UNKNOWN if verified is not None else Locus.CRM_LATER


def loci_of(row: Row, inputs: Inputs, differences: Sequence[Difference]) -> tuple[Locus, ...]:
    """The locus of each difference, in their order."""
    way = _way(row, inputs)
    return tuple(Locus.UNKNOWN if way is None else way.locus(difference) for difference in differences)


def first_of(loci: Sequence[Locus]) -> Locus:
    """The earliest place at which any of them came in."""
    return next((locus for locus in CHAIN if locus in loci), Locus.UNKNOWN)


def form_shown(row: Row, inputs: Inputs) -> Shown | None:
    """What the form showed when it was filled; None where that was not kept."""
    if row.owner is None or row.owner.read.form is None:
        return None
    return of_form(row.owner.read.form.content, row.owner.order, inputs)


def document_shown(row: Row, inputs: Inputs) -> Shown | None:
    """What the document showed when it was verified; None where that was not kept."""
    document = row.owner.read.document if row.owner else None
    return None if document is None else of_document(document.content, inputs)


def _way(row: Row, inputs: Inputs) -> Way | None:
    owner, order = row.owner, row.crm.order if row.crm else None
    if owner is None or order is None or row.erp is None:
        return None
    form, document = owner.read.form, owner.read.document
    typed_now = form is not None and form.revision == owner.posting.revision
    read_now = document is not None and document.revision == owner.posting.revision
    shown = document_shown(row, inputs) or NOWHERE
    return Way(
        crm=of_order(order, inputs),
        taken=of_order(owner.order, inputs),
        form=(form_shown(row, inputs) or NOWHERE) if typed_now else NOWHERE,
        verified=shown if read_now else NOWHERE,
        older=NOWHERE if read_now else shown,
        now=of_record(row.erp, inputs),
        is_changing=_is_changing(owner.posting),
    )


def _is_changing(posting: Posting) -> bool:
    """Whether the order as it was taken last is not in the ERP yet, which holds it as it was before."""
    return posting.work is not Work.ENTER and posting.state is not PostingState.POSTED
