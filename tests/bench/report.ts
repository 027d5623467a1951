/** What was measured: by name, medians over the rounds. */
export type Figures = Partial<Record<FigureName, number>>

export const figureNames = [
  'poster',
  'posterWide',
  'singles',
  'tpcb',
  'purchases',
  'purchasesP50',
  'purchasesP95',
  'purchasesP99',
  'ceiling',
  'redeem1',
  'redeem5',
  'redeem50',
  'purchasesLarge',
  'largeP50',
  'largeP95',
  'largeP99',
  'bytes',
  'tills',
  'tillsIdle',
  'tillsSlow',
  'tillsEndless',
  'tillsUnread',
  'tillsSignIns',
  'tillsHooksDown',
  'tillsHooksSlow',
  'tillsHooksFailing',
  'posterUnsigned',
  'posterSigned',
  'signLag',
  'proofP50',
  'proofP99',
  'verifyMs',
  'verifyBytes',
  'verifyQuarterMs',
  'cameraRead',
  'walletFirst',
  'walletRenewed',
] as const
export type FigureName = (typeof figureNames)[number]

interface Row {
  readonly number: string
  readonly what: string
  readonly figure: FigureName
  readonly unit: '/s' | 'ms' | 'bytes'
}

const rows: readonly Row[] = [
  { number: '1', what: 'poster, 64 callers, one hot merchant', figure: 'poster', unit: '/s' },
  { number: '2', what: 'poster, 64 callers, 1,000 merchants', figure: 'posterWide', unit: '/s' },
  {
    number: '3',
    what: 'one command a transaction, 64 connections, one hot merchant',
    figure: 'singles',
    unit: '/s',
  },
  { number: '4', what: 'TPC-B-like function, scale 1, 64 connections', figure: 'tpcb', unit: '/s' },
  { number: '5', what: 'POST /v1/purchases, 64 keep-alive connections', figure: 'purchases', unit: '/s' },
  { number: '', what: '  p50', figure: 'purchasesP50', unit: 'ms' },
  { number: '', what: '  p95', figure: 'purchasesP95', unit: 'ms' },
  { number: '', what: '  p99', figure: 'purchasesP99', unit: 'ms' },
  { number: '6', what: 'the same application without posting', figure: 'ceiling', unit: '/s' },
  { number: '7', what: 'a redemption over 1 lot', figure: 'redeem1', unit: 'ms' },
  { number: '', what: '  over 5 lots', figure: 'redeem5', unit: 'ms' },
  { number: '', what: '  over 50 lots', figure: 'redeem50', unit: 'ms' },
  { number: '8', what: 'as 5, in a large log', figure: 'purchasesLarge', unit: '/s' },
  { number: '', what: '  p50', figure: 'largeP50', unit: 'ms' },
  { number: '', what: '  p95', figure: 'largeP95', unit: 'ms' },
  { number: '', what: '  p99', figure: 'largeP99', unit: 'ms' },
  { number: '9', what: 'on disk a transaction, indexes included', figure: 'bytes', unit: 'bytes' },
  { number: '10', what: 'tills at 100 sales a second, p99', figure: 'tills', unit: 'ms' },
  { number: '', what: '  beside 1,000 idle connections', figure: 'tillsIdle', unit: 'ms' },
  { number: '', what: '  beside 500 slow clients', figure: 'tillsSlow', unit: 'ms' },
  { number: '', what: '  beside 20 bodies without an end', figure: 'tillsEndless', unit: 'ms' },
  { number: '', what: '  beside 50 who read no answer', figure: 'tillsUnread', unit: 'ms' },
  { number: '', what: '  beside 100 who guess passwords', figure: 'tillsSignIns', unit: 'ms' },
  { number: '', what: '  beside 6 webhook receivers that are down', figure: 'tillsHooksDown', unit: 'ms' },
  { number: '', what: '  that answer after 3 seconds', figure: 'tillsHooksSlow', unit: 'ms' },
  { number: '', what: '  that answer 500 every second time', figure: 'tillsHooksFailing', unit: 'ms' },
  { number: '11', what: 'as 1, the log unsigned', figure: 'posterUnsigned', unit: '/s' },
  { number: '', what: '  signed beside it', figure: 'posterSigned', unit: '/s' },
  { number: '', what: '  oldest entry without a checkpoint, at worst', figure: 'signLag', unit: 'ms' },
  { number: '12', what: 'an inclusion proof in a large tree, p50', figure: 'proofP50', unit: 'ms' },
  { number: '', what: '  p99', figure: 'proofP99', unit: 'ms' },
  { number: '13', what: 'npm run verify, a million entries, processor time', figure: 'verifyMs', unit: 'ms' },
  { number: '', what: '  memory at most', figure: 'verifyBytes', unit: 'bytes' },
  { number: '', what: '  a fourth of them, processor time', figure: 'verifyQuarterMs', unit: 'ms' },
  {
    number: '14',
    what: 'till: camera frame to decoded, CPU 4 times slower',
    figure: 'cameraRead',
    unit: 'ms',
  },
  { number: '15', what: 'wallet: first screen, CPU 4 times slower', figure: 'walletFirst', unit: 'ms' },
  { number: '', what: '  a renewed QR', figure: 'walletRenewed', unit: 'ms' },
]

