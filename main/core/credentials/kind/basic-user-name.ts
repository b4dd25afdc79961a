/** RFC 7617, section 2: a user name has no colon, and `bot:acme/ci` has one. The token alone says who it is for. */
export function basicUserName(userId: string): string {
  return userId.slice(userId.lastIndexOf(':') + 1);
}
