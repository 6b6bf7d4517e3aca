"""Rules and figures of issues over the API: causes, times by class and tier, one's own mirror, and the team's."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from crm.api.serializers import ReadModelSerializer, ReadSerializer, WriteSerializer
from crm.api.views import ApiViewSet
from crm.clock import today
from customers.issues import measuring, sharing
from customers.issues.mirroring import Mirror
from customers.issues.rulemodels import IssueCause, IssueTime
from customers.profile.doors import refuse_readers


class IssueCauseSerializer(ReadModelSerializer):
    """name: in the language asked for."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = IssueCause
        fields = ["id", "code", "name", "position", "active"]


class IssueTimeSerializer(ReadModelSerializer):
    """Working hours. category "": every class; tier "": every other tier, and none."""

    class Meta:
        model = IssueTime
        fields = ["id", "category", "tier", "answer_hours", "solve_hours"]


class Causes(ApiViewSet):
    """Why issues come about, as the brand lists it."""

    serializer_class = IssueCauseSerializer
    orderings = {"position": "position", "id": "id"}
    default_ordering = "position"
    queryset = IssueCause.objects.none()

    def get_queryset(self):
        return IssueCause.objects.visible_to(self.request.user)


class Times(ApiViewSet):
    """By when issues have to be answered and solved."""

    serializer_class = IssueTimeSerializer
    orderings = {"id": "id"}
    default_ordering = "id"
    queryset = IssueTime.objects.none()

    def get_queryset(self):
        return IssueTime.objects.visible_to(self.request.user)


class WorkingHoursSerializer(ReadSerializer):
    """Working hours: half were faster than `middle`, nine of ten not slower than `most`."""

    n = serializers.IntegerField(read_only=True)
    middle = serializers.DecimalField(9, 1, read_only=True, allow_null=True)
    most = serializers.DecimalField(9, 1, read_only=True, allow_null=True)


class MirrorFiguresSerializer(ReadSerializer):
    """n, found, repeats: of issues reported in the time; the others: of those solved in it, or overdue in it."""

    n = serializers.IntegerField(read_only=True)
    found = serializers.IntegerField(read_only=True)
    found_share = serializers.DecimalField(5, 4, read_only=True, allow_null=True)
    repeats = serializers.IntegerField(read_only=True)
    judged = serializers.IntegerField(read_only=True)
    in_time = serializers.IntegerField(read_only=True)
    in_time_share = serializers.DecimalField(5, 4, read_only=True, allow_null=True)
    reopened = serializers.IntegerField(read_only=True)
    answer = WorkingHoursSerializer(read_only=True)
    solve = WorkingHoursSerializer(read_only=True)
    rated = serializers.IntegerField(read_only=True)
    stars = serializers.DecimalField(2, 1, read_only=True, allow_null=True)


class MirrorMonthSerializer(ReadSerializer):
    month = serializers.DateField(read_only=True)
    figures = MirrorFiguresSerializer(read_only=True)


class MirrorCategorySerializer(ReadSerializer):
    category = serializers.CharField(read_only=True)
    figures = MirrorFiguresSerializer(read_only=True)


class MirrorSerializer(ReadSerializer):
    """Of six months, this one the last. shared: whether heads see it."""

    shared = serializers.BooleanField(read_only=True)
    whole = MirrorFiguresSerializer(read_only=True)
    months = MirrorMonthSerializer(many=True, read_only=True)
    categories = MirrorCategorySerializer(many=True, read_only=True)


class SharingQuestion(WriteSerializer):
    shared = serializers.BooleanField(help_text="Whether one's heads see one's own figures.")


class MirrorOfMemberSerializer(ReadSerializer):
    name = serializers.CharField(read_only=True)
    figures = MirrorFiguresSerializer(read_only=True)


class TeamMirrorsSerializer(ReadSerializer):
    """members: who shares their figures; private: how many keep theirs to themselves."""

    members = MirrorOfMemberSerializer(many=True, read_only=True)
    private = serializers.IntegerField(read_only=True)


def _plain(found: Mirror, shared: bool) -> dict:
    return {
        "shared": shared,
        "whole": found.whole,
        "months": [{"month": month, "figures": one} for month, one in found.months],
        "categories": [{"category": name, "figures": one} for name, one in found.classes],
    }


class OwnMirror(ApiViewSet):
    """One's own figures, which nobody else sees unless one shares them."""

    serializer_class = MirrorSerializer
    pagination_class = None

    def _answer(self) -> Response:
        user = self.request.user
        found = _plain(measuring.my_mirror(user, today()), measuring.has_shared(user))
        return Response(self.get_serializer(found).data)

    @extend_schema(responses=MirrorSerializer)
    def read(self, request):
        return self._answer()

    @extend_schema(request=SharingQuestion, responses=MirrorSerializer)
    def share(self, request):
        """Let one's heads see it, or take that back."""
        refuse_readers(request)
        act = sharing.share if self.given(SharingQuestion)["shared"] else sharing.keep_private
        act(user=request.user)
        return self._answer()


class TeamMirrors(ApiViewSet):
    """For heads and administrators: those of the team who share theirs."""

    serializer_class = TeamMirrorsSerializer
    pagination_class = None

    @extend_schema(responses=TeamMirrorsSerializer)
    def read(self, request):
        if not (request.user.is_head or request.user.is_admin):
            raise exceptions.PermissionDenied()
        members, private = measuring.team(request.user, today())
        plain = [{"name": one.name, "figures": one.mirror.whole} for one in members]
        return Response(self.get_serializer({"members": plain, "private": private}).data)
