# ruff: noqa: DJ001, DJ008, RUF012  # the tables are the atlas's own; Django declares things in class attributes
"""Django REST framework on the same tables: prefetching, OFFSET, a count, its own filters."""

import os
from typing import Any
from urllib.parse import urlsplit

import django
from django.conf import settings

_PARTS = urlsplit(os.environ["DATABASE_URL"].replace("+psycopg", ""))
_IS_SQLITE = _PARTS.scheme == "sqlite"
settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": _PARTS.path[1:]}
        if _IS_SQLITE
        else {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _PARTS.path[1:],
            "HOST": _PARTS.hostname,
            "PORT": _PARTS.port,
            "USER": _PARTS.username,
            "CONN_MAX_AGE": 600,
        }
    },
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
        "PAGE_SIZE": 50,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  # Django is set up first
from django.db import models  # noqa: E402  # the same
from django.urls import path  # noqa: E402  # the same
from rest_framework import generics, serializers  # noqa: E402  # the same


class Team(models.Model):
    """A team."""

    slug = models.CharField(max_length=80)
    name = models.CharField(max_length=200)

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "team"


class Library(models.Model):
    """A library."""

    slug = models.CharField(max_length=80)
    name = models.CharField(max_length=200)

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "library"


class Purpose(models.Model):
    """A purpose."""

    slug = models.CharField(max_length=80)
    name = models.CharField(max_length=200)

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "purpose"


class Source(models.Model):
    """A source."""

    slug = models.CharField(max_length=80)
    title = models.CharField(max_length=200)

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "source"


class UseCase(models.Model):
    """A use case."""

    slug = models.CharField(max_length=80)
    team = models.ForeignKey(Team, models.DO_NOTHING)
    title = models.CharField(max_length=200)
    title_key = models.CharField(max_length=400)
    description = models.TextField(null=True)
    stance = models.CharField(max_length=20)
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    status = models.CharField(max_length=20)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, null=True)
    revision = models.IntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    purposes = models.ManyToManyField(Purpose, db_table="use_case_purpose")

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "use_case"


UseCase.purposes.through._meta.get_field("usecase").column = "use_case_id"  # noqa: SLF001  # Django's own name


class Usage(models.Model):
    """A usage."""

    pk = models.CompositePrimaryKey("use_case", "library", "role")
    use_case = models.ForeignKey(UseCase, models.DO_NOTHING, related_name="usages")
    library = models.ForeignKey(Library, models.DO_NOTHING)
    role = models.CharField(max_length=20)
    version_range = models.CharField(max_length=200, null=True)
    scope = models.CharField(max_length=80, null=True)

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "usage"


class Evidence(models.Model):
    """A piece of evidence."""

    use_case = models.ForeignKey(UseCase, models.DO_NOTHING, related_name="evidence")
    source = models.ForeignKey(Source, models.DO_NOTHING)
    section = models.CharField(max_length=200, null=True)
    line = models.IntegerField(null=True)
    start = models.IntegerField(null=True, db_column="span_start")
    end = models.IntegerField(null=True, db_column="span_end")
    excerpt_sha256 = models.CharField(max_length=64, null=True)
    mentions = models.JSONField()
    kind = models.CharField(max_length=20)
    note = models.TextField(null=True)
    check_result = models.CharField(max_length=20)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        """The atlas's own table."""

        app_label = "rest_framework"
        managed = False
        db_table = "evidence"


def _reference(of: Any, label: str) -> Any:
    meta = type("Meta", (), {"model": of, "fields": ["slug", label]})
    return type(f"{of.__name__}Reference", (serializers.ModelSerializer,), {"Meta": meta})()


class UsageSerializer(serializers.ModelSerializer):
    """Shape of a usage."""

    library = _reference(Library, "name")

    class Meta:
        """Members."""

        model = Usage
        fields = ["library", "role", "version_range", "scope"]


class EvidenceSerializer(serializers.ModelSerializer):
    """Shape of a piece of evidence."""

    source = _reference(Source, "title")

    class Meta:
        """Members."""

        model = Evidence
        exclude = ["use_case"]


class UseCaseSerializer(serializers.ModelSerializer):
    """Shape of a use case."""

    team = _reference(Team, "name")
    purposes = serializers.SerializerMethodField()
    usages = UsageSerializer(many=True)
    evidence = EvidenceSerializer(many=True)

    def get_purposes(self, use_case: UseCase) -> list[dict[str, str]]:
        """Give references to purposes."""
        return [{"slug": purpose.slug, "name": purpose.name} for purpose in use_case.purposes.all()]

    class Meta:
        """Members."""

        model = UseCase
        exclude = ["id", "title_key"]


class UseCases(generics.ListAPIView):
    """All use cases."""

    serializer_class = UseCaseSerializer

    def get_queryset(self) -> Any:
        """Find what is asked."""
        found = UseCase.objects.select_related("team").prefetch_related(
            "purposes", "usages__library", "evidence__source"
        )
        asked = self.request.query_params
        if "team" in asked:
            found = found.filter(team__slug=asked["team"])
        if "library" in asked:
            found = found.filter(usages__library__slug=asked["library"])
        if "status" in asked:
            found = found.filter(status=asked["status"])
        if "q" in asked:
            found = found.filter(title__icontains=asked["q"]) | found.filter(
                description__icontains=asked["q"]
            )
        return found.order_by("title_key", "slug")


urlpatterns = [path("use-cases", UseCases.as_view())]
app = get_wsgi_application()
