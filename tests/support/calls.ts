import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { createTallystick } from '../../clients/typescript/index.js'
import type { TestApi } from './api.ts'

/** The published client, as that caller. */
export function callAs(api: TestApi, token?: string) {
  return createTallystick({ url: api.url, ...(token !== undefined && { token }) })
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
