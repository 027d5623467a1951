import type { components, operations } from '../../../clients/typescript/index.js'
import { createTallystick } from '../../../clients/typescript/index.js'

type Client = ReturnType<typeof createTallystick>
type Answer<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

/** A network as anyone may know it. */
export type Directory = components['schemas']['Directory']
export type WorseTerms = components['schemas']['WorseTerms']
export type Shop = components['schemas']['Shop']
/** One's own wallet: all of it. */
export type OwnWallet = Extract<Answer<'getWallet'>, { lots: unknown }>
export type Lot = OwnWallet['lots'][number]
export type Transaction = Answer<'listTransactions'>['data'][number]
/** Oneself, as the network knows one. */
export type Person = Extract<Answer<'getCustomer'>, { email: unknown }>

/** What the server said at one time, kept on the device so that it is there at once, and without a network. */
export interface Snapshot {
  readonly network: string
  /** When, by the server's clock. */
  readonly takenAt: string
  readonly wallet: OwnWallet
  readonly directory: Directory
  /** The newest, newest first. */
  readonly transactions: readonly Transaction[]
  /** How to go on reading. */
  readonly next: string | null
  readonly person: Person
}

/** A refusal in an answer; `code` says which. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string
  constructor(problem: { readonly code: string; readonly detail: string }) {
    super(problem.detail)
    this.code = problem.code
  }
}

/** What a call answered. Throws `Refused`, or what `fetch` throws when there is no network. */
export async function answered<Data>(
  call: Promise<{
    readonly data?: Data
    readonly error?: { readonly code: string; readonly detail: string }
  }>,
): Promise<NonNullable<Data>> {
  const { data, error } = await call
  if (error) throw new Refused(error)
  return data as NonNullable<Data>
}

/** Asks for all of it at once. */
export async function takeSnapshot(
  client: Client,
  of: { readonly network: string; readonly wallet: string; readonly customer: string; readonly at: Date },
): Promise<Snapshot> {
  const [wallet, directory, page, person] = await Promise.all([
    answered(client.GET('/v1/wallets/{id}', { params: { path: { id: of.wallet } } })),
    answered(client.GET('/v1/networks/{slug}/shops', { params: { path: { slug: of.network } } })),
    answered(client.GET('/v1/transactions', { params: { query: { limit: 50 } } })),
    answered(client.GET('/v1/customers/{id}', { params: { path: { id: of.customer } } })),
  ])
  return {
    network: of.network,
    takenAt: of.at.toISOString(),
    wallet: wallet as OwnWallet,
    directory,
    transactions: page.data,
    next: page.next,
    person: person as Person,
  }
}
