"""Run all measurements and print their medians."""

from . import first_paint, polling, queue, start


def main() -> None:
    """Measure one thing after the other: two at once would slow each other down."""
    first_paint.report()
    queue.report()
    polling.report()
    start.report()


if __name__ == "__main__":
    main()
