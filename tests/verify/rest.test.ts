import { expect, test } from 'vitest'
import { createRest } from '../../api/verify/rest.ts'

const minute = 60_000

/** A clock that only work and rests move on. */
function startClock() {
  let time = 0
  const rests: number[] = []
  const renewals: number[] = []
  const rest = createRest(async () => void renewals.push(time), {
    now: () => time,
    pause: async (ms) => {
      rests.push(ms)
      time += ms
    },
  })
  const work = async (ms: number) => {
    time += ms
    await rest()
  }
  return { work, rests, renewals }
}

test('a check rests nine times as long as it worked, and no longer than five minutes', async () => {
  const { work, rests } = startClock()
  for (const ms of [20, 60, 4 * minute]) await work(ms)
  expect(rests).toEqual([180, 540, 5 * minute])
})

test('a check says that it goes on, also around a piece of work that takes long', async () => {
  const { work, renewals } = startClock()
  for (let i = 0; i < 6; i++) await work(1 * minute)
  // Six minutes each: after the second the first ten are over.
  expect(renewals).toEqual([12 * minute, 24 * minute, 36 * minute])
  await work(50 * minute)
  expect(renewals.slice(3)).toEqual([86 * minute])
})

test('a rest ends as soon as it is told to', async () => {
  const ending = new AbortController()
  const rest = createRest(async () => {}, { signal: ending.signal, now: ticking() })
  const resting = rest()
  ending.abort()
  await expect(resting).rejects.toThrow('aborted')
})

/** An hour passes each time it is asked. */
function ticking() {
  let time = 0
  return () => (time += 60 * minute)
}
