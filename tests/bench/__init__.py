"""`make bench`: milliseconds side by side in one run. Read ratios, not numbers across runs."""
