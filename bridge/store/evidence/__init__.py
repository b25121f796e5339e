"""What proves who typed what and when, so that nobody can alter it unseen?"""
