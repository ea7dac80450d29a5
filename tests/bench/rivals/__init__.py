"""What ours is compared with: the same job, done the plain way, and done well in that way."""
