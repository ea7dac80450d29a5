import socket
import threading

import pytest

from tests.waiting import reached
from verify.keep_alive import IdleConnections

ANSWER = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"


class Task:
    """Answers each request, and closes its connections when it is told to."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self.connections = []
        self.takes_no_more = False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if self.takes_no_more:
                connection.close()
            elif connection.recv(4096):
                connection.sendall(ANSWER)
            # Nobody closes it before: an answer that is under way is no idle connection.
            self.connections.append(connection)

    def close_connections(self):
        """As a server whose keep-alive is over."""
        assert reached(lambda: self.connections)
        for connection in self.connections:
            connection.close()

    def end(self):
        """As a task that is stopped."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.thread.join()
        self.close_connections()


@pytest.fixture
def task():
    """A task that runs."""
    made = Task()
    yield made
    made.close_connections()


def states(idle):
    """Whether each connection was closed by its task."""
    return [one.ended for one in idle.seen()]


def test_a_connection_that_is_kept_is_told_with_how_long_it_was_idle(task):
    """It may be closed later, or never."""
    with IdleConnections(lambda: [task.address]) as idle:
        (one,) = idle.seen()
        assert reached(lambda: idle.seen()[0].seconds > one.seconds)

    assert (f"127.0.0.1:{task.address[1]}", False) == (one.address, one.ended)


def test_a_connection_that_its_task_closes_is_told_as_closed(task):
    """Its load balancer would have sent the next request over it."""
    with IdleConnections(lambda: [task.address]) as idle:
        task.close_connections()

        assert reached(lambda: states(idle) == [True])


def test_a_killed_task_has_closed_nothing_though_its_port_is_gone_last(task):
    """The kernel may close a killed process's connections before what it listened with."""
    with IdleConnections(lambda: [task.address]) as idle:
        task.takes_no_more = True
        task.close_connections()

        assert reached(lambda: len(task.connections) > 1)
    # How long it was idle is settled then.
    assert idle.seen() == idle.seen()
    assert [False] == states(idle)


def test_a_task_that_ends_has_closed_nothing_too_early(task):
    """With it everything ends, and its load balancer knows."""
    with IdleConnections(lambda: [task.address]) as idle:
        task.end()

        # How long it was idle is settled then.
        assert reached(lambda: idle.seen() == idle.seen())
        assert [False] == states(idle)


def test_a_task_that_cannot_be_reached_is_left_out():
    """It was stopped meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        address = unused.getsockname()

    with IdleConnections(lambda: [address]) as idle:
        assert () == idle.seen()
