import { z } from 'zod'
import type { NetworkId, Uuid } from '../../ledger/index.ts'
import { auditSource, recordAudit } from '../audit/record.ts'
import { requireOneOf, type Access } from '../http/authenticate.ts'
import { id } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import type { InBackground } from '../http/in-background.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { secondFactorLetter } from './letters.ts'
import { deleteSecondFactor } from './second-factor.ts'
import { readEmail } from './store.ts'

const deleteTotp = declareRoute({
  method: 'delete',
  path: '/v1/people/{person}/totp',
  operation: 'removeTotpOf',
  tag: 'People',
  summary:
    'Turn off the second step of somebody who lost their phone and their codes; they are told by e-mail',
  description:
    'By the operator, for people of this network alone. For operators, and for people of several networks, by the ' +
    'operator of the deployment. By nobody for themselves.',
  who: ['operator', 'deployment operator'],
  params: z.strictObject({ person: id('usr') }),
  answers: { 204: { description: 'Off: the password alone signs in.' } },
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly sendMail: SendMail
  readonly inBackground: InBackground
}

/** `/v1/people/{person}/totp`, for operators. */
export function secondFactorRemovalRoutes(
  routes: Routes,
  { access, db, sendMail, inBackground }: Parts,
): void {
  routes.on(deleteTotp, async (req, res) => {
    const caller = await requireOneOf(access, req, ['staff', 'deployment operator'])
    if (caller.kind === 'staff' && caller.role !== 'operator') throw new Refusal('forbidden')
    const { person } = deleteTotp.parse(req).params
    const network = caller.kind === 'staff' ? caller.network.id : null
    if (caller.person === person) throw new Refusal('forbidden')
    if (network !== null) await demandOwnPerson(db, network, person)
    await db.transaction().execute(async (tx) => {
      if (!(await deleteSecondFactor(tx, person))) throw new Refusal('not_found')
      const subjects = [typeId('usr', person)]
      await recordAudit(tx, auditSource(req), { subjects, changed: ['second_factor'] })
    })
    inBackground(async () => await sendMail(secondFactorLetter(await readEmail(db, person), 'off')))
    deleteTotp.answer(res, 204, undefined)
  })
}

/** Refuses `not_found` for strangers, and `forbidden` for who is an operator or acts in other networks too. */
async function demandOwnPerson(db: Db, network: NetworkId, person: Uuid): Promise<void> {
  const roles = await db
    .selectFrom('api.membership as membership')
    .innerJoin('api.person as person', 'person.uuid', 'membership.person_uuid')
    .select(['membership.network_id', 'membership.role', 'person.is_deployment_operator'])
    .where('membership.person_uuid', '=', person)
    .where('membership.ended_at', 'is', null)
    .execute()
  if (!roles.some(({ network_id }) => network_id === network)) throw new Refusal('not_found')
  const isOthers = roles.some(
    ({ network_id, role, is_deployment_operator }) =>
      network_id !== network || role === 'operator' || is_deployment_operator,
  )
  if (isOthers) {
    throw new Refusal('forbidden', {
      detail: 'They are an operator, or act in another network too. Ask the operator of the deployment.',
    })
  }
}
