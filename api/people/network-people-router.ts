import { z } from 'zod'
import { actorOf } from '../audit/actor.ts'
import { requireOperator, requireStaff } from '../http/authenticate.ts'
import { email, id, text } from '../http/fields.ts'
import { limit, page } from '../http/paging.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { readNetwork } from '../networks/store.ts'
import { invite, presentPage, shownMember, type People } from './staff-router.ts'
import { findMember, listMembers, removeMember } from './staff-store.ts'

const tag = 'People'

/** Roles in the network as a whole, and the words of their routes. */
const kinds = [
  {
    role: 'auditor',
    path: '/v1/auditors',
    word: 'Auditor',
    who: 'a read-only person (sees accounts, not names)',
  },
  { role: 'operator', path: '/v1/operators', word: 'Operator', who: 'another operator' },
] as const

type Kind = (typeof kinds)[number]

/** `/v1/auditors` and `/v1/operators`: people of the network as a whole, kept by its operators. */
export function networkPeopleRoutes(routes: Routes, parts: People): void {
  for (const kind of kinds) routesOf(routes, parts, kind)
}

function declareRoutesOf({ role, path, word, who }: Kind) {
  const post = declareRoute({
    method: 'post',
    path,
    operation: `invite${word}`,
    tag,
    summary: `Invite ${who}, by e-mail`,
    who: ['operator'],
    body: z.strictObject({ email: email(), name: text(100) }),
    answers: { 201: { description: 'Invited.', schema: shownMember } },
    refusals: ['person_taken'],
  })
  const list = declareRoute({
    method: 'get',
    path,
    operation: `list${word}s`,
    tag,
    summary: `List the network’s ${role}s`,
    who: ['operator', 'staff'],
    query: z.strictObject({ limit: limit(), after: id('usr').optional() }),
    answers: { 200: { description: 'People.', schema: page(shownMember) } },
  })
  const remove = declareRoute({
    method: 'delete',
    path: `${path}/{person}`,
    operation: `remove${word}`,
    tag,
    summary: 'Remove a person: they are signed out at once',
    who: ['operator'],
    params: z.strictObject({ person: id('usr') }),
    query: z.strictObject({ erase: z.enum(['true', 'false']).default('false') }),
    answers: { 204: { description: 'Removed.' } },
    refusals: ['last_operator'],
  })
  return { post, list, remove }
}

function routesOf(routes: Routes, parts: People, kind: Kind): void {
  const { access, db, now } = parts
  const { role } = kind
  const { post, list, remove } = declareRoutesOf(kind)

  routes.on(post, async (req, res) => {
    const staff = await requireOperator(access, req)
    const { body } = post.parse(req)
    const { name: at } = await readNetwork(db, staff.network.id)
    post.answer(
      res,
      201,
      await invite(parts, req, { staff, appointment: { ...body, role, merchant: null }, at }),
    )
  })

  routes.on(list, async (req, res) => {
    const staff = await requireStaff(access, req)
    if (staff.merchant !== null) throw new Refusal('forbidden')
    const { query } = list.parse(req)
    const rows = await listMembers(db, staff.network.id, { merchant: null, role, ...query })
    list.answer(res, 200, await presentPage(db, req, { staff, rows, limit: query.limit }))
  })

  routes.on(remove, async (req, res) => {
    const staff = await requireOperator(access, req)
    const { params, query } = remove.parse(req)
    const member = await findMember(db, staff.network.id, { person: params.person, merchant: null })
    if (member.role !== role) throw new Refusal('not_found')
    await removeMember(db, actorOf(req, staff), member, { erase: query.erase === 'true', now: now() })
    remove.answer(res, 204, undefined)
  })
}
