import { z } from 'zod'
import { sayWhatIsWrong } from './http/field-words.ts'
import { entered } from './http/fields.ts'
import { nearestName } from './nearest-name.ts'

/** Requests a second of each credential: twice what a till is promised. */
export const requestsPerSecondDefault = 200

/** Where data are, below where the server was started. */
export const dataFolderDefault = '.data'

/** An anchor counts when the chain says that its block stays. */
export const anchorConfirmationsDefault = 'finalized'

/** What the environment may say. An empty value counts as none. */
const environment = z
  .object({
    PORT: wholeNumber(0, 65_535).default(3000),
    HOST: z.string().default('127.0.0.1'),
    DATABASE_URL: postgresUrl().optional(),
    DATABASE_ADMIN_URL: postgresUrl().optional(),
    TALLY_DATA: z.string().default(dataFolderDefault),
    TALLY_SECRET: z
      .string()
      .regex(/^[\w-]{43,}$/, 'must be at least 32 random bytes as base64url: 43 or more of A-Z a-z 0-9 _ -')
      .transform((text) => Buffer.from(text, 'base64url'))
      .optional(),
    TALLY_OPERATOR_EMAIL: z.email('must be an e-mail address').optional(),
    TALLY_OPERATOR_PASSWORD: entered(12, 1024).optional(),
    TALLY_DEMO: z.enum(['on', 'off'], 'must be on or off').optional(),
    SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be smtp://… or smtps://…' }).optional(),
    TALLY_PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'must be http://… or https://…' })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    LOG_LEVEL: z
      .enum(
        ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
        'must be fatal, error, warn, info, debug, trace or silent',
      )
      .default('info'),
    TALLY_TRUST_PROXY: trustedProxies().default(0),
    TALLY_WORKER: z.enum(['on', 'off'], 'must be on or off').default('on'),
    TALLY_WEBHOOK_HTTP: z.enum(['on', 'off'], 'must be on or off').default('off'),
    TALLY_WEBHOOK_NETWORKS: networks().default([]),
    TALLY_REQUESTS_PER_SECOND: wholeNumber(100, 100_000).default(requestsPerSecondDefault),
    TALLY_POOL_SIZE: wholeNumber(1, 1000).default(20),
    ANCHOR_RPC_URL: z.url({ protocol: /^https?$/, error: 'must be http://… or https://…' }).optional(),
    ANCHOR_KEY: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/i, 'must be a private key: 0x and 64 hexadecimal digits')
      .optional(),
    ANCHOR_CONFIRMATIONS: z
      .union([z.literal('finalized'), wholeNumber(1, 10_000)], 'must be finalized, or a number of blocks')
      .default(anchorConfirmationsDefault),
    ANCHOR_EVERY_MINUTES: wholeNumber(1, 10_080).default(60),
    ANCHOR_EVERY_ENTRIES: wholeNumber(1, 1_000_000_000).default(10_000),
  })
  .superRefine((env, context) => {
    const fault = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message })
    if (env.DATABASE_URL && !env.TALLY_SECRET) {
      fault(
        'TALLY_SECRET',
        'is required with DATABASE_URL; make one with: openssl rand -base64 32 | tr +/ -_ | tr -d =',
      )
    }
    if (env.DATABASE_ADMIN_URL && !env.DATABASE_URL)
      fault('DATABASE_URL', 'is required with DATABASE_ADMIN_URL')
    if (env.TALLY_OPERATOR_EMAIL && !env.TALLY_OPERATOR_PASSWORD) {
      fault('TALLY_OPERATOR_PASSWORD', 'is required with TALLY_OPERATOR_EMAIL')
    }
    if (env.TALLY_OPERATOR_PASSWORD && !env.TALLY_OPERATOR_EMAIL) {
      fault('TALLY_OPERATOR_EMAIL', 'is required with TALLY_OPERATOR_PASSWORD')
    }
  })

/** How this process was told to run. */
export interface Config {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined
  /** The login that makes roles, schemas and tables. */
  readonly databaseAdminUrl: string | undefined
  /** Where the embedded database, the secret and unsent e-mail are kept. */
  readonly dataFolder: string
  /** At least 32 bytes. Undefined: kept in the data folder (`openSecret`). */
  readonly secret: Buffer | undefined
  /** Who becomes the deployment's operator at the first start. */
  readonly operator: { readonly email: string; readonly password: string } | undefined
  /** Whether to make the demonstration network; on by default with the embedded database only. */
  readonly demo: boolean
  /** Undefined: e-mail goes to files in the data folder. */
  readonly smtpUrl: string | undefined
  /** Where browsers and tills find this server, without a slash at the end. Undefined: where it listens. */
  readonly publicUrl: string | undefined
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** For Express's `trust proxy`: how many proxies stand in front, or their addresses, comma-separated. */
  readonly trustProxy: number | string
  /** Whether this process does the background work too; if not, `npm run worker` must. */
  readonly worker: boolean
  /** Where webhooks may go besides public addresses by https. */
  readonly webhooks: { readonly allowHttp: boolean; readonly allowedNetworks: readonly string[] }
  /** Most requests a second of each credential, in each process. */
  readonly requestsPerSecond: number
  /** Most database connections of this process. */
  readonly poolSize: number
  /** Undefined: nothing is anchored on a chain. */
  readonly anchor:
    | {
        readonly rpcUrl: string
        /** Of the account that pays. Undefined: the server looks at the chain, and sends nothing. */
        readonly key: string | undefined
        readonly confirmations: number | 'finalized'
        readonly everyMinutes: number
        readonly everyEntries: number
      }
    | undefined
  /** As `anchor.key`, also without a chain: for `npm run deploy -- --rpc URL`. */
  readonly anchorKey: string | undefined
}

