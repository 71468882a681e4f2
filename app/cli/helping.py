"""Help that teaches: examples below each command's options."""


def examples(*lines: str, more: str = "") -> str:
    r"""Make the end of a command's help.

    Args:
        lines: commands that work on the first data set, or with a file of one's own.
        more: a paragraph below them.
    """
    # To click, \b says that the lines of a paragraph stay as they are.
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines), "", more])
