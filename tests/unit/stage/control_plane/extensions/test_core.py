from moto.core import responses


def test_the_methods_of_a_class_are_looked_up_once(client):
    """The second request of a kind finds the first one's list."""
    client("sqs").list_queues()
    before = responses.method_names_from_class.cache_info()

    client("sqs").list_queues()

    after = responses.method_names_from_class.cache_info()
    assert (before.misses, before.hits + 1) == (after.misses, after.hits)
