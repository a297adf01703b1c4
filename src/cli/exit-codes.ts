/** The exit codes of the command-line contract (design). */
export const EXIT = {
  /** Done, or yes. */
  ok: 0,
  /** The answer is no. */
  no: 1,
  usage: 2,
  /** Refused or failed. */
  failed: 3,
} as const
