/** From 0, silent, to 1. */
export type Volume = number

interface Note {
  readonly hertz: number
  readonly fromMs: number
  readonly forMs: number
}

const sounds = {
  // A fifth up: heard as yes also by who can't tell the pitch.
  yes: [
    { hertz: 660, fromMs: 0, forMs: 110 },
    { hertz: 990, fromMs: 120, forMs: 160 },
  ],
  no: [{ hertz: 196, fromMs: 0, forMs: 280 }],
} as const satisfies Record<string, readonly Note[]>

let context: AudioContext | undefined

/** Two rising notes for yes, one low one for no; never the only sign. */
export function play(sound: keyof typeof sounds, volume: Volume): void {
  if (volume <= 0) return
  context ??= new AudioContext()
  // A browser keeps it asleep until somebody touched the page.
  void context.resume()
  for (const note of sounds[sound]) playNote(context, note, volume)
}

function playNote(audio: AudioContext, { hertz, fromMs, forMs }: Note, volume: Volume): void {
  const start = audio.currentTime + fromMs / 1000
  const end = start + forMs / 1000
  const gain = audio.createGain()
  // Without a ramp it clicks.
  gain.gain.setValueAtTime(0, start)
  gain.gain.linearRampToValueAtTime(volume * 0.4, start + 0.01)
  gain.gain.setValueAtTime(volume * 0.4, end - 0.03)
  gain.gain.linearRampToValueAtTime(0, end)
  const tone = new OscillatorNode(audio, { frequency: hertz, type: 'triangle' })
  tone.connect(gain).connect(audio.destination)
  tone.start(start)
  tone.stop(end)
}
