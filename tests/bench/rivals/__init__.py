"""Programs that ours are compared with: the same job done the plain way, and our API made otherwise."""
