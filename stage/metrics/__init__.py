"""Metrics that AWS would measure of the services, put into CloudWatch once an AWS minute."""
