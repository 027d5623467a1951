import { uuidv7 } from 'uuidv7'
import { z } from 'zod'
import type { Ledger } from '../../ledger/index.ts'
import { auditSource, recordAudit, type AuditSource } from '../audit/record.ts'
import type { Access } from '../http/authenticate.ts'
import { email, id, shownId, shownTime } from '../http/fields.ts'
import { typeId } from '../http/ids.ts'
import type { InBackground } from '../http/in-background.ts'
import { addressKey, createLimit, limitRequest } from '../http/limits.ts'
import { Refusal } from '../http/problems.ts'
import { declareRoute, type Routes } from '../http/routes.ts'
import { inStrangersTurn } from '../http/strangers.ts'
import { slug } from '../networks/fields.ts'
import type { RefreshTokens } from '../identity/refresh-tokens.ts'
import { sessionEnd, tokenEnd } from '../sessions/lifetimes.ts'
import { readCookies, setKnownBrowserCookie, setRefreshCookie } from '../sessions/cookies.ts'
import { customerAccount, type KnownBrowsers } from '../sessions/known-browsers.ts'
import { userAgentOf } from '../sessions/router.ts'
import { ofAge } from '../customers/fields.ts'
import { enrolCustomer } from '../customers/store.ts'
import type { HashContact } from '../rules/bonus-contact.ts'
import { payEnrolmentBonus } from '../rules/pay-enrolment-bonus.ts'
import type { SendMail } from '../mail/mailer.ts'
import type { Db } from '../tables.ts'
import { codeLetter, guessedCodesLetter } from './letters.ts'
import { signInCodeLifetimeSeconds, type SignInCodes } from './sign-in-code.ts'
import { wrongCodesUntilTold, type SignInLimits } from './sign-in-limits.ts'
import {
  beginCustomerSession,
  beginSignIn,
  countAttempt,
  findCustomerByEmail,
  findNetwork,
  useSignIn,
  type TriedSignIn,
} from './sign-in-store.ts'

const postWalletSession = declareRoute({
  method: 'post',
  path: '/v1/wallet-sessions',
  operation: 'postWalletSession',
  tag: 'Wallet',
  summary: 'Sign in or join: ask for a code by e-mail',
  description: 'Answers and sends alike for members and others, so that no one learns who is a member.',
  who: ['anyone'],
  body: z.strictObject({ network: slug.meta({ description: 'Its slug.' }), email: email() }),
  answers: { 201: { description: 'A code is on its way.', schema: z.strictObject({ id: shownId('wse') }) } },
})

const postCode = declareRoute({
  method: 'post',
  path: '/v1/wallet-sessions/{id}/code',
  operation: 'postWalletSessionCode',
  tag: 'Wallet',
  summary: 'Enter the code; the first time makes the customer and their wallet',
  who: ['anyone'],
  params: z.strictObject({ id: id('wse') }),
  body: z.strictObject({
    code: z.string().regex(/^[0-9]{6}$/, 'must be the six digits of the code'),
    of_age: ofAge.optional(),
  }),
  answers: {
    201: {
      description: 'Signed in.',
      schema: z.strictObject({
        token: z.string(),
        expires_at: shownTime(),
        wallet: shownId('wal'),
        customer: shownId('cus'),
      }),
    },
  },
  refusals: ['age_not_confirmed', 'code_wrong'],
})

interface Parts {
  readonly access: Access
  readonly db: Db
  readonly ledger: Ledger
  readonly codes: SignInCodes
  readonly refreshTokens: RefreshTokens
  readonly sendMail: SendMail
  readonly inBackground: InBackground
  readonly limits: SignInLimits
  readonly hashContact: HashContact
  readonly knownBrowsers: KnownBrowsers
}

/** `/v1/wallet-sessions`, for anyone. */
export function walletSessionRoutes(routes: Routes, parts: Parts): void {
  const lettersFromAddress = createLimit(200, 15 * 60)
  const codesFromAddress = createLimit(300, 15 * 60)

  routes.on(postWalletSession, async (req, res) => {
    await limitRequest(lettersFromAddress, res, addressKey(req))
    const { body } = postWalletSession.parse(req)
    postWalletSession.answer(res, 201, {
      id: typeId('wse', await sendCode(parts, { ...body, from: addressKey(req), cookies: readCookies(req) })),
    })
  })

  routes.on(postCode, async (req, res) => {
    await limitRequest(codesFromAddress, res, addressKey(req))
    const { params, body } = postCode.parse(req)
    const { code, of_age } = body
    const entered = {
      code,
      isOfAge: of_age === true,
      signIn: params.id,
      cookies: readCookies(req),
      userAgent: userAgentOf(req),
      audit: auditSource(req),
    }
    const { network, refresh, known, ...signedIn } = await enterCode(parts, entered)
    setRefreshCookie(req, res, { kind: 'customer', network, ...refresh })
    setKnownBrowserCookie(req, res, { kind: 'customer', ...known })
    postCode.answer(res, 201, signedIn)
  })
}

interface AskedCode {
  readonly network: string
  readonly email: string
  readonly from: string
  readonly cookies: ReadonlyMap<string, string>
}

