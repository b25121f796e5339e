"""Where can the bridge be learned and doubted without harm? In toy ERPs and a toy CRM that share no code with it."""
