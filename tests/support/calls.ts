import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { createTallystick, type operations } from '../../clients/typescript/index.js'
import type { TestApi } from './api.ts'

/** What an operation takes as its body. */
export type BodyOf<Name extends keyof operations> = operations[Name] extends {
  requestBody: { content: { 'application/json': infer Body } }
}
  ? Body
  : never

/** The published client, as that caller. */
export function callAs({ url, from }: Pick<TestApi, 'url' | 'from'>, token?: string) {
  const fetchFrom = (request: Request) => {
    if (from !== undefined) request.headers.set('X-Forwarded-For', from)
    return fetch(request)
  }
  return createTallystick({ url, fetch: fetchFrom, ...(token !== undefined && { token }) })
}

/** A fresh Idempotency-Key, as the client wants it. */
export function once() {
  return { header: { 'Idempotency-Key': randomUUID() } }
}

/** What a call answered; fails the test, naming the refusal, when it was refused. */
export async function answered<Data>(
  call: Promise<{ readonly data?: Data; readonly error?: unknown }>,
): Promise<NonNullable<Data>> {
  const { data, error } = await call
  expect(error).toBeUndefined()
  return data as NonNullable<Data>
}

/** The code with which a call was refused. */
export async function refused(
  call: Promise<{ readonly error?: { readonly code: string } }>,
): Promise<string> {
  const { error } = await call
  return error?.code ?? 'not refused'
}

/** The code in the last letter to an address, on a line of its own. */
export function letterCode(api: TestApi, to: string): string {
  const letter = api.letters.findLast((each) => each.to === to)
  return /^\S{20,}$/m.exec(letter?.text ?? '')?.[0] ?? 'no letter'
}
