"""The ECS service scheduler: keeps as many healthy tasks running as each service asks for."""
