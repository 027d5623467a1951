import { createHash, randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Uuid } from '../../ledger/index.ts'
import { Refusal } from '../http/problems.ts'
import type { Db, Tx } from '../tables.ts'
import type { Sealing } from './sealing.ts'

const secretBytes = 20
const recoveryCodeCount = 8
/** A step of 30 s before or after: clocks differ, and people type slowly. */
const stepWindow = 1

/** What second factors are kept and checked with. */
export interface SecondFactors {
  readonly sealing: Sealing
  /** Named by authenticator apps. */
  readonly issuer: string
}

/** A code that somebody entered. */
export interface ShownCode {
  readonly person: Uuid
  readonly code: string
  readonly now: Date
}

/** Begins to set up an authenticator app; it counts once confirmed. Refuses `second_factor_on`. */
export async function beginTotp(
  tx: Tx,
  { sealing, issuer }: SecondFactors,
  person: Uuid,
): Promise<{ secret: string; uri: string }> {
  const secret = new Secret({ size: secretBytes })
  const sealed = sealing.seal(person, secret.bytes)
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('api.person_totp')
    .values({ person_uuid: person, sealed_secret: sealed })
    .onConflict((conflict) =>
      conflict
        .constraint('person_totp_pk')
        .doUpdateSet({ sealed_secret: sealed })
        .where('api.person_totp.confirmed_at', 'is', null),
    )
    .executeTakeFirstOrThrow()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('second_factor_on')
  const { email } = await tx
    .selectFrom('api.person')
    .select('email')
    .where('uuid', '=', person)
    .executeTakeFirstOrThrow()
  return { secret: secret.base32, uri: new TOTP({ issuer, label: email, secret }).toString() }
}

/** Refuses what `confirmTotp` refuses, and uses nothing up. */
export async function demandConfirmable(db: Db, factors: SecondFactors, shown: ShownCode): Promise<void> {
  if (await isSecondFactorOn(db, shown.person)) throw new Refusal('second_factor_on')
  if ((await findTotpStep(db, factors, shown)) === null) throw new Refusal('code_wrong')
}

/** Turns it on, the app having shown that it works; answers codes for when it is lost. Refuses `code_wrong`. */
export async function confirmTotp(
  tx: Tx,
  factors: SecondFactors,
  { person, code, now }: ShownCode,
): Promise<string[]> {
  if (await isSecondFactorOn(tx, person)) throw new Refusal('second_factor_on')
  if (!(await useTotpCode(tx, factors, { person, code, now }))) throw new Refusal('code_wrong')
  await tx
    .updateTable('api.person_totp')
    .set({ confirmed_at: now })
    .where('person_uuid', '=', person)
    .execute()
  await countChange(tx, person)
  const codes = Array.from({ length: recoveryCodeCount }, () => randomBytes(10).toString('hex'))
  const rows = codes.map((each) => ({ person_uuid: person, code_hash: hashCode(each) }))
  await tx.insertInto('api.person_recovery_code').values(rows).execute()
  return codes
}

/** Turns it off. Refuses `code_wrong`. */
export async function removeSecondFactor(tx: Tx, factors: SecondFactors, entered: ShownCode): Promise<void> {
  if (!(await useSecondFactor(tx, factors, entered))) throw new Refusal('code_wrong')
  await deleteSecondFactor(tx, entered.person)
}

/** Turns it off without a code, on an operator's word; whether there was one, confirmed or begun. */
export async function deleteSecondFactor(tx: Tx, person: Uuid): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('api.person_totp')
    .where('person_uuid', '=', person)
    .executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) return false
  await countChange(tx, person)
  return true
}

/** Browsers that were known before are known no more. */
async function countChange(tx: Tx, person: Uuid): Promise<void> {
  await tx
    .updateTable('api.person')
    .set(({ eb }) => ({ second_factor_changes: eb('second_factor_changes', '+', 1) }))
    .where('uuid', '=', person)
    .execute()
}

/** Whether signing in takes a second step. */
export async function isSecondFactorOn(db: Db | Tx, person: Uuid): Promise<boolean> {
  const row = await db
    .selectFrom('api.person_totp')
    .select('confirmed_at')
    .where('person_uuid', '=', person)
    .executeTakeFirst()
  return row !== undefined && row.confirmed_at !== null
}

/** Uses up a code of the app, or one of those for when it is lost; whether it was good. */
export async function useSecondFactor(
  db: Db | Tx,
  factors: SecondFactors,
  entered: ShownCode,
): Promise<boolean> {
  if (/^\d{6}$/.test(entered.code)) return await useTotpCode(db, factors, entered)
  const { numDeletedRows } = await db
    .deleteFrom('api.person_recovery_code')
    .where('person_uuid', '=', entered.person)
    .where('code_hash', '=', hashCode(entered.code.toLowerCase()))
    .executeTakeFirstOrThrow()
  return numDeletedRows === 1n
}

async function useTotpCode(db: Db | Tx, factors: SecondFactors, shown: ShownCode): Promise<boolean> {
  const step = await findTotpStep(db, factors, shown)
  if (step === null) return false
  // Of two at once with one code, one is the first.
  const { numUpdatedRows } = await db
    .updateTable('api.person_totp')
    .set({ last_step: step })
    .where('person_uuid', '=', shown.person)
    .where('last_step', '<', step)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Of which half minute the app's code is; null when it is wrong, or was used. */
async function findTotpStep(
  db: Db | Tx,
  { sealing }: SecondFactors,
  { person, code, now }: ShownCode,
): Promise<bigint | null> {
  const row = await db
    .selectFrom('api.person_totp')
    .select(['sealed_secret', 'last_step'])
    .where('person_uuid', '=', person)
    .executeTakeFirst()
  if (row === undefined) return null
  const opened = sealing.open(person, row.sealed_secret)
  const secret = new Secret({ buffer: new Uint8Array(opened).buffer })
  const timestamp = now.getTime()
  const delta = TOTP.validate({ token: code, secret, timestamp, window: stepWindow })
  if (delta === null) return null
  const step = BigInt(TOTP.counter({ timestamp }) + delta)
  return step > row.last_step ? step : null
}

function hashCode(code: string): Buffer {
  return createHash('sha256').update(code).digest()
}
