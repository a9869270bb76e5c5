"""Moves: to another database, to a newer folder, to another machine. What is left stays as it was."""
