import express, { type Express } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { Ledger } from '../ledger/index.ts'
import { adjustmentRoutes } from './adjustments/router.ts'
import { recordRefusals } from './audit/record-refusals.ts'
import { auditRoutes } from './audit/router.ts'
import { cardRoutes } from './cards/router.ts'
import { claimRoutes } from './claims/router.ts'
import { requestsPerSecondDefault } from './config.ts'
import { controllerRoutes } from './consents/controller-router.ts'
import { consentRoutes } from './consents/router.ts'
import { customerChangeRoutes } from './customers/change-router.ts'
import { emailChangeRoutes } from './customers/email-change-router.ts'
import { customerRoutes } from './customers/router.ts'
import { customerSearchRoutes } from './customers/search-router.ts'
import { createLiveLog } from './events/live-log.ts'
import { eventRoutes } from './events/router.ts'
import { giftRoutes } from './gifts/router.ts'
import { goodwillRoutes } from './goodwill/router.ts'
import { holdRoutes } from './holds/router.ts'
import { answerErrors, refuseUnknownAddress } from './http/answer-errors.ts'
import { createAccess } from './http/authenticate.ts'
import { keepOutOfCaches, readBody } from './http/body.ts'
import { docs } from './http/docs.ts'
import { createLimit } from './http/limits.ts'
import { logRequests, withCarefulErrors } from './http/logging.ts'
import { createMetrics } from './http/metrics.ts'
import { describeRoutes } from './http/openapi.ts'
import { probes } from './http/probes.ts'
import { createRoutes, refuseOtherMethods } from './http/routes.ts'
import { createSharedLimits } from './http/shared-limit.ts'
import { createInBackground } from './http/in-background.ts'
import { createRefreshTokens } from './identity/refresh-tokens.ts'
import { createSessionKeys } from './identity/session-keys.ts'
import { createStaffTokens } from './identity/staff-tokens.ts'
import { createSessionTokens } from './identity/session-tokens.ts'
import type { SendMail } from './mail/mailer.ts'
import type { Anchors } from './anchor/keep-anchors.ts'
import { measureAnchors } from './anchor/measure.ts'
import { measureLogs } from './log/measure.ts'
import { receiptRoutes } from './log/receipt-router.ts'
import { logExportRoutes } from './export/router.ts'
import { logRoutes, tileRoutes } from './log/router.ts'
import { logStateRoutes } from './log/state-router.ts'
import { logWitnessRoutes } from './log/witness-router.ts'
import { merchantRoutes } from './merchants/router.ts'
import { createLookups } from './identifications/lookups.ts'
import { identificationRoutes } from './identifications/router.ts'
import { networkRoutes } from './networks/router.ts'
import { passkeyRoutes } from './passkeys/router.ts'
import { passkeySignInRoutes } from './passkeys/sign-in-router.ts'
import { networkPeopleRoutes } from './people/network-people-router.ts'
import { passwordRoutes } from './people/password-router.ts'
import { createSealing } from './people/sealing.ts'
import { secondFactorRemovalRoutes } from './people/second-factor-removal-router.ts'
import { secondFactorRoutes } from './people/second-factor-router.ts'
import { createInvitationLimits, staffRoutes } from './people/staff-router.ts'
import { erasureRoutes } from './privacy/erasure-router.ts'
import { exportRoutes } from './privacy/export-router.ts'
import { purchaseRoutes } from './purchases/router.ts'
import { redemptionRoutes } from './redemptions/router.ts'
import { reportRoutes } from './reports/router.ts'
import { createHashContact } from './rules/bonus-contact.ts'
import { dryRunRoutes } from './rules/dry-run-router.ts'
import { enrolmentBonusRoutes } from './rules/enrolment-bonus-router.ts'
import { merchantMultiplierRoutes } from './rules/merchant-multiplier-router.ts'
import { simulationRoutes } from './rules/simulation-router.ts'
import { ruleRoutes } from './rules/router.ts'
import { sessionRoutes } from './sessions/router.ts'
import { shopRoutes } from './shops/router.ts'
import { createKnownBrowsers } from './sessions/known-browsers.ts'
import { createPasswordLimits } from './sessions/sign-in.ts'
import type { Db } from './tables.ts'
import { tillKeyRoutes } from './tills/key-router.ts'
import { createPairingCodes } from './tills/pairing-code.ts'
import { tillRoutes } from './tills/router.ts'
import { ownTillRoutes } from './tills/self-router.ts'
import { tillStaffRoutes } from './tills/staff-router.ts'
import { moveRoutes } from './transactions/moves-router.ts'
import { reversalRoutes } from './transactions/reversals-router.ts'
import { transactionRoutes } from './transactions/router.ts'
import { deviceRoutes } from './wallets/device-router.ts'
import { walletRoutes } from './wallets/router.ts'
import { walletSessionRoutes } from './wallets/session-router.ts'
import { createSignInCodes } from './wallets/sign-in-code.ts'
import { createSignInLimits } from './wallets/sign-in-limits.ts'
import { createWalletDirectory } from './wallets/store.ts'
import { measureRowsChecks } from './verify/measure.ts'
import { rowsCheckRoutes } from './verify/router.ts'
import { webhookRoutes } from './webhooks/router.ts'
import { witnessRoutes } from './witnesses/router.ts'
import { webRoutes } from './web/router.ts'
import type { ServedApp } from './web/serve-apps.ts'
import { publicTargetsOnly, type TargetRules } from './webhooks/target.ts'