interface Demand {
  readonly figure: FigureName
  /** Null: the figure itself. */
  readonly over: FigureName | null
  readonly bound: 'at least' | 'at most'
  readonly value: number
}

const demands: readonly Demand[] = [
  { figure: 'poster', over: 'singles', bound: 'at least', value: 10 },
  { figure: 'poster', over: 'tpcb', bound: 'at least', value: 4 },
  { figure: 'poster', over: 'posterWide', bound: 'at least', value: 0.8 },
  { figure: 'purchases', over: 'ceiling', bound: 'at least', value: 0.5 },
  { figure: 'purchasesP99', over: null, bound: 'at most', value: 50 },
  { figure: 'redeem50', over: 'redeem1', bound: 'at most', value: 5 },
  { figure: 'purchasesLarge', over: 'purchases', bound: 'at least', value: 0.8 },
  { figure: 'bytes', over: null, bound: 'at most', value: 900 },
  { figure: 'tillsIdle', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsSlow', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsEndless', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsUnread', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsSignIns', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsHooksDown', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsHooksSlow', over: null, bound: 'at most', value: 100 },
  { figure: 'tillsHooksFailing', over: null, bound: 'at most', value: 100 },
  { figure: 'posterSigned', over: 'posterUnsigned', bound: 'at least', value: 0.9 },
  { figure: 'signLag', over: null, bound: 'at most', value: 2000 },
  { figure: 'proofP50', over: null, bound: 'at most', value: 5 },
  { figure: 'verifyMs', over: null, bound: 'at most', value: 25_000 },
  { figure: 'verifyMs', over: 'verifyQuarterMs', bound: 'at most', value: 5 },
  { figure: 'verifyBytes', over: null, bound: 'at most', value: 300_000_000 },
  { figure: 'cameraRead', over: null, bound: 'at most', value: 100 },
  { figure: 'walletFirst', over: null, bound: 'at most', value: 1000 },
  { figure: 'walletRenewed', over: null, bound: 'at most', value: 50 },
]

/** A demand of the issue, and what was reached. */
export interface Verdict extends Demand {
  readonly reached: number
  readonly holds: boolean
}

/** Every demand whose figures were measured. */
export function judge(figures: Figures): Verdict[] {
  return demands.flatMap((demand) => {
    const figure = figures[demand.figure]
    const over = demand.over === null ? 1 : figures[demand.over]
    if (figure === undefined || over === undefined) return []
    const reached = figure / over
    const holds = demand.bound === 'at least' ? reached >= demand.value : reached <= demand.value
    return [{ ...demand, reached, holds }]
  })
}

/** The table, one line a figure, with a line for each further demand on it. */
export function drawTable(figures: Figures, verdicts: readonly Verdict[]): string {
  const lines = [['', 'measurement', 'figure', 'demanded', 'reached', '']]
  for (const { number, what, figure, unit } of rows) {
    const value = figures[figure]
    if (value === undefined) continue
    const own = verdicts.filter((verdict) => verdict.figure === figure)
    const [first, ...more] = own.map(toCells)
    lines.push([number, what, `${format(value)} ${unit}`, ...(first ?? [])])
    for (const cells of more) lines.push(['', '', '', ...cells])
  }
  const widths = [0, 1, 2, 3, 4, 5].map((i) => Math.max(...lines.map((line) => (line[i] ?? '').length)))
  const rightAligned = new Set([2, 4])
  return lines
    .map((line) =>
      widths
        .map((width, i) =>
          rightAligned.has(i) ? (line[i] ?? '').padStart(width) : (line[i] ?? '').padEnd(width),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function toCells({ over, bound, value, reached, holds }: Verdict): string[] {
  const number = rows.find(({ figure }) => figure === over)?.number
  const times = over === null ? '' : ` × (${number})`
  return [`${bound === 'at least' ? '≥' : '≤'} ${value}${times}`, format(reached), holds ? 'holds' : 'misses']
}

function format(value: number): string {
  return value.toLocaleString('en', {
    maximumSignificantDigits: value >= 100 ? Math.max(3, String(Math.round(value)).length) : 3,
  })
}
