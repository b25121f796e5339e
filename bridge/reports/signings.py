"""Who may sign a statement, as what, and for which values?"""

from collections.abc import Sequence
from datetime import datetime

from bridge.errors import RequestRefused
from bridge.locale import Phrase
from bridge.model.breaks import Verdict
from bridge.model.statements import Role, SignOff, Statement, StatementKind
from bridge.reports.issuings import Office
from bridge.reports.replays import file_findings


class NotToBeSigned(RequestRefused):
    """{workbook} cannot be signed: {why}"""


def signed(statement: Statement, role: Role, person: str, office: Office, at: datetime) -> SignOff:
    """Sign for the values of the statement; raises NotToBeSigned where that would prove nothing.

    Raises AnnotatedMeanwhile where somebody else signs at the same moment.
    """
    known = office.annotations.sign_offs(statement.erp, statement.first, statement.last)
    why = _against(statement, office) or _against_person(statement, role, person, known)
    if why is not None:
        raise NotToBeSigned(workbook=statement.workbook, why=why)
    sign_off = SignOff(
        run=statement.run,
        erp=statement.erp,
        first=statement.first,
        last=statement.last,
        role=role,
        person=person,
        at=at,
        workbook_sha256=statement.workbook_sha256,
        values_sha256=statement.values_sha256,
    )
    return office.annotations.sign(sign_off, known)


def _against(statement: Statement, office: Office) -> Phrase | None:
    if statement.kind is StatementKind.VERIFICATION:
        return Phrase("a verification is no statement of record")
    if statement.verdict is Verdict.INCOMPLETE:
        return Phrase("a control does not tie")
    if any(each.version > statement.version for each in _same_period(statement, office)):
        return Phrase("there is a newer version of this period")
    # a list that is cut goes on in the files beside the workbook, so they are signed for too
    return next(file_findings(statement, office), None)


def _against_person(statement: Statement, role: Role, person: str, known: Sequence[SignOff]) -> Phrase | None:
    signs = [each for each in known if each.stands_for(statement.values_sha256)]
    if any(each.role is not role and each.person.casefold() == person.casefold() for each in signs):
        return Phrase("{person} has signed it in the other role", person=person)
    if role is Role.REVIEWER and not any(each.role is Role.PREPARER for each in signs):
        return Phrase("nobody has signed these values as preparer yet")
    return None


def _same_period(statement: Statement, office: Office) -> list[Statement]:
    return [
        each
        for each in office.statements.statements(statement.erp)
        if (each.first, each.last) == (statement.first, statement.last) and each.kind is StatementKind.CURRENT
    ]
