"""Database files of this machine: found below the administrator's folder, and read in a sandbox process."""
