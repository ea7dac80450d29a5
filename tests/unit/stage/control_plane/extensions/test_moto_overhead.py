from moto import backends
from moto.core import responses


def test_the_methods_of_a_class_are_looked_up_once(client):
    """The second request of a kind finds the first one's list."""
    client("sqs").list_queues()
    before = responses.method_names_from_class.cache_info()

    client("sqs").list_queues()

    after = responses.method_names_from_class.cache_info()
    assert (before.misses, before.hits + 1) == (after.misses, after.hits)


def test_the_folders_of_moto_are_looked_up_once(client):
    """No request reads the file system to find out whose it is."""
    client("sqs")

    assert "sqs" in backends.list_of_moto_modules()
    assert backends.list_of_moto_modules() is backends.list_of_moto_modules()
