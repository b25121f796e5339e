"""How did the ledger's tables come to be what they are?"""
