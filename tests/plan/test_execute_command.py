SHELL = {
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}


def test_nobody_opens_a_shell_in_a_task(service):
    """ECS Exec is off, in every environment that does not ask for it."""
    assert service.service["enable_execute_command"] is False


def test_a_shell_is_off_unless_asked_for(standalone):
    """The module's own default is off, and then the task role knows nothing of it."""
    assert standalone.service("plain").service["enable_execute_command"] is False
    assert {"SendToQueue"} == set(standalone.policy_statements("standalone-plain-task"))


def test_a_shell_can_be_asked_for(standalone):
    """Then the agent may open its channels to Systems Manager, and to nothing else."""
    assert standalone.service("execute-command").service["enable_execute_command"] is True
    statement = standalone.policy_statements("standalone-execute-command-task")["ExecuteCommand"]
    assert (SHELL, {"*"}, "Allow") == (statement.actions, statement.resources, statement.effect)


def test_a_shell_needs_a_writable_file_system(standalone):
    """The agent that ECS Exec puts beside the application writes its state there."""
    assert standalone.service("execute-command").container.readonlyRootFilesystem is False


def test_a_shell_changes_nothing_else(standalone):
    """User and capabilities stay as they are without it."""
    container = standalone.service("execute-command").container
    assert "10001:10001" == container.user
    assert {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}} == container.linuxParameters
