"""${message}.

Revision: ${up_revision}, after ${down_revision or "none"}; ${create_date.date()}
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


## Alembic 1.20 writes the inner type of a JSONB variant without its module.
<% named = lambda text: text.replace("astext_type=Text()", "astext_type=sa.Text()") %>
def upgrade() -> None:
    ${named(upgrades) if upgrades else "pass"}


def downgrade() -> None:
    ${named(downgrades) if downgrades else "pass"}
