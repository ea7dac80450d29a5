SHELL = {
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
}


def test_nobody_opens_a_shell_in_a_task(service):
    """ECS Exec is off, in every environment that does not ask for it."""
    assert service.service["enable_execute_command"] is False


def test_a_shell_is_off_unless_asked_for(known):
    """The module's own default is off, and then the task role knows nothing of it."""
    assert known.service("plain").service["enable_execute_command"] is False
    assert {"SendToQueue"} == set(known.policy_statements("known-plain-task"))


def test_a_shell_can_be_asked_for(known):
    """Then the agent may open its channels to Systems Manager, and to nothing else."""
    assert known.service("execute-command").service["enable_execute_command"] is True
    statement = known.policy_statements("known-execute-command-task")["ExecuteCommand"]
    assert (SHELL, {"*"}, "Allow") == (statement.actions, statement.resources, statement.effect)


def test_a_shell_needs_a_writable_file_system(known):
    """The agent that ECS Exec puts beside the application writes its state there."""
    assert known.service("execute-command").container.readonlyRootFilesystem is False


def test_a_shell_changes_nothing_else(known):
    """User and capabilities stay as they are without it."""
    container = known.service("execute-command").container
    assert "10001:10001" == container.user
    assert {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}} == container.linuxParameters
