/** API keys and session tokens, which begin with what they are, and API tokens. */
const secrets = /(nsk|khs)_[A-Za-z0-9_-]{43}|([0-9a-f]{8})_[0-9a-f]{64}/g;

/** A text that is kept or logged, without secrets that somebody put where none belong: into an address, or as a user name. */
export function hideSecrets(text: string): string {
  return text.replaceAll(secrets, '$1$2_…');
}
