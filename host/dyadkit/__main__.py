"""`python -m dyadkit` is the dyadkit command."""

from dyadkit.cli import main

if __name__ == "__main__":
    main()
