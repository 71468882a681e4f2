"""Webhooks over HTTP."""

from typing import Any

from app.api.contract import Body, Call, Namespace, Resource, reads, settings, writes
from app.api.requests import PATCH_TYPES
from app.models import Scope
from app.schemas.queries import PageQuerySchema
from app.schemas.tokens import RotationSchema
from app.schemas.views import page_of
from app.schemas.webhooks import AttemptSchema, MadeWebhookSchema, TrialSchema, WebhookSchema
from app.services.webhooks import endpoints
from app.services.webhooks.posting import Poster
from app.services.webhooks.trials import Trial
from app.services.writing import load, merge

ns = Namespace("webhooks", path="/webhooks", description="Who is told of changes, by signed messages.")


@ns.route("")
class WebhookList(Resource):
    """All endpoints."""

    @reads(
        "list_webhooks",
        query=PageQuerySchema,
        returns=page_of(WebhookSchema),
        is_list=True,
        scope=Scope.ADMIN,
    )
    def get(self, call: Call) -> Any:
        """List webhooks, without their secrets."""
        return endpoints.page_of_webhooks(call.reader, call.query)

    @writes(
        "create_webhook",
        Scope.ADMIN,
        body=Body(WebhookSchema),
        returns=MadeWebhookSchema,
        status=201,
        hides="secret",
    )
    def post(self, call: Call) -> Any:
        """Have an endpoint told of what changes from now on, and get its secret this once.

        Messages are those of Standard Webhooks: thin, signed, in the order of the change log.
        """
        wanted = load(WebhookSchema, call.body)
        return endpoints.create(call.session, wanted, allows_loopback=settings().webhooks_allow_loopback)


@ns.route("/<public>")
class WebhookItem(Resource):
    """One endpoint."""

    @reads("get_webhook", returns=WebhookSchema, scope=Scope.ADMIN)
    def get(self, call: Call, public: str) -> Any:
        """Read a webhook, without its secret."""
        return endpoints.get_webhook(call.reader, public)

    @writes(
        "patch_webhook",
        Scope.ADMIN,
        body=Body(WebhookSchema, PATCH_TYPES, is_partial=True),
        returns=WebhookSchema,
    )
    def patch(self, call: Call, public: str) -> Any:
        """Change members of a webhook; `active` tries again what was paused or given up."""
        webhook = endpoints.find(call.session, public)
        present = {name: getattr(webhook, name) for name in endpoints.WRITABLE}
        wanted = load(WebhookSchema, merge(present, call.body))
        loopback = settings().webhooks_allow_loopback
        return endpoints.change(call.session, webhook, wanted, allows_loopback=loopback)

    @writes("delete_webhook", Scope.ADMIN)
    def delete(self, call: Call, public: str) -> Any:
        """Delete a webhook; its endpoint is told nothing more."""
        endpoints.delete(call.session, endpoints.find(call.session, public))


@ns.route("/<public>/rotate-secret")
class WebhookRotation(Resource):
    """A new secret for an endpoint."""

    @writes(
        "rotate_webhook_secret",
        Scope.ADMIN,
        body=Body(RotationSchema),
        returns=MadeWebhookSchema,
        hides="secret",
    )
    def post(self, call: Call, public: str) -> Any:
        """Give a webhook a new secret, and get it this once.

        For `overlap_seconds` messages are signed with the old one too.
        """
        overlap = load(RotationSchema, call.body)["overlap_seconds"]
        return endpoints.rotate_secret(call.session, endpoints.find(call.session, public), overlap)


@ns.route("/<public>/test")
class WebhookTest(Resource):
    """A message to try an endpoint out."""

    @writes("test_webhook", Scope.ADMIN, returns=TrialSchema, is_prepared=True)
    def post(self, call: Call, public: str) -> Any:
        """Send a test message at once, and say what came of it."""
        return Trial(public, Poster(settings().webhooks_allow_loopback), call.clock)


@ns.route("/<public>/deliveries")
class WebhookDeliveries(Resource):
    """What was sent to an endpoint."""

    @reads(
        "list_webhook_deliveries",
        query=PageQuerySchema,
        returns=page_of(AttemptSchema),
        is_list=True,
        scope=Scope.ADMIN,
    )
    def get(self, call: Call, public: str) -> Any:
        """List the last hundred attempts to deliver, newest first."""
        return endpoints.page_of_attempts(call.reader, public, call.query)
