"""Which programs compare the three sides, ours and others, and on what?"""
