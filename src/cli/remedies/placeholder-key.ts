/** What the modulus of the key says that istiod pushes where it cannot fetch an issuer's keys. */
const SPELLED = Buffer.from('Error-IstiodFailedToFetchJwksUri').toString('base64url').slice(0, 40);

/** A key set that istiod made up: nobody has a key for it. */
export const isPlaceholder = (jwks: string): boolean => jwks.includes(SPELLED);
