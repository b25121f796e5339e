"""How far has a CRM been read? The server's stamps only, packed into a word that is stored with the orders."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from bridge.crm.pages import Place


@dataclass(frozen=True)
class Standing:
    """Where reading stands.

    Everything changed before `since` has been read. `place` is the next page of a reading under way, `latest` the
    newest stamp it has met and `begun_at` the server's clock when it began; `layout` names the question, because a
    place means nothing to another one.
    """

    layout: str
    since: datetime | None = None
    place: Place | None = None
    latest: datetime | None = None
    begun_at: datetime | None = None

    def after_page(self, stamps: list[datetime], following: Place | None) -> Self:
        """The standing behind a page; at the end of the reading `since` moves.

        Never past the moment the reading began: a record that changed behind our back while we paged on has a later
        stamp than that. So a stamp in the future moves nothing either.
        """
        latest = max([*stamps, self.latest] if self.latest else stamps, default=None)
        if following is not None:
            return replace(self, place=following, latest=latest)
        known = [moment for moment in (self.since, latest) if moment]
        since = max(known, default=None)
        if since and self.begun_at:
            since = min(since, self.begun_at)
        return replace(self, since=since, place=None, latest=None, begun_at=None)

    def packed(self) -> str:
        """The standing as text; a place that is no plain JSON is left out, and its window is read again."""
        moments = {name: getattr(self, name) for name in ("since", "latest", "begun_at")}
        parts = {name: moment.isoformat() for name, moment in moments.items() if moment}
        whole = {"layout": self.layout, **parts, "place": self.place}
        try:
            return json.dumps(whole)
        except TypeError:
            return json.dumps({name: parts[name] for name in ("since",) if name in parts} | {"layout": self.layout})


def unpacked(text: str | None, layout: str) -> Standing:
    """The standing a text holds; from the beginning where nobody can tell, because reading twice harms nothing."""
    try:
        parts = json.loads(text or "{}")
        since, latest, begun_at = (_moment(parts.get(name)) for name in ("since", "latest", "begun_at"))
        place = parts.get("place")
    except (ValueError, TypeError, AttributeError):
        return Standing(layout)
    if parts.get("layout") != layout or not isinstance(place, dict):
        return Standing(layout, since)
    return Standing(layout, since, place, latest, begun_at)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
