"""CloudWatch's alarms, evaluated once an AWS minute."""
