"""When does which job run? Firings only queue; lanes carry out what is queued, one job at a time."""

from bridge.scheduler.plans import JobPlan, load_schedule, require_functions, schedule_of
from bridge.scheduler.runs import run_job
from bridge.scheduler.servings import Serving

__all__ = ["JobPlan", "Serving", "load_schedule", "require_functions", "run_job", "schedule_of"]