async function sendCode(parts: Parts, { network: slug, email: to, from, cookies }: AskedCode) {
  const { access, db, codes, sendMail, limits } = parts
  const uuid = uuidv7()
  const code = codes.create()
  const { name: at, locale } = await inStrangersTurn(async () => {
    const account = `${slug} ${to}`
    const known = knownBy(parts, cookies, { network: slug, email: to })
    await limits.pair.consume(`${account} ${known ?? from}`)
    await limits.pairDaily.consume(`${account} ${known ?? from}`)
    await limits.letters.consume(known === null ? account : `${account} known`)
    const network = await findNetwork(db, slug)
    if (network === undefined) throw new Refusal('not_found')
    const expiresAt = new Date(access.now().getTime() + signInCodeLifetimeSeconds * 1000)
    const codeHash = codes.hash(uuid, code)
    await beginSignIn(db, { network: network.id, uuid, email: to, codeHash, expiresAt })
    return network
  })
  await sendMail(codeLetter({ to, at, locale }, code))
  return uuid
}

interface EnteredCode {
  readonly signIn: string
  readonly cookies: ReadonlyMap<string, string>
  readonly code: string
  readonly isOfAge: boolean
  readonly userAgent: string | null
  readonly audit: AuditSource
}

async function enterCode(parts: Parts, entered: EnteredCode) {
  const { access, db, ledger, codes, refreshTokens, limits, hashContact, knownBrowsers } = parts
  const { signIn, code, isOfAge, userAgent, audit, cookies } = entered
  const now = access.now()
  // Counted before looking, so that guesses sent at once are counted too.
  const { tried, guessedBy, count } = await inStrangersTurn(async () => {
    const found = await countAttempt(db, signIn, now)
    if (found === undefined) throw new Refusal('code_wrong')
    const known = knownBy(parts, cookies, { network: found.networkSlug, email: found.email })
    // Over all browsers: whoever read the e-mails once could have made any number of those known.
    const by = `${found.network} ${found.email}${known === null ? '' : ' known'}`
    const { consumedPoints } = await limits.wrongCodes.consume(by)
    return { tried: found, guessedBy: by, count: consumedPoints }
  })
  const { network, networkUuid, email: proven } = tried
  if (!codes.matches(signIn, code, tried.codeHash)) {
    // Beside the answer, which takes as long for strangers as for customers.
    parts.inBackground(() => noteWrongCode(parts, { tried, audit, count }))
    throw new Refusal('code_wrong')
  }
  await limits.wrongCodes.giveBack(guessedBy)
  const endsAt = sessionEnd('customer', { now, begun: now })
  const { customer, wallet, walletId, session } = await db.transaction().execute(async (tx) => {
    if (!(await useSignIn(tx, network, { uuid: signIn, now }))) throw new Refusal('code_wrong')
    const enrolled = await enrolCustomer(tx, network, {
      person: { email: proven },
      isOfAge,
      now,
      hashContact,
    })
    const begun = await beginCustomerSession(tx, network, {
      customer: enrolled.customer,
      expiresAt: endsAt,
      userAgent,
    })
    const actor = { kind: 'customer', uuid: enrolled.customer, role: null } as const
    await recordAudit(tx, { ...audit, network, actor }, { subjects: [] })
    return { ...enrolled, session: begun }
  })
  await payEnrolmentBonus({ db, ledger }, network, walletId)
  const subject = { kind: 'cus' as const, uuid: customer }
  const expiresAt = tokenEnd(now, endsAt)
  const token = await access.tokens.issue({ session, subject, network: networkUuid, expiresAt })
  return {
    token,
    expires_at: expiresAt.toISOString(),
    wallet: typeId('wal', wallet),
    customer: typeId('cus', customer),
    network: tried.networkSlug,
    known: knownBrowsers.issue(customerAccount(tried.networkSlug, proven), now),
    refresh: { token: refreshTokens.issue({ kind: 'customer', session, number: 0 }), expiresAt: endsAt },
  }
}

/** By what tries for an account are counted, from a browser in which its customer entered a code before; else null. */
function knownBy(
  { access, knownBrowsers }: Parts,
  cookies: ReadonlyMap<string, string>,
  { network, email }: { readonly network: string; readonly email: string },
): string | null {
  const account = customerAccount(network, email)
  const token = cookies.get(knownBrowsers.nameFor(account))
  return token === undefined ? null : knownBrowsers.read(token, account, access.now())
}

/** A wrong code goes into the trail, by the customer it was for where there is one; several a day are told to them. */
async function noteWrongCode(
  { db, sendMail }: Parts,
  {
    tried,
    audit,
    count,
  }: { readonly tried: TriedSignIn; readonly audit: AuditSource; readonly count: number },
): Promise<void> {
  const { network, networkName: at, locale, email: to } = tried
  await inStrangersTurn(async () => {
    const customer = await findCustomerByEmail(db, network, to)
    const subjects = customer === undefined ? [] : [typeId('cus', customer)]
    await recordAudit(db, { ...audit, network }, { subjects, outcome: 'code_wrong' })
  })
  if (count === wrongCodesUntilTold) await sendMail(guessedCodesLetter({ to, at, locale }))
}
