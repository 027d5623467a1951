import { sql } from 'kysely'
import type { Check } from './recount.ts'

// Members, their rights and the rules, from the governance entries; and what rules made of purchases. Both ways: rows that
// no entry made, and entries whose row is gone.

const merchantAccounts = ['float', 'accepted', 'owed', 'due'] as const

export const memberChecks: readonly Check[] = [
  (network) => sql`
    select format('credential %s is %s%s, where the entries say otherwise',
        coalesce(c.credential_uuid::text, g.facts ->> 'subject'),
        case when c.credential_id is null then 'gone' when c.revoked_at is null then 'good' else 'revoked' end,
        coalesce(', of merchant ' || m.merchant_uuid, '')) as what
      from (select * from ledger.credential where network_id = ${network}) c
      left join ledger.merchant m on m.network_id = c.network_id and m.merchant_id = c.merchant_id
      full join (select * from ledger.governance where network_id = ${network} and event = 'credential_registered') g
        on g.facts ->> 'subject' = c.credential_uuid::text
      where (g.facts ->> 'subject_kind', g.facts ->> 'merchant') is distinct from (c.kind, m.merchant_uuid::text)
        or (c.revoked_at is not null) <> exists (select from ledger.governance r where r.network_id = ${network}
          and r.event = 'credential_revoked' and r.facts ->> 'subject' = c.credential_uuid::text)`,
  (network) => sql`
    select format('merchant %s %s, where the entries say otherwise', coalesce(m.merchant_uuid::text, g.facts ->> 'merchant'),
        case when m.merchant_id is null then 'is gone' when m.left_at is null then 'is a member' else 'has left' end) as what
      from (select * from ledger.merchant where network_id = ${network}) m
      full join (select * from ledger.governance where network_id = ${network} and event = 'merchant_admitted') g
        on g.facts ->> 'merchant' = m.merchant_uuid::text
      where g.facts ->> 'house' is distinct from m.house::text
        or (m.left_at is not null) <> exists (select from ledger.governance r where r.network_id = ${network}
          and r.event = 'merchant_let_go' and r.facts ->> 'merchant' = m.merchant_uuid::text)
        or m.multiplies <> exists (select from ledger.governance r where r.network_id = ${network}
          and r.event = 'merchant_multiplier_set' and r.facts ->> 'merchant' = m.merchant_uuid::text)`,
  ...merchantAccounts.map((kind): Check => {
    const account = sql.ref(`m.${kind}_account`)
    return (network) => sql`
      select format('the %s account of merchant %s is another one''s', ${kind}::text, m.merchant_uuid) as what
        from ledger.merchant m
        left join ledger.account a on a.network_id = m.network_id and a.account_id = ${account}
        where m.network_id = ${network} and (a.kind::text, a.merchant_id) is distinct from (${kind}, m.merchant_id)`
  }),
  (network) => sql`
    select format('wallet %s is %s, where the entries say otherwise', a.account_uuid,
        case when a.closed then 'closed' else 'open' end) as what
      from ledger.account a
      where a.network_id = ${network} and a.closed <> exists (select from ledger.governance g
        where g.network_id = a.network_id and g.event = 'wallet_closed'
          and g.facts ->> 'wallet' = a.account_uuid::text)`,
  (network) => sql`
    select format('earning rule %s is not the one that entry %s set', coalesce(r.version::text, g.facts ->> 'version'),
        coalesce(r.entry_index, g.entry_index)) as what
      from (select * from ledger.earning_rule where network_id = ${network}) r
      full join (select * from ledger.governance where network_id = ${network} and event = 'earning_rule_set') g
        on g.entry_index = r.entry_index
      where (g.facts ->> 'version', g.facts ->> 'points_per_currency_unit',
          g.facts ->> 'rounding', g.facts ->> 'expires_after_months', g.facts ->> 'daily_max_per_wallet',
          g.facts ->> 'min_spend_minor', g.facts ->> 'multipliers', g.facts ->> 'effective_from')
        is distinct from (r.version::text, r.points_per_currency_unit::text, r.rounding,
          coalesce(r.expires_after_months::text, 'never'), coalesce(r.daily_max_per_wallet::text, 'none'),
          coalesce(r.min_spend_minor::text, 'none'),
          coalesce(encode(sha256(convert_to(r.multipliers::text, 'UTF8')), 'hex'), 'none'),
          ledger.format_time_v1(r.effective_from))`,
  (network) => sql`
    select format('the factor %s of merchant %s is not the one that entry %s set', coalesce(r.factor::text, g.facts ->> 'factor'),
        coalesce(r.merchant_uuid::text, g.facts ->> 'merchant'), coalesce(r.entry_index, g.entry_index)) as what
      from (select x.*, m.merchant_uuid from ledger.merchant_multiplier x
        join ledger.merchant m on m.network_id = x.network_id and m.merchant_id = x.merchant_id
        where x.network_id = ${network}) r
      full join (select * from ledger.governance where network_id = ${network} and event = 'merchant_multiplier_set') g
        on g.entry_index = r.entry_index
      where (g.facts ->> 'merchant', g.facts ->> 'version', g.facts ->> 'factor', g.facts ->> 'effective_from')
        is distinct from (r.merchant_uuid::text, r.version::text, r.factor::text, ledger.format_time_v1(r.effective_from))`,
  // What a purchase's points were multiplied by: what its rule gave there and then, times its merchant's own factor as it
  // was set by then. The log has the rule's windows as a hash only, so that only whoever has the rows can tell.
  (network) => sql`
    select format('the factor of entry %s is %s, where its rule and its merchant give %s', t.entry_index,
        coalesce(t.factor::text, 'none'), coalesce(due.factor::text, 'none')) as what
      from ledger.transaction t
      join ledger.network n on n.network_id = t.network_id
      join ledger.merchant m on m.network_id = t.network_id and m.merchant_id = t.merchant_id
      join ledger.earning_rule r on r.network_id = t.network_id and r.version = t.rule_version
      cross join lateral (select
        case when r.multipliers is not null then
          ledger.factor_for(r.multipliers, m.merchant_uuid, t.occurred_at at time zone n.time_zone) end as by_rule,
        (select x.factor from ledger.merchant_multiplier x
          where x.network_id = t.network_id and x.merchant_id = t.merchant_id and x.entry_index < t.entry_index
            and x.effective_from <= t.occurred_at
          order by x.effective_from desc, x.version desc limit 1) as own,
        exists (select from ledger.merchant_multiplier x where x.network_id = t.network_id
          and x.merchant_id = t.merchant_id and x.entry_index < t.entry_index) as multiplied) given
      cross join lateral (select case when given.multiplied
        then nullif(coalesce(given.by_rule, 1) * coalesce(given.own, 1), 1) else given.by_rule end as factor) due
      where t.network_id = ${network} and t.kind = 'issue'
        and (t.factor is not null or r.multipliers is not null or m.multiplies)
        and t.factor is distinct from due.factor`,
  (network) => sql`
    select 'the network’s currency, time zone, days of grace or price are not those it was opened with' as what
      from ledger.network n
      left join ledger.price p on p.network_id = n.network_id
      left join ledger.governance g on g.network_id = n.network_id and g.entry_index = p.entry_index
      where n.network_id = ${network} and (g.event, p.version::int, p.effective_from, g.facts ->> 'currency',
          g.facts ->> 'currency_digits', g.facts ->> 'time_zone', g.facts ->> 'grace_days',
          g.facts ->> 'point_face_value_minor')
        is distinct from ('network_opened', 1, '-infinity'::timestamptz, n.currency, n.currency_digits::text, n.time_zone,
          n.grace_days::text, p.point_face_value_minor::text)`,
  // The head's time is that of the last entry or, where what came after it was refused, later: but not to come. A clock
  // that was set back before the first transaction has none.
  (network) => sql`
    select format('the head says that somebody last posted at %s, where the last entry was posted at %s',
        h.last_posted_at, e.posted_at) as what
      from ledger.head h
      join ledger.network n on n.network_id = h.network_id
      cross join lateral (
        select posted_at from ledger.transaction
          where network_id = h.network_id and entry_index = h.next_index - 1
        union all select posted_at from ledger.governance
          where network_id = h.network_id and entry_index = h.next_index - 1) e
      where h.network_id = ${network}
        and h.last_posted_at not between e.posted_at and greatest(coalesce(n.clock_at, clock_timestamp()), e.posted_at)
        and (h.last_posted_at <> '-infinity' or exists (
          select from ledger.transaction t where t.network_id = h.network_id))`,
]
