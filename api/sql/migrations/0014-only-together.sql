-- What the API may change only together, so that neither changes unseen.

create function api.role_comes_with_credential() returns trigger language plpgsql as $$
begin
  raise exception 'a role changes only with a new credential, which the log tells of'
    using errcode = 'insufficient_privilege';
end $$;

create trigger role_comes_with_credential before update on api.membership for each row
  when ((new.role, new.merchant_id) is distinct from (old.role, old.merchant_id)
    and new.credential_id = old.credential_id)
  execute function api.role_comes_with_credential();

create function api.session_goes_on_by_refresh() returns trigger language plpgsql as $$
begin
  raise exception 'a session goes on only when it is refreshed' using errcode = 'insufficient_privilege';
end $$;

create trigger session_goes_on_by_refresh before update on api.session for each row
  when (new.expires_at <> old.expires_at and new.refresh_number <> old.refresh_number + 1)
  execute function api.session_goes_on_by_refresh();
