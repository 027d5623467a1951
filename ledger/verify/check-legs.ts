import type { Books, Parties } from './books.ts'
import type { TransactionEntry, TransactionKind } from './entry.ts'
import { fail } from './fault.ts'

/** What a leg does: its kind of transaction may do that, and its two accounts are the right ones for it. */
export type Role = 'give' | 'take' | 'gift' | 'expire' | 'own' | 'debt' | 'back' | 'repay'

export interface CheckedLeg {
  readonly role: Role
  readonly debit: number
  readonly credit: number
  readonly amount: number
  readonly pending: boolean
}

const rolesOf: Record<TransactionKind, readonly Role[]> = {
  issue: ['take', 'give', 'repay'],
  goodwill: ['give', 'repay'],
  adjust: ['take', 'give', 'repay'],
  redeem: ['take'],
  hold: ['take'],
  capture: ['take', 'repay'],
  void: ['repay'],
  'time-out': ['repay'],
  gift: ['gift', 'repay'],
  expire: ['expire'],
  reverse: ['own', 'take', 'debt', 'back', 'repay'],
}

/** The legs with what each does. */
export function checkLegs(books: Books, t: TransactionEntry, parties: Parties): CheckedLeg[] {
  const seen: Role[] = []
  return t.legs.map((leg) => {
    const debit = books.accounts.find(leg.debit)
    const credit = books.accounts.find(leg.credit)
    const role = roleOf(books, { debit, credit }, { ...parties, kind: t.kind })
    if (!role || !rolesOf[t.kind].includes(role)) {
      const [from, to] = [books.accounts.name(debit), books.accounts.name(credit)]
      fail(`moves points from ${from} to ${to}, which its kind (${t.kind}) does not`)
    }
    if (role !== 'repay' && role !== 'expire' && seen.includes(role)) fail('has two legs for the same')
    seen.push(role)
    if (leg.pending !== (t.kind === 'hold')) {
      fail(leg.pending ? 'sets points aside and is no hold' : 'is a hold and moves points')
    }
    return { role, debit, credit, amount: leg.amount, pending: leg.pending }
  })
}

function roleOf(
  { accounts }: Books,
  { debit, credit }: { debit: number; credit: number },
  { wallet, receiver, merchant, kind }: Parties & { kind: TransactionKind },
): Role | null {
  const from = accounts.kind(debit)
  const to = accounts.kind(credit)
  if (from === 'owed') {
    const creditor = accounts.siblings(debit)!
    return credit === creditor.float || credit === creditor.accepted ? 'repay' : null
  }
  if (from === 'wallet' && debit === wallet) {
    if (to === 'wallet') return credit === receiver ? 'gift' : null
    if (to === 'float' && kind === 'expire') return 'expire'
    if (!merchant) return null
    if (credit === merchant.accounts.accepted) return 'take'
    if (credit === merchant.accounts.float) return 'own'
    return credit === merchant.accounts.owed ? 'debt' : null
  }
  if (!merchant || credit !== wallet) return null
  if (debit === merchant.accounts.float) return 'give'
  return debit === merchant.accounts.accepted ? 'back' : null
}

/** Points that the legs of these roles move. */
export function sumOf(legs: readonly CheckedLeg[], ...roles: readonly Role[]): number {
  return legs.reduce((sum, leg) => (roles.includes(leg.role) ? sum + leg.amount : sum), 0)
}
