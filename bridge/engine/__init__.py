"""Who carries attempts: seats, the child processes that each own one ERP sign-on, and the heartbeat of a claim."""
