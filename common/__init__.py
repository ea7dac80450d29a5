"""Common ground of stage, verify, the load generator and tests: files, lists of AWS, budgets of time."""
