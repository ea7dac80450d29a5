"""The declared Application Load Balancer, carried by Envoy."""
