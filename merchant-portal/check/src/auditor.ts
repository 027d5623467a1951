import { useCallback, useEffect, useMemo, useState } from 'react'
import { createTallystick, type components } from '../../../clients/typescript/index.js'
import { createSession, type SignedIn } from '../../../clients/web/session.ts'

/** Who looks at the page: what the daily check found is for operators and auditors alone. */
export type Standing =
  | { readonly is: 'asking' | 'signed_out' | 'forbidden' | 'unanswered' }
  | { readonly is: 'in'; readonly check: components['schemas']['RowsCheck'] }

/** The API, as whoever is signed in here calls it. */
export type Client = ReturnType<typeof createTallystick>

export interface Auditor {
  readonly standing: Standing
  readonly client: Client
  begin(signedIn: SignedIn): void
  /** Asks once more who is here. */
  again(): void
  signOut(): Promise<void>
}

/**
 * Whoever is signed in as staff of the network in this browser. Asked when `since` is not null, and again when it changes:
 * the time of the check whose findings are wanted.
 */
export function useAuditor(network: string, since: string | null): Auditor {
  const [standing, setStanding] = useState<Standing>({ is: 'asking' })
  const [round, setRound] = useState(0)
  const session = useMemo(() => createSession({ as: 'staff', network }), [network])
  const client = useMemo(
    () => createTallystick({ url: location.origin, token: () => session.token() }),
    [session],
  )
  useEffect(() => {
    if (since === null) return
    let isOver = false
    const ask = async () => {
      const answer = await askStanding(client, () => session.token())
      if (isOver) return
      if (answer.is === 'signed_out') session.forget()
      setStanding(answer)
    }
    void ask()
    return () => {
      isOver = true
    }
  }, [client, session, since, round])
  const again = useCallback(() => setRound((before) => before + 1), [])
  return {
    standing,
    client,
    again,
    begin(signedIn) {
      session.begin(signedIn)
      again()
    },
    async signOut() {
      await client.DELETE('/v1/sessions').catch(() => undefined)
      session.forget()
      again()
    },
  }
}

async function askStanding(client: Client, token: () => Promise<string | undefined>): Promise<Standing> {
  try {
    if ((await token()) === undefined) return { is: 'signed_out' }
    const { data, response } = await client.GET('/v1/rows-check')
    if (data) return { is: 'in', check: data }
    if (response.status === 401) return { is: 'signed_out' }
    return { is: response.status === 403 ? 'forbidden' : 'unanswered' }
  } catch {
    return { is: 'unanswered' }
  }
}
