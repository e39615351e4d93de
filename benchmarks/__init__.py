"""What the project costs, against other ways to do the same: `python -m benchmarks` (make bench, make bench-full)."""
