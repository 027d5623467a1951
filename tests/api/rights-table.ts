import { testOperator } from '../support/api.ts'

/** Everyone who may call, beside those whose credential is missing, revoked, expired or another network's. */
export const callers = [
  'till',
  'otherTill',
  'cashier',
  'manager',
  'owner',
  'otherOwner',
  'operator',
  'auditor',
  'customer',
  'otherCustomer',
  'deployment',
] as const

/** `other…`: of another shop, or another customer, than the one whose things the address names. */
export type Caller = (typeof callers)[number]

/** How the OpenAPI document calls each of them. */
export const documentedAs: Readonly<Record<Caller, string>> = {
  till: 'till',
  otherTill: 'till',
  cashier: 'staff',
  manager: 'staff',
  owner: 'staff',
  otherOwner: 'staff',
  auditor: 'staff',
  operator: 'operator',
  customer: 'customer',
  otherCustomer: 'customer',
  deployment: 'deployment operator',
}

/** What the addresses name: things of the bakery and of one customer. */
export type Thing =
  | 'adjustment'
  | 'auditorPerson'
  | 'cardOfCustomer'
  | 'customerErasing'
  | 'customerId'
  | 'device'
  | 'freshPerson'
  | 'freshSession'
  | 'freshTill'
  | 'hold'
  | 'log'
  | 'merchant'
  | 'passkey'
  | 'person'
  | 'signIn'
  | 'simulation'
  | 'slug'
  | 'transaction'
  | 'wallet'
  | 'webhook'

/** One route and who may call it. Whoever is named in neither list is refused as `forbidden`. */
export interface Row {
  /** With `{thing}` where the route has a parameter. */
  readonly call: string
  /** May: the answer is none of 401, 403, 404. `anyone`: also without a credential. */
  readonly may: string
  /** Are told 404, as if there were no such thing. */
  readonly hidden?: string
  readonly body?: object
  /** May too, where more is as it should be than a credential tells: a row's comment says what. */
  readonly sometimes?: string
}

const shop = 'cashier manager owner'
const shops = 'cashier manager owner otherOwner'
const tills = 'till otherTill'
const customers = 'customer otherCustomer'
const keepers = 'manager owner operator'

