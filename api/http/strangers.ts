import { createTurns } from '../turns.ts'

/**
 * What anyone may have the database do, before they have proven who they are: to count their tries, to look up whom they
 * name, to note that they were refused, to read the log and what is told of the shops. In a flood all these have two of a
 * process's connections together; the tills have the others. (A hundred who came at once kept sales waiting for 150 ms.)
 * Not among them is who sends a made-up key of a till, since only the database knows it from a good one, and tills wait
 * for no stranger; a session or its refresh cookie proves itself before the database is asked.
 */
const turns = createTurns(2)

/**
 * Does it in the strangers' turn, as they came. `task` is work for the database alone: whoever waited in it for a mail
 * server or a password's hash would keep all others out. A right password or code ends being a stranger, so what comes
 * after needs no turn.
 */
export async function inStrangersTurn<Answer>(task: () => Promise<Answer>): Promise<Answer> {
  // Without a limit to how many wait, nobody is sent away.
  const done = await turns.take(async () => ({ answer: await task() }))
  return done!.answer
}
