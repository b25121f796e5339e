"""What does it take to enter an order twice, or to lose one? Everything is killed at every point, and then counted."""
