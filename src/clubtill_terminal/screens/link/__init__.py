"""Link: the connection panel that till and Reception share."""
