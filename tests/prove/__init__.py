"""`make prove`: the long campaigns. Each prints what it saw and ends with a failure if anything was lost."""
