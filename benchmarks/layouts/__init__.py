"""The layout benchmark: graphs, metrics, contenders, one table."""
