import { expect } from 'vitest'

/** Does what a person is told in the terminal: pairs a tablet, switches it on, finds the customer, gives points. */
export async function expectTillOpens(url: string, said: string): Promise<void> {
  const [, code] = /enter (\S+) \(good once/.exec(said) ?? []
  const [, pin] = /has the PIN (\d+)/.exec(said) ?? []
  const [, name, phone] = /A customer to find there: (.+), by the phone number (.+)\./.exec(said) ?? []
  const paired = await post(`${url}/v1/pairings`, { code })
  expect(paired).toMatchObject({ status: 201, body: { name: 'Bar' } })
  const headers = { authorization: `Bearer ${paired.body.key}` }
  const listed = await fetch(`${url}/v1/tills/staff`, { headers })
  const { data } = (await listed.json()) as { data: { id: string }[] }
  const session = { person: data[0]?.id, pin }
  const open = await post(`${url}/v1/tills/staff-sessions`, session, headers)
  expect(open).toMatchObject({ status: 201, body: { person: { name: 'Mia Penrose' } } })
  const found = await post(`${url}/v1/identifications`, { phone }, headers)
  expect(found).toMatchObject({ status: 201, body: { person: { name } } })
}

async function post(address: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(address, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as { key?: string } }
}
