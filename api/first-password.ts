import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import { ensureOperator } from './people/ensure-operator.ts'
import { hashPassword } from './people/passwords.ts'
import type { Db } from './tables.ts'

/**
 * Makes the deployment's operator where there is none. Where nobody gave a password, it has one that nobody knows until
 * `showOperator`, so that a start that is killed before shows it the next time.
 */
export async function openOperator(db: Db, given: Config['operator']): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const made = await ensureOperator(tx, given ?? {})
    if (!made) return
    await tx
      .updateTable('api.person')
      .set({ password_chosen_at: null })
      .where('email', '=', made.email)
      .execute()
  })
}

/**
 * Says how the operator signs in: with a new password where none was shown yet, which counts once `say` has said it.
 * Of several processes at once one shows it. Answers whether it was new.
 */
export async function showOperator(db: Db, say: (words: string) => void): Promise<boolean> {
  return await db.transaction().execute(async (tx) => {
    const operator = await tx
      .selectFrom('api.person')
      .select(['uuid', 'email', 'password_chosen_at'])
      .where('is_deployment_operator', '=', true)
      .orderBy('created_at')
      .limit(1)
      .forUpdate()
      .executeTakeFirst()
    if (operator === undefined) return false
    const { uuid, email } = operator
    if (operator.password_chosen_at !== null) {
      say(
        `Sign in as the operator, ${email}, with the password you chose (TALLY_OPERATOR_PASSWORD) or the first start showed; a lost one: ` +
          'POST /v1/password-resets, then …/confirm with the code.',
      )
      return false
    }
    const password = randomBytes(18).toString('base64url')
    await tx
      .updateTable('api.person')
      .set({ password_hash: await hashPassword(password), password_chosen_at: new Date() })
      .where('uuid', '=', uuid)
      .execute()
    say(`Sign in as ${email} with ${password} (shown only this once).`)
    return true
  })
}
