-- Sessions that ended long ago are forgotten, those of staff too.

grant delete on api.session to tally_api;

create index session_by_end on api.session (expires_at);
create index customer_session_by_customer on api.customer_session (network_id, customer_uuid);
