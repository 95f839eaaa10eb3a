"""Drives the sandbox through every call of the users API with the official SDK, and holds each answer against the type
that the SDK declares for it. The SDK itself does not: it takes whatever comes."""

from datetime import datetime, timezone

import avara
from avara import BaseModel
from pydantic import TypeAdapter, ValidationError

from sandbox import sandbox, sdk

# Declared a string, and documented as null for what the API sent.
NULL_BY_DOCUMENTATION = {"inviter_id"}

MEMBER = "member@example.org"

PERSON = dict(
    can_create_reports=True,
    can_manage_studies=False,
    clinic_role="Radiologist",
    email="zoe.oneil@example.org",
    first_name="Zoë",
    has_dashboard_access=True,
    last_name="O'Neil",
    level="admin",
    middle_name="María",
    npi_number="1234567893",
    phone_number="5555550123",
    suffix1="MD",
    suffix2="FACR",
)


def checked(answer: BaseModel) -> BaseModel:
    """The answer, if each of its fields is what the SDK declares, and it has no other."""
    for name, field in type(answer).model_fields.items():
        value = getattr(answer, name)
        if value is None and name in NULL_BY_DOCUMENTATION:
            continue
        try:
            TypeAdapter(field.annotation).validate_python(value, strict=True)
        except ValidationError as error:
            raise AssertionError(f"{type(answer).__name__}.{name}: {error}") from error
    more = set(answer.model_extra or {}) - {field.alias for field in type(answer).model_fields.values()}
    assert not more, f"{type(answer).__name__} has more than is declared: {more}"
    return answer


def refused(error, call, *args, **kwargs) -> str:
    """The message with which a call is refused."""
    try:
        call(*args, **kwargs)
    except error as refusal:
        return refusal.body["error"]["message"]
    raise AssertionError(f"{call.__name__} was not refused")


def invite(users) -> str:
    user = checked(users.invite(**PERSON))
    for name, value in PERSON.items():
        assert getattr(user, name) == value, name
    assert user.invited_source == "api" and user.last_login_at is None
    assert isinstance(user.created_at, datetime)
    assert "exists" in refused(avara.ConflictError, users.invite, **PERSON)
    for n in range(5):
        plain = {name: PERSON[name] for name in list(PERSON)[:8]}
        plain |= dict(email=f"p{n}@example.org", level="member", can_create_reports=False, last_name=f"Plain {n}")
        checked(users.invite(**plain))
    assert "npiNumber" in refused(
        avara.BadRequestError, users.invite, **plain | dict(email="x@example.org", can_create_reports=True)
    )
    return user.user_id


def list_and_get(users, user_id) -> None:
    everybody = [checked(user) for user in users.list(limit=2)]
    assert len(everybody) == 8, "the owner, a member and six invited, over four pages"
    assert len({user.user_id for user in everybody}) == 8
    for filters, count in [
        (dict(email="ZOE.ONEIL@example.org"), 1),
        (dict(first_name="zo"), 6),
        (dict(last_name="Plain"), 5),
        (dict(level="owner"), 1),
        (dict(level="admin"), 1),
        (dict(invited_source="api"), 6),
        (dict(can_create_reports=True), 1),
        (dict(can_create_reports=False, last_name="plain 3"), 1),
    ]:
        assert len(list(users.list(**filters))) == count, filters
    assert checked(users.retrieve(user_id)).email == PERSON["email"]
    refused(avara.NotFoundError, users.retrieve, "usr_" + 32 * "0")


def update(users, user_id) -> None:
    user = checked(users.update(user_id, first_name="Zoe", clinic_role="Physician"))
    assert (user.first_name, user.clinic_role, user.last_name) == ("Zoe", "Physician", "O'Neil")
    cleared = checked(users.update(
        user_id, middle_name=None, suffix1=None, suffix2=None, phone_number=None, npi_number=None,
        can_create_reports=False,
    ))
    assert {cleared.middle_name, cleared.suffix1, cleared.suffix2, cleared.phone_number, cleared.npi_number} == {None}
    assert users.update(user_id, clinic_role=None).clinic_role is None
    checked(users.update(user_id, clinic_role="Physician"))
    assert "npiNumber" in refused(avara.BadRequestError, users.update, user_id, can_create_reports=True)


def invitations(users, user_id) -> None:
    today = datetime.now(timezone.utc).date().isoformat()
    everybody = [checked(one) for one in users.invitations.list(limit=4)]
    assert len(everybody) == 6
    for filters, count in [
        (dict(status=["sent", "accepted"]), 6),
        (dict(status=["revoked"]), 0),
        (dict(expired="not-expired"), 6),
        (dict(expired="expired"), 0),
        (dict(expired="all"), 6),
        (dict(start_date=today), 6),
        (dict(end_date="2020-01-01"), 0),
        (dict(user_id=user_id), 1),
    ]:
        assert len(list(users.invitations.list(**filters))) == count, filters
    [mine] = users.invitations.list(user_id=user_id)
    assert mine.status == "sent" and mine.expiry > mine.created_at and mine.invited_by_api_key_id
    assert checked(users.invitations.retrieve(mine.invitation_id)).to_dict() == mine.to_dict()
    changed = checked(users.invitations.update(mine.invitation_id, last_name="Ó Néill", suffix1="MD"))
    assert (changed.last_name, changed.suffix1) == ("Ó Néill", "MD")
    assert checked(users.invitations.revoke(invitation_id=mine.invitation_id, user_id=user_id)).success
    assert users.invitations.retrieve(mine.invitation_id).status == "revoked"
    other = next(one for one in everybody if one.user_id != user_id)
    assert checked(users.invitations.revoke(user_id=other.user_id)).success
    assert len(list(users.invitations.list(status=["revoked"]))) == 2
    refused(avara.BadRequestError, users.invitations.revoke, invitation_id=mine.invitation_id)
    refused(avara.NotFoundError, users.invitations.retrieve, "inv_" + 32 * "0")


def access(users) -> None:
    [member] = users.list(email=MEMBER)
    assert checked(users.revoke_access(user_id=member.user_id)).success
    assert len(list(users.list(email=MEMBER))) == 1, "the data stays"
    assert checked(users.reactivate(user_id=member.user_id)).success
    [owner] = users.list(level="owner")
    refused(avara.PermissionDeniedError, users.revoke_access, user_id=owner.user_id)
    refused(avara.NotFoundError, users.reactivate, user_id="usr_" + 32 * "0")


def main() -> None:
    with sandbox("--member", MEMBER) as url:
        users = sdk(url).auto_scribe.users
        user_id = invite(users)
        list_and_get(users, user_id)
        update(users, user_id)
        invitations(users, user_id)
        access(users)
        refused(avara.AuthenticationError, sdk(url).copy(api_key="sandbox_other").auto_scribe.users.list)
    print("every call: ok")


if __name__ == "__main__":
    main()
