"""`python -m pitwire` is `pitwire`."""

from pitwire.cli import main

if __name__ == "__main__":
    main()
