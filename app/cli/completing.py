"""Completion in shells: the script, and names while they are typed."""

import click
from click.shell_completion import CompletionItem, get_completion_class

from app.cli.connecting import connect
from app.cli.helping import examples
from app.cli.trouble import Problem

PROGRAM = "toolatlas"
_SECONDS = 2.0


def complete_library(
    context: click.Context, _parameter: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the name of a library, by its slug."""
    return _complete(context, "library", typed)


def complete_team(
    context: click.Context, _parameter: click.Parameter, typed: str
) -> list[CompletionItem[str]]:
    """Complete the name of a team, by its slug."""
    return _complete(context, "team", typed)


@click.command(
    epilog=examples(
        'eval "$(toolatlas completion bash)"                # in ~/.bashrc',
        'eval "$(toolatlas completion zsh)"                 # in ~/.zshrc',
        "toolatlas completion fish > ~/.config/fish/completions/toolatlas.fish",
        more="It completes commands, options, and names of libraries and teams of the atlas that is asked.",
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print what makes SHELL complete toolatlas."""
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101  # click knows the three that can be chosen
    root = click.get_current_context().find_root().command
    click.echo(made(root, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source())


def _complete(context: click.Context, kind: str, typed: str) -> list[CompletionItem[str]]:
    """Ask the atlas; whatever is in the way, a shell is told nothing of it."""
    if not typed.strip():
        return []
    try:
        with context.scope(cleanup=False):
            client = connect(_SECONDS)
            items = client.items_of(client.get("/suggest", [("q", typed), ("kind", kind)]))
            return [CompletionItem(item["slug"], help=item["name"]) for item in items]
    except (Problem, KeyError, TypeError):
        return []
