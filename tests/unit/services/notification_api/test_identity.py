from notification_api.identity import notification_id


def test_same_key_same_id_for_ever():
    """The id of a key never changes, not even with a release: this is one that was given out."""
    assert notification_id("order-1042") == "b108bc31-c921-517d-ab54-46b0a9733fa7"


def test_no_key_no_repetition():
    """Without a key every notification is a new one."""
    assert notification_id(None) != notification_id(None)