/** Every route; a test fails for one that is not here. */
export const rights: readonly Row[] = [
  { call: 'GET /.well-known/jwks.json', may: 'anyone' },
  { call: 'POST /v1/sessions', may: 'anyone' },
  { call: 'POST /v1/sessions/refresh', may: 'anyone' },
  { call: 'POST /v1/sessions/passkey/options', may: 'anyone' },
  { call: 'POST /v1/sessions/passkey', may: 'anyone' },
  { call: 'GET /v1/sessions', may: `${shops} operator auditor ${customers} deployment` },
  // An address that is refused after the rights are known, so that the callers stay signed in.
  {
    call: 'DELETE /v1/sessions?everywhere=perhaps',
    may: `${shops} operator auditor ${customers} deployment`,
  },
  {
    call: 'DELETE /v1/sessions/{freshSession}',
    may: 'deployment',
    hidden: `${shops} operator auditor ${customers}`,
  },
  { call: 'POST /v1/invitations', may: 'anyone' },
  { call: 'POST /v1/password-resets', may: 'anyone' },
  { call: 'POST /v1/password-resets/confirm', may: 'anyone' },

  { call: 'POST /v1/networks', may: 'deployment' },
  { call: 'GET /v1/networks', may: 'deployment' },
  { call: 'GET /v1/networks/{slug}', may: `${tills} ${shops} operator auditor ${customers}` },
  { call: 'PATCH /v1/networks/{slug}', may: 'operator', body: { name: 'Old Town' } },
  {
    call: 'PUT /v1/networks/{slug}/witnesses',
    may: 'operator',
    body: { witnesses: [], quorum: 0 },
  },
  { call: 'GET /v1/networks/{slug}/witnesses', may: `${shops} operator auditor` },
  { call: 'GET /log/{log}', may: 'anyone' },
  { call: 'GET /log/{log}/checkpoint', may: 'anyone' },
  { call: 'GET /log/{log}/policy', may: 'anyone' },
  { call: 'GET /log/{log}/candidate', may: 'anyone' },
  { call: 'GET /v1/export', may: 'operator auditor' },
  { call: 'GET /v1/rows-check', may: 'operator auditor' },
  { call: 'POST /log/{log}/cosignatures', may: 'anyone' },
  { call: 'POST /v1/merchants', may: 'operator' },
  { call: 'GET /v1/merchants', may: `${tills} ${shops} operator auditor` },
  {
    call: 'GET /v1/merchants/{merchant}',
    may: `till ${shop} operator auditor`,
    hidden: 'otherTill otherOwner',
  },
  {
    call: 'PATCH /v1/merchants/{merchant}',
    may: 'owner operator',
    hidden: 'otherOwner',
    body: { name: 'Bakery' },
  },
  { call: 'GET /v1/networks/{slug}/shops', may: 'anyone' },
  {
    call: 'PUT /v1/merchants/{merchant}/profile',
    may: keepers,
    hidden: 'otherOwner',
    body: { about: 'Bread.', address: null, hours: [] },
  },

  {
    call: 'POST /v1/merchants/{merchant}/staff',
    may: keepers,
    hidden: 'otherOwner',
    body: { email: 'known@example.org', name: 'Known', role: 'cashier' },
  },
  { call: 'GET /v1/merchants/{merchant}/staff', may: `${keepers} auditor`, hidden: 'otherOwner' },
  {
    call: 'PATCH /v1/merchants/{merchant}/staff/{person}',
    may: keepers,
    hidden: 'otherOwner',
    body: { name: 'Known' },
  },
  { call: 'DELETE /v1/merchants/{merchant}/staff/{freshPerson}', may: keepers, hidden: 'otherOwner' },
  { call: 'POST /v1/auditors', may: 'operator' },
  { call: 'GET /v1/auditors', may: 'operator auditor' },
  { call: 'DELETE /v1/auditors/{auditorPerson}', may: 'operator' },
  { call: 'POST /v1/operators', may: 'operator' },
  { call: 'GET /v1/operators', may: 'operator auditor' },
  // An auditor is no operator, so there is nobody to remove; who may not even ask is told so.
  { call: 'DELETE /v1/operators/{auditorPerson}', may: '', hidden: 'operator' },

  { call: 'POST /v1/merchants/{merchant}/tills', may: keepers, hidden: 'otherOwner', body: { name: 'New' } },
  { call: 'GET /v1/merchants/{merchant}/tills', may: `${shop} operator auditor`, hidden: 'otherOwner' },
  { call: 'DELETE /v1/merchants/{merchant}/tills/{freshTill}', may: keepers, hidden: 'otherOwner' },
  {
    call: 'POST /v1/merchants/{merchant}/tills/{freshTill}/rotate',
    may: keepers,
    hidden: 'otherOwner',
    body: {},
  },
  { call: 'POST /v1/tills/{freshTill}/pairings', may: keepers, hidden: 'otherOwner' },
  { call: 'POST /v1/pairings', may: 'anyone' },
  { call: 'PUT /v1/pin', may: shops },
  { call: 'POST /v1/totp', may: `${shops} operator auditor deployment` },
  { call: 'POST /v1/totp/confirm', may: `${shops} operator auditor deployment` },
  { call: 'POST /v1/totp/remove', may: `${shops} operator auditor deployment` },
  // Nobody's of these is on.
  { call: 'DELETE /v1/people/{person}/totp', may: '', hidden: 'operator deployment' },
  { call: 'GET /v1/tills/self', may: tills },
  { call: 'POST /v1/passkeys/options', may: 'owner otherOwner operator deployment' },
  { call: 'POST /v1/passkeys', may: 'owner otherOwner operator deployment' },
  { call: 'GET /v1/passkeys', may: 'owner otherOwner operator deployment' },
  // Everyone's own alone, and these have none.
  {
    call: 'DELETE /v1/passkeys/{passkey}',
    may: '',
    hidden: 'owner otherOwner operator deployment',
    body: { password: testOperator.password },
  },
  { call: 'GET /v1/tills/staff', may: tills },
  { call: 'POST /v1/tills/staff-sessions', may: tills },

  { call: 'PUT /v1/rules/earning', may: 'operator' },
  { call: 'GET /v1/rules/earning', may: `${tills} ${shops} operator auditor ${customers}` },

  {
    call: 'POST /v1/rules/earning/simulations',
    may: 'operator',
    body: { points_per_currency_unit: '1', rounding: 'down', months: 1 },
  },
  { call: 'GET /v1/rules/earning/simulations/{simulation}', may: 'operator' },
  { call: 'PUT /v1/rules/enrolment-bonus', may: 'operator' },
  { call: 'GET /v1/rules/enrolment-bonus', may: `${tills} ${shops} operator auditor ${customers}` },

  { call: 'POST /v1/customers', may: `${tills} ${shops} operator` },
  { call: 'GET /v1/customers', may: `${tills} ${shops}` },
  {
    call: 'GET /v1/customers/{customerId}',
    may: `${tills} ${shops} operator auditor customer`,
    hidden: 'otherCustomer',
  },
  {
    call: 'PATCH /v1/customers/{customerId}',
    may: `${tills} ${shops} customer`,
    hidden: 'otherCustomer',
    body: { name: 'Ada' },
  },
  {
    call: 'POST /v1/customers/{customerId}/email',
    may: 'customer',
    hidden: 'otherCustomer',
    body: { email: 'new@example.org' },
  },
  {
    call: 'POST /v1/customers/{customerId}/email/code',
    may: 'customer',
    hidden: 'otherCustomer',
    body: { code: '000000' },
  },
  { call: 'GET /v1/customers/{customerId}/memberships', may: 'customer', hidden: 'otherCustomer' },
  {
    call: 'POST /v1/customers/{customerId}/cards',
    may: `${tills} ${shops}`,
    body: { card: '2900000000017' },
  },
  { call: 'GET /v1/customers/{customerId}/cards', may: 'customer', hidden: 'otherCustomer' },
  {
    call: 'DELETE /v1/customers/{customerId}/cards/{cardOfCustomer}',
    may: 'customer',
    hidden: 'otherCustomer',
  },
  { call: 'POST /v1/identifications', may: tills },
  { call: 'GET /v1/consents', may: `${tills} ${shops} ${customers}` },
  { call: 'GET /v1/consents/controllers', may: `${tills} ${shops} operator auditor ${customers}` },
  {
    call: 'PUT /v1/merchants/{merchant}/responsibilities',
    may: 'owner operator',
    hidden: 'otherOwner',
    body: {
      responsibilities: [{ purpose: 'membership', role: 'joint_controller', explanation: 'Together.' }],
    },
  },
  {
    call: 'PUT /v1/consents',
    may: `${tills} ${shops} ${customers}`,
    body: { purpose: 'offers', channel: 'email', controller: null, given: true, wording_version: '1' },
  },
  { call: 'GET /v1/customers/{customerId}/export', may: 'customer', hidden: 'otherCustomer' },
  { call: 'GET /v1/customers/{customerId}/erasure', may: 'customer operator', hidden: 'otherCustomer' },
  // So many points would not be lost, which is told to those only who may ask for it.
  {
    call: 'DELETE /v1/customers/{customerId}?acknowledged_points=999999',
    may: 'customer operator',
    hidden: 'otherCustomer',
  },
  {
    call: 'DELETE /v1/customers/{customerErasing}/erasure',
    may: 'customer operator',
    hidden: 'otherCustomer',
  },

  { call: 'POST /v1/wallet-sessions', may: 'anyone' },
  { call: 'POST /v1/wallet-sessions/{signIn}/code', may: 'anyone' },
  { call: 'POST /v1/wallet-devices', may: customers },
  { call: 'GET /v1/wallet-devices', may: customers },
  { call: 'DELETE /v1/wallet-devices/{device}', may: 'customer', hidden: 'otherCustomer' },
  {
    call: 'GET /v1/wallets/{wallet}',
    may: `${tills} ${shops} operator auditor customer`,
    hidden: 'otherCustomer',
  },
  {
    call: 'PUT /v1/wallets/{wallet}/lock',
    may: 'customer',
    hidden: 'otherCustomer',
    body: { locked: false },
  },

  { call: 'POST /v1/claims', may: tills },
  { call: 'POST /v1/claims/collections', may: customers },
  { call: 'POST /v1/purchases', may: tills },
  { call: 'POST /v1/redemptions', may: tills },
  { call: 'POST /v1/holds', may: tills },
  { call: 'POST /v1/holds/{hold}/capture', may: 'till', hidden: 'otherTill' },
  { call: 'POST /v1/holds/{hold}/void', may: 'till', hidden: 'otherTill' },
  {
    call: 'POST /v1/transactions/{transaction}/reversals',
    may: `till ${shop}`,
    hidden: 'otherTill otherOwner',
    body: { reason: 'came back', points: 1 },
  },
  // A till while somebody of the shop is switched on there.
  {
    call: 'POST /v1/transactions/{transaction}/moves',
    may: shop,
    sometimes: 'till',
    hidden: 'otherOwner',
    body: { reason: 'wrong customer', to: '{wallet}' },
  },
  { call: 'POST /v1/gifts', may: customers },
  { call: 'POST /v1/goodwill', may: 'manager owner otherOwner' },
  { call: 'POST /v1/adjustments', may: `${shops} operator` },
  { call: 'GET /v1/adjustments', may: `${shops} operator auditor` },
  // The operator is the second person only where a shop has but one.
  {
    call: 'POST /v1/adjustments/{adjustment}/approval',
    may: 'manager owner',
    sometimes: 'operator',
    hidden: 'otherOwner',
  },
  { call: 'DELETE /v1/adjustments/{adjustment}', may: `${keepers}`, hidden: 'otherOwner' },
  { call: 'GET /v1/transactions', may: `${tills} ${shops} operator auditor ${customers}` },
  {
    call: 'GET /v1/transactions/{transaction}',
    may: `till ${shop} operator auditor customer`,
    hidden: 'otherTill otherOwner otherCustomer',
  },
  {
    call: 'GET /v1/transactions/{transaction}/receipt',
    may: `till ${shop} operator auditor customer`,
    hidden: 'otherTill otherOwner otherCustomer',
  },

  { call: 'GET /v1/events?after=nothing', may: `${tills} ${shops} operator auditor ${customers}` },
  {
    call: 'PUT /v1/merchants/{merchant}/multiplier',
    may: 'owner operator',
    hidden: 'otherOwner',
    body: { factor: '1' },
  },
  {
    call: 'GET /v1/merchants/{merchant}/multiplier',
    may: `${tills} ${shops} operator auditor ${customers}`,
  },
  {
    call: 'POST /v1/rules/earning/dry-run',
    may: `${tills} ${shops} operator auditor`,
    body: { amount_minor: 100 },
  },
  { call: 'GET /v1/reports/day?day=today', may: `${tills} ${shops} operator auditor` },

  { call: 'POST /v1/webhooks', may: 'owner otherOwner operator' },
  { call: 'GET /v1/webhooks', may: 'owner otherOwner operator' },
  {
    call: 'PATCH /v1/webhooks/{webhook}',
    may: 'owner',
    hidden: 'otherOwner operator',
    body: { description: 'ours' },
  },
  { call: 'GET /v1/webhooks/{webhook}/deliveries', may: 'owner', hidden: 'otherOwner operator' },
  {
    call: 'POST /v1/webhooks/{webhook}/replay',
    may: 'owner',
    hidden: 'otherOwner operator',
    body: { after: 0 },
  },
  { call: 'DELETE /v1/webhooks/{webhook}', may: 'owner', hidden: 'otherOwner operator' },
  { call: 'GET /v1/audit-events', may: 'operator auditor owner otherOwner deployment' },
]
