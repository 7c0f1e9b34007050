"""``python -m nfsgw`` is ``nfsgw``."""

from nfsgw.cli import main

if __name__ == "__main__":
    main()
