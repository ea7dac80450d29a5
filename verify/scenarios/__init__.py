"""What is done to the system while it is watched."""
