/** Why something that came from elsewhere isn't taken as proof. A closed set: callers word each in their own language. */
export type ProofFault =
  | 'base64_malformed'
  | 'key_malformed'
  | 'note_malformed'
  | 'signature_missing'
  | 'signature_wrong'
  | 'checkpoint_malformed'
  | 'proof_malformed'
  | 'inclusion_wrong'
  | 'policy_malformed'
  | 'log_unknown'
  | 'quorum_missing'
  | 'tile_malformed'

/** Malformed or false input to the code of this folder; `message` says what is wrong, in English. */
export class ProofError extends Error {
  override readonly name = 'ProofError'
  readonly code: ProofFault

  constructor(code: ProofFault, message: string) {
    super(message)
    this.code = code
  }
}
