/** `manifest.json`: what a pack is, who made it for whom and why, and the hash of every other file. It alone is signed. */
export const MANIFEST = 'manifest.json';
export const SIGNATURE = 'manifest.sig';
/** What an authority answered about the signature (RFC 3161); not every pack has one. */
export const TIME_STAMP = 'manifest.tsr';
export const SCHEMA = 'tagwatch-pack/1';
