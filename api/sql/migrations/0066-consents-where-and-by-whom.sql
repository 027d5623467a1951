-- A consent that a shop took: in which shop, and by whom of its people. At a till `taken_by` is the till, and the person is
-- whoever was switched on at it. Null: taken by the customers themselves; the person also where nobody was switched on.
alter table api.consent
  add column merchant_id integer,
  add column staff_uuid uuid;

update api.consent c set merchant_id = t.merchant_id
from api.till t
where c.taken_by_kind = 'till' and t.network_id = c.network_id and t.uuid = c.taken_by;

update api.consent c set staff_uuid = c.taken_by,
  -- Unknown where they have become another shop's since, or the operator's.
  merchant_id = (select m.merchant_id from api.membership m
    where m.network_id = c.network_id and m.person_uuid = c.taken_by and m.accepted_at <= c.taken_at)
where c.taken_by_kind = 'staff';

alter table api.consent
  add constraint consent_merchant_fk foreign key (network_id, merchant_id)
    references api.merchant (network_id, merchant_id),
  add constraint consent_of_customers_themselves
    check (taken_by_kind <> 'customer' or (merchant_id is null and staff_uuid is null)),
  add constraint consent_by_staff_names_them check (taken_by_kind <> 'staff' or staff_uuid is not distinct from taken_by);