/** What the application takes from its configuration. */
export interface AppConfig {
  /** 32 bytes or more, the same in every process of the deployment. */
  readonly secret: Uint8Array
  /** Where the deployment is reached; the issuer of its tokens. */
  readonly publicUrl: string | undefined
  /** Express's `trust proxy`: how many proxies stand in front, or which. */
  readonly trustProxy: number | string
  /** Requests a second for each credential, in each process. */
  readonly requestsPerSecond?: number | undefined
  /** Where webhooks may go; public addresses by https unless told. */
  readonly webhooks?: TargetRules
}

/** What the whole application is made of. */
export interface AppParts {
  readonly ledger: Ledger
  readonly db: Db
  readonly config: AppConfig
  readonly log: Logger
  readonly sendMail: SendMail
  readonly now?: () => Date
  /** The web apps to serve beside the API; none unless told. */
  readonly webApps?: readonly ServedApp[]
  /** For exports; without it no anchors are proven. */
  readonly collectAnchorEvidence?: Anchors['collectEvidence']
  /** Aborts when the server is about to stop: answers without end then end. */
  readonly closing?: AbortSignal
}

/** The HTTP application; it listens nowhere yet. Long, since here alone every route is given what it needs. */
export function createApp(parts: AppParts): Express {
  const { ledger, db, config, log, sendMail, now = () => new Date() } = parts
  const carefulLog = withCarefulErrors(log)
  const keys = createSessionKeys(config.secret)
  const tokens = createSessionTokens(keys, config.publicUrl ?? 'tallystick', now)
  const requestLimit = createLimit(config.requestsPerSecond ?? requestsPerSecondDefault, 1)
  const staffTokens = createStaffTokens(config.secret)
  const refusedLimit = createLimit(100, 60)
  const access = createAccess({ db, tokens, staffTokens, now, requestLimit, refusedLimit })
  const refreshTokens = createRefreshTokens(config.secret)
  const inBackground = createInBackground(carefulLog)
  const secondFactors = { sealing: createSealing(config.secret), issuer: 'Tallystick' }
  const wallets = createWalletDirectory(db)
  const routes = createRoutes()

  const createSharedLimit = createSharedLimits(db, config.secret)
  const limits = createPasswordLimits(createSharedLimit)
  const knownBrowsers = createKnownBrowsers(config.secret)
  const proving = { db, now, limits, sendMail, inBackground, secondFactors, knownBrowsers }
  const signIn = { ...proving, tokens, refreshTokens }
  const { publicUrl } = config
  sessionRoutes(routes, { access, keys, ...signIn })
  passkeySignInRoutes(routes, { ...signIn, publicUrl })
  passkeyRoutes(routes, { access, ...proving, publicUrl })
  secondFactorRoutes(routes, { access, ...proving })
  secondFactorRemovalRoutes(routes, { access, db, sendMail, inBackground })
  networkRoutes(routes, { access, db })
  merchantRoutes(routes, { access, db })
  shopRoutes(routes, { access, db })
  const inviting = { access, db, now, sendMail, invitationLimits: createInvitationLimits(createSharedLimit) }
  staffRoutes(routes, inviting)
  networkPeopleRoutes(routes, inviting)
  passwordRoutes(routes, { ...proving, createSharedLimit })
  tillRoutes(routes, { access, db, now })
  const pairingCodes = createPairingCodes(config.secret)
  tillKeyRoutes(routes, { access, db, now, codes: pairingCodes, createSharedLimit })
  tillStaffRoutes(routes, { access, ...proving })
  ownTillRoutes(routes, { access, db })
  ruleRoutes(routes, { access, db, now })
  dryRunRoutes(routes, { access, db, wallets })
  enrolmentBonusRoutes(routes, { access, db })
  simulationRoutes(routes, { access, db })
  merchantMultiplierRoutes(routes, { access, db })
  const lookups = createLookups(createSharedLimit)
  const hashContact = createHashContact(config.secret)
  customerRoutes(routes, { access, db, ledger, lookups, hashContact })
  const codes = createSignInCodes(config.secret)
  const codeLimits = createSignInLimits(createSharedLimit)
  const byCode = { access, db, codes, sendMail, inBackground, limits: codeLimits }
  walletSessionRoutes(routes, { ...byCode, ledger, refreshTokens, hashContact, knownBrowsers })
  emailChangeRoutes(routes, { ...byCode, createSharedLimit })
  deviceRoutes(routes, { access, db })
  customerSearchRoutes(routes, { access, db })
  customerChangeRoutes(routes, { access, db, sendMail, lookups, createSharedLimit })
  cardRoutes(routes, { access, db, sendMail, lookups, createSharedLimit })
  consentRoutes(routes, { access, db })
  controllerRoutes(routes, { access, db })
  erasureRoutes(routes, { access, db, sendMail })
  exportRoutes(routes, { access, db, ledger })
  identificationRoutes(routes, { access, db, ledger, lookups })
  walletRoutes(routes, { access, db, wallets })
  purchaseRoutes(routes, { access, db, wallets, ledger })
  redemptionRoutes(routes, { access, db, wallets, ledger })
  holdRoutes(routes, { access, db, wallets, ledger })
  reversalRoutes(routes, { access, ledger })
  moveRoutes(routes, { access, db, wallets, ledger })
  adjustmentRoutes(routes, { access, db, wallets, ledger })
  goodwillRoutes(routes, { access, db, wallets, ledger })
  claimRoutes(routes, { access, db, ledger, codes: pairingCodes, createSharedLimit })
  giftRoutes(routes, { access, db, wallets, ledger, createSharedLimit })
  auditRoutes(routes, { access, db })
  reportRoutes(routes, { access, db })
  transactionRoutes(routes, { access, db, wallets, ledger })
  receiptRoutes(routes, { access, ledger })
  logRoutes(routes, { db, publicUrl })
  const collectEvidence = parts.collectAnchorEvidence ?? (async () => null)
  logExportRoutes(routes, { access, db, ledger, collectEvidence })
  rowsCheckRoutes(routes, { access, db })
  const rules = config.webhooks ?? publicTargetsOnly
  webhookRoutes(routes, { access, db, secret: config.secret, rules, now })
  witnessRoutes(routes, { access, db, rules })
  logWitnessRoutes(routes, { access, db })
  logStateRoutes(routes, { db })
  const liveLog = createLiveLog(db, (error) => carefulLog.error({ err: error }, 'reading the log failed'))
  const closing = parts.closing ?? new AbortController().signal
  eventRoutes(routes, { access, db, liveLog, closing })

  const metrics = createMetrics()
  measureLogs(metrics.registry, db)
  measureRowsChecks(metrics.registry, db)
  measureAnchors(metrics.registry, db)
  const app = express()
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('trust proxy', config.trustProxy)
  app.use(logRequests(carefulLog), metrics.measure, helmet())
  app.use(probes(db, metrics))
  app.use(webRoutes(parts.webApps ?? []), docs(describeRoutes(routes.declared)), tileRoutes(db))
  app.use(keepOutOfCaches, readBody(), routes.router, refuseOtherMethods(routes))
  app.use(refuseUnknownAddress, recordRefusals(db, carefulLog), answerErrors(carefulLog))
  return app
}
