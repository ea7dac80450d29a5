from notification_api.settings import ApiSettings


def test_names_exactly_the_variables_of_the_task_definition():
    """Terraform and the service agree on every variable: none is missing, none is dead."""
    assert {
        "SERVICE_NAME",
        "ENVIRONMENT",
        "LOG_LEVEL",
        "PORT",
        "QUEUE_NAME",
        "AWS_REGION",
        "BIND_HOST",
    } == {name.upper() for name in ApiSettings.model_fields}
