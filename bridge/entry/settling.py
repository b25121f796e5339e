"""Was an unanswered Save stored? Found out by searching, never by a second Save."""

from bridge.entry.desks import settle_moment
from bridge.entry.steps import Entry
from bridge.errors import CannotSettle, ErpCannotBeSearched, RefusedByErp
from bridge.locale import Phrase
from bridge.model.postings import Phase, Posting, PostingState
from bridge.model.profiles import ErpProfile
from bridge.ports import Search

S = PostingState
RETYPE = "retype"


class Settlement(Entry):
    """One attempt at settling what is in doubt."""

    def settle(self) -> Posting:
        """Find out by searching, never by a second Save, whether an unanswered Save was stored.

        What is not found may still come where an ERP can be later than it declares: then only a person has it typed
        again.
        """
        if self.desk.profile.reference is None:
            raise ErpCannotBeSearched(erp=self.posting.erp)
        number = self.probe()
        if number is not None:
            self.note(Phase.NUMBERED, number)
            return self.finish(number)
        self.require_proof_of_absence()
        self.keep_picture("absent")
        if refuses(self.desk.profile, self.posting.refusal):
            reason = RefusedByErp(erp=self.posting.erp, text=self.posting.refusal).reason
            return self.end(S.REJECTED, reason, forget_phase=True)
        if self.desk.profile.lags.absent == RETYPE:
            return self.end(S.PENDING, None, forget_phase=True)
        raise CannotSettle(erp=self.posting.erp, why=_not_shown(self.posting.refusal))

    def require_proof_of_absence(self) -> None:
        """An empty answer proves nothing unless the lags are over and the same search finds what must be there."""
        self.require_time_over()
        control = self.control
        if control is None:
            raise CannotSettle(erp=self.posting.erp, why=Phrase("No reference is known that a search must find."))
        if not self.finds(control):
            why = Phrase("The search did not find {control} either.", control=control)
            raise CannotSettle(erp=self.posting.erp, why=why)
        self.hold_if_look_alike()

    @property
    def control(self) -> str | None:
        """A reference that a working search must find."""
        return self.desk.ledger.control_reference(self.posting.erp) or self.desk.control_reference

    def finds(self, control: str) -> bool:
        """Whether the search finds what must be there."""
        return any(row.reference in (None, control) for row in self.desk.bot.search(Search(reference=control)))

    def require_time_over(self) -> None:
        """What the ERP shows proves nothing while that which was sent may still come."""
        moment = settle_moment(self.desk, self.posting)
        if moment is None:
            raise CannotSettle(erp=self.posting.erp, why=Phrase("The profile declares no lags."))
        if moment > self.desk.clock.now() or self.is_young():
            raise CannotSettle(erp=self.posting.erp, why=Phrase("It was asked too early."))
        if self.posting.left_alone and not self.desk.profile.ends_sessions:
            raise CannotSettle(erp=self.posting.erp, why=Phrase("The session that sent it may still be alive."))

    def is_young(self) -> bool:
        """Whether our session began less than the lags ago, whatever the machine's clock says."""
        age, lag = self.desk.signed_on_for, self.desk.profile.lags.declared
        return age is not None and lag is not None and age() < lag


def refuses(profile: ErpProfile, text: str | None) -> bool:
    """Whether the profile knows the text as a refusal; any other text may come although the order was stored."""
    return any(part in (text or "") for part, meaning in profile.messages.items() if meaning == "refused")


def _not_shown(refusal: str | None) -> Phrase:
    if refusal:
        return Phrase('It does not show the order now, but may be late. It answered "{text}".', text=refusal)
    return Phrase("It does not show the order now, but may be late.")
