"""The machine that the stage runs on: addresses, budgets of time, child processes, files, names, signals."""
