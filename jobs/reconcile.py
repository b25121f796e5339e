"""Do CRM, ledger and ERP agree?"""
from bridge.app import App, JobReport


def run(app: App) -> JobReport:
    return JobReport("reconcile")
