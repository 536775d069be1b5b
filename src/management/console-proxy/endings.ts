/** Codes with which the proxy closes a websocket (RFC 6455 leaves 4000 and up to applications), read by its page. */
export const CLOSED = {
  /** The guest has ended, or its host's line was cut. */
  guest: 4000,
  /** The same address was opened once more. */
  replaced: 4001,
  /** The session has ended, or the VM does not run there any more. */
  withdrawn: 4002,
  /** The host does not give the screen; the reason says why. */
  unavailable: 4003,
} as const;
