import socket

from stage.host.addresses import LoopbackBlock, why_not_free


def test_two_blocks_at_once_do_not_meet():
    """Each stage on a machine gets a /16 of its own."""
    first, second = LoopbackBlock(), LoopbackBlock()

    assert first.number != second.number
    first.release()
    second.release()


def test_an_eni_keeps_its_last_two_octets():
    """The subnet's part of the address is still readable on the loopback interface."""
    block = LoopbackBlock()

    assert f"127.{block.number}.1.17" == block.of("10.20.1.17")
    block.release()


def test_a_released_block_can_be_taken_again():
    """Nothing but the claim itself keeps others out."""
    block = LoopbackBlock()
    number = block.number
    block.release()
    again = LoopbackBlock()

    assert number == again.number
    again.release()


def test_a_free_port_can_be_bound():
    """What is handed out is usable at once."""
    block = LoopbackBlock()

    with socket.socket() as listener:
        listener.bind((block.gateway, block.free_port()))
    block.release()


def test_a_listener_is_in_the_way():
    """The system's own words tell why; once the listener has gone there is nothing to tell."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()
        assert "Address already in use" == why_not_free(taken)

    assert why_not_free(taken) is None
