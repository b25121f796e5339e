"""Which orders were still entered by hand? Those of the days before the cut-over, and of the day it fell into."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def first_day(cut_over: datetime, zone: str) -> date:
    """The first day of the company's calendar that lies wholly behind the cut-over; an order has a day and no hour."""
    local = cut_over.astimezone(ZoneInfo(zone))
    return local.date() if local.time() == time() else local.date() + timedelta(days=1)
