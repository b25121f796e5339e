"""Do CRM, ledger and ERP agree, and how is that told to people who work in spreadsheets?"""
