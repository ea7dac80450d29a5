"""Drive, observe, judge: the same code on the stage and on staging."""
