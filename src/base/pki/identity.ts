/** What a certificate is made for, and what comes of it. */

/** PEM of a certificate and of its private key (PKCS #8). */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

export interface Names {
  /** A display name; what peers check are the alternative names or the whole certificate. */
  readonly commonName: string
  readonly dns?: readonly string[]
  /** IPv4 addresses. */
  readonly ips?: readonly string[]
}
