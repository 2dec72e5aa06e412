/**
 * A number for a verified token, made of its signature's last characters: they are as good as random, and nobody can choose them.
 * The very last may carry few bits. Two tokens may have one number.
 * @returns a small integer, never 0
 */
export function signatureMark(token: string): number {
  const end = token.length - 2;
  let mark = 0x811c9dc5;
  for (let at = end; at > end - 8; at--) mark = Math.imul(mark ^ token.charCodeAt(at), 0x01000193);
  return (mark ^ (mark >>> 15)) | 1;
}
