import { IconCheck, IconQuestionMark, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { toBase64 } from '../../../ledger/proofs/bytes.ts'
import { hashLeaf } from '../../../ledger/proofs/merkle.ts'
import type { CheckedReceipt } from '../../../ledger/proofs/receipt.ts'
import { en, type MessageKey } from './messages/en.ts'
import { judgeReceipt, type Entry, type Judgement } from './judge-receipt.ts'
import { walkPath } from './path.ts'
import type { Words } from './words.ts'

/** Checks a receipt here in the browser, and draws its proof. */
export function ReceiptCheck({ network, words }: { network: string; words: Words }) {
  const { say } = words
  const [receipt, setReceipt] = useState<string | null>(null)
  const [policy, setPolicy] = useState<string | null>(null)
  const judgement = useJudgement(network, { receipt, policy })
  return (
    <section aria-labelledby="check">
      <h2 id="check">{say('check_title')}</h2>
      <p>{say('check_how')}</p>
      <FileField label={say('choose')} onRead={setReceipt} />
      <FileField label={say('choose_policy')} onRead={setPolicy} />
      {policy === null && <p className="muted">{say('own_policy')}</p>}
      <div aria-live="polite">
        {judgement && judgement.is !== 'good' && <Verdict is={judgement.is} text={say(judgement.message)} />}
        {judgement?.is === 'good' && <Holds {...judgement} words={words} />}
      </div>
    </section>
  )
}

const verdicts = {
  good: { looks: 'good', Icon: IconCheck },
  false: { looks: 'bad', Icon: IconX },
  open: { looks: 'open', Icon: IconQuestionMark },
} as const

function Verdict({ is, text }: { is: Judgement['is']; text: string }) {
  const { looks, Icon } = verdicts[is]
  return (
    <p className={`verdict ${looks}`}>
      <Icon aria-hidden /> {text}
    </p>
  )
}

function FileField({ label, onRead }: { label: string; onRead: (text: string) => void }) {
  return (
    <label>
      {label}
      <input
        type="file"
        onChange={({ target }) => {
          const [file] = target.files ?? []
          if (file) void file.text().then(onRead)
        }}
      />
    </label>
  )
}

/** Judged by the policy given, else by the one that the server tells. */
function useJudgement(
  network: string,
  { receipt, policy }: { receipt: string | null; policy: string | null },
) {
  const [judgement, setJudgement] = useState<Judgement | null>(null)
  useEffect(() => {
    if (receipt === null) return
    let isOver = false
    const judge = async () => {
      const text = policy ?? (await (await fetch(`/log/${network}/policy`)).text())
      if (!isOver) setJudgement(judgeReceipt(receipt, text, policy !== null))
    }
    void judge()
    return () => {
      isOver = true
    }
  }, [network, receipt, policy])
  return judgement
}

function Holds({ checked, entry, words }: { checked: CheckedReceipt; entry: Entry; words: Words }) {
  const { say, format, ago } = words
  const { witnesses } = checked.vouchers
  const facts = [
    [say('kind'), sayKind(words, entry)],
    ...(entry.points === undefined ? [] : [[say('points'), format.points(Number(entry.points))]]),
    [say('posted'), `${format.fullDay(entry.posted_at)}, ${format.time(entry.posted_at)}`],
    ...witnesses.map(({ witness, at }, i) => [
      i === 0 ? say('vouched') : '',
      `${witness.name}, ${ago(at * 1000)}`,
    ]),
  ] as [string, string][]
  return (
    <>
      <Verdict is="good" text={say(witnesses.length > 0 ? 'good' : 'good_alone')} />
      <h3>{say('what')}</h3>
      <dl>
        {facts.map(([name, value]) => (
          <div key={value}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Path checked={checked} words={words} />
    </>
  )
}

/** A kind that a later server writes is shown as it is. */
function sayKind({ say }: Words, { kind }: Entry): string {
  const key = `kind_${kind}`
  return key in en ? say(key as MessageKey) : kind
}

/** The proof, from the entry up to the root. */
function Path({ checked: { entry, proof }, words: { say } }: { checked: CheckedReceipt; words: Words }) {
  const leaf = { index: proof.index, hash: hashLeaf(entry) }
  const steps = walkPath(leaf, proof.checkpoint.size, proof.path)
  return (
    <>
      <h3>{say('path_title')}</h3>
      <p>{say('path_how')}</p>
      <ol className="path">
        <li>
          <strong>{say('entry_at', { index: leaf.index })}</strong>
          <Fingerprint hash={leaf.hash} />
        </li>
        {steps.map(({ side, neighbour, hash }) => (
          <li key={toBase64(hash)} className={side}>
            <span>
              {say(side === 'left' ? 'from_left' : 'from_right')} <Fingerprint hash={neighbour} />
            </span>
            <Fingerprint hash={hash} />
          </li>
        ))}
        <li>
          <strong>{say('root', { entries: proof.checkpoint.size })}</strong>
          <Fingerprint hash={proof.checkpoint.root} />
        </li>
      </ol>
    </>
  )
}

function Fingerprint({ hash }: { hash: Uint8Array }) {
  const text = toBase64(hash)
  return (
    <code className="hash" title={text}>
      {text.slice(0, 12)}…
    </code>
  )
}
