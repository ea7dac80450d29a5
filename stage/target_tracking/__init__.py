"""Application Auto Scaling's target tracking, evaluated against the stage's metrics."""