/** Reads and checks the whole configuration. Throws one error that lists every fault. */
export function readConfig(variables: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const result = environment.safeParse(given, { error: sayWhatIsWrong })
  const faults = [
    ...(result.error?.issues ?? []).map(({ path, message }) => `  ${path.join('.')}: ${message}`),
    ...findMisspelt(Object.keys(given)),
  ]
  if (!result.success || faults.length > 0) {
    throw new Error(
      `The configuration has faults. Correct these environment variables:\n${faults.join('\n')}`,
    )
  }
  const env = result.data
  const { TALLY_OPERATOR_EMAIL: email, TALLY_OPERATOR_PASSWORD: password } = env
  return Object.freeze({
    port: env.PORT,
    host: env.HOST,
    databaseUrl: env.DATABASE_URL,
    databaseAdminUrl: env.DATABASE_ADMIN_URL ?? env.DATABASE_URL,
    dataFolder: env.TALLY_DATA,
    secret: env.TALLY_SECRET,
    operator: email && password ? Object.freeze({ email, password }) : undefined,
    demo: env.TALLY_DEMO ? env.TALLY_DEMO === 'on' : !env.DATABASE_URL,
    smtpUrl: env.SMTP_URL,
    publicUrl: env.TALLY_PUBLIC_URL,
    logLevel: env.LOG_LEVEL,
    trustProxy: env.TALLY_TRUST_PROXY,
    worker: env.TALLY_WORKER === 'on',
    webhooks: Object.freeze({
      allowHttp: env.TALLY_WEBHOOK_HTTP === 'on',
      allowedNetworks: Object.freeze(env.TALLY_WEBHOOK_NETWORKS),
    }),
    requestsPerSecond: env.TALLY_REQUESTS_PER_SECOND,
    poolSize: env.TALLY_POOL_SIZE,
    anchor: env.ANCHOR_RPC_URL
      ? Object.freeze({
          rpcUrl: env.ANCHOR_RPC_URL,
          key: env.ANCHOR_KEY,
          confirmations: env.ANCHOR_CONFIRMATIONS,
          everyMinutes: env.ANCHOR_EVERY_MINUTES,
          everyEntries: env.ANCHOR_EVERY_ENTRIES,
        })
      : undefined,
    anchorKey: env.ANCHOR_KEY,
  })
}

/** What looks like ours and isn't: a setting that nobody reads would be missed by whoever made it. */
function findMisspelt(names: readonly string[]): string[] {
  const known = Object.keys(environment.shape)
  const unknown = names.filter((name) => /^TALLY_(?!TEST_|BENCH_)/i.test(name) && !known.includes(name))
  return unknown.map((name) => {
    const nearest = nearestName(name.toUpperCase(), known)
    return `  ${name}: is no setting; ${nearest ? `did you mean ${nearest}?` : 'docs/production.md names them all'}`
  })
}

/** The environment of a process to be started: this one's, with some variables set. */
export function withEnvironment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...variables }
}

function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`
  return z.coerce.number(error).int(error).min(least, error).max(most, error)
}

function postgresUrl() {
  return z.url({ protocol: /^postgres(ql)?$/, error: 'must be postgres://user:password@host:port/database' })
}

/** Networks in CIDR notation, comma-separated. */
function networks() {
  const network = z.union([z.cidrv4(), z.cidrv6()])
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine((parts) => parts.every((part) => network.safeParse(part).success), {
      error: 'must be networks in CIDR notation, comma-separated, e.g. 10.1.0.0/16',
    })
}

/** Trusting everyone would let callers choose their own address, so `true` is not among the answers. */
function trustedProxies() {
  const message = 'must be how many proxies stand in front (0 to 9), or their addresses, comma-separated'
  const address = z.union([
    z.ipv4(),
    z.ipv6(),
    z.cidrv4(),
    z.cidrv6(),
    z.enum(['loopback', 'linklocal', 'uniquelocal']),
  ])
  const isAddressList = (text: string) =>
    text.split(',').every((part) => address.safeParse(part.trim()).success)
  return z
    .string()
    .refine((text) => /^\d$/.test(text) || isAddressList(text), message)
    .transform((text) => (/^\d$/.test(text) ? Number(text) : text))
}
