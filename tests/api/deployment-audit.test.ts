import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeAuditDays, digestDay } from '../../api/audit/close-days.ts'
import { asAdmin, makeNetwork, signInOperator } from '../support/api.ts'
import { openHighStreet, type HighStreet } from '../support/high-street.ts'

// The trail of what is done outside any network.

let street: HighStreet

beforeAll(async () => {
  street = await openHighStreet()
})
afterAll(() => street.close())

const read = async (token: string, query = '') => {
  const { status, body } = await street.api.call('get', `/v1/audit-events?${query}`, token)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body.data as Record<string, unknown>[]
}

test('what the deployment’s operator does outside any network is for them alone to read', async () => {
  const { api, network } = street
  const deployment = await signInOperator(api)
  const made = await makeNetwork(api)
  expect(await api.call('get', '/v1/merchants', deployment)).toMatchObject({ status: 403 })
  const seen = await read(deployment, 'limit=200')
  expect(seen[0]).toMatchObject({
    actor: { kind: 'deployment operator', id: expect.stringMatching(/^usr_/), role: null },
    operation: 'listMerchants',
    outcome: 'forbidden',
    merchant: null,
  })
  expect(seen.map(({ operation }) => operation)).toContain('signIn')
  // Of a network only that it was made, which is in that network's own trail.
  expect(seen.filter(({ subjects }) => (subjects as string[]).includes(made.id))).toEqual([])
  const inNetwork = await read(network.operator, 'limit=200')
  const ids = new Set(seen.map(({ id }) => id))
  expect(inNetwork.filter(({ id }) => ids.has(id))).toEqual([])
})

test('it is hashed day by day too, and every network’s log has the newest hash, once', async () => {
  const { api } = street
  const other = await street.elsewhere()
  const write = (day: string, operation: string) =>
    asAdmin(
      api,
      `insert into api.audit_event (uuid, at, actor_kind, operation, outcome, subjects, changed)
       values (gen_random_uuid(), '${day}', 'deployment operator', '${operation}', 'done', '{}', '{}')`,
    )
  await write('2026-02-03T12:00:00Z', 'four')
  await write('2026-02-05T12:00:00Z', 'five')
  await Promise.all([closeAuditDays(api.db), closeAuditDays(api.db)])
  await closeAuditDays(api.db)
  const first = await digestDay(api.db, { network: null, day: '2026-02-03', before: null })
  const second = async () => {
    const again = await digestDay(api.db, { network: null, day: '2026-02-03', before: null })
    return (
      await digestDay(api.db, { network: null, day: '2026-02-05', before: again.digest })
    ).digest.toString('hex')
  }
  const digest = await second()
  expect(digest).not.toBe(first.digest.toString('hex'))
  for (const each of [street.network, other.network]) {
    const logged = await api.db
      .selectFrom('ledger.governance')
      .select('facts')
      .where('network_id', '=', sql<number>`(select network_id from api.network where slug = ${each.slug})`)
      .where('event', '=', 'audit_digest')
      .where(sql<boolean>`facts ->> 'trail' = 'deployment'`)
      .execute()
    expect(logged.map(({ facts }) => facts)).toEqual([
      { trail: 'deployment', day: '2026-02-05', events: '1', digest },
    ])
  }
  for (const table of ['deployment_audit_day', 'deployment_audit_entry']) {
    for (const role of ['tally_api', 'tally_owner']) {
      await expect(asAdmin(api, `set role ${role}; delete from api.${table}`)).rejects.toThrow(
        /permission denied|append-only/,
      )
    }
  }
  // What only a superuser can do.
  const meddle = `set session_replication_role = replica; update api.audit_event set operation = 'other'`
  await asAdmin(api, `${meddle} where operation = 'four'`)
  expect(await second()).not.toBe(digest)
})
