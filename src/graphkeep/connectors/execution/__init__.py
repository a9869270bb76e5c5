"""Running queries: threads that fetch, a monitor that heartbeats and ends them, and the files of their rows."""
