/** `README.txt`: what is in a pack, and how to check it without Tagwatch. */

import type { Edition } from '../wire/pack.js';
import type { PackFile } from './container.js';

const FILES: Readonly<Record<string, string>> = {
  'report.pdf': 'the report: what was found, on what it rests, and what speaks against it',
  'statement.docx': 'a draft witness statement, not signed',
  'alert.json': 'each alert with every revision of the finding and everything that people did',
  'record.json': 'wearer, tag, order, conditions, zones, absences: the versions that stood',
  'audit.json': 'who looked at it, acted on it and took it away, as the audit had it when the pack was made',
  'zone.geojson': 'the zones as they stood, longitude first (RFC 7946)',
  'track.csv': 'every ping: device time, receipt, local time, position, distance to the boundary, why it did not count',
  'track.geojson': 'the track for maps',
  'track.gpx': 'the track for maps',
  'track.kml': 'the track for maps',
  'inputs.ndjson': 'what the engine judged, in its order: with it the finding can be repeated',
  'commitments.json':
    'what shows, beside a full pack, that what is withheld here is what it was: an HMAC-SHA-256 of each file',
  'commitments.salt': 'the salt of those in a wearer-safe pack about the same: openssl dgst, below',
  SHA256SUMS: 'the hashes of the files above, as sha256sum writes them',
};

export function writeReadme(
  files: readonly PackFile[],
  about: { readonly packId: string; readonly edition: Edition; readonly marking: string; readonly keyId: string },
): string {
  const listed = [...files.map(({ name }) => name), 'SHA256SUMS'].map(
    (name) => `  ${name.padEnd(16)} ${FILES[name] ?? ''}`,
  );
  return `${about.marking}

Evidence pack ${about.packId}, edition: ${about.edition}

${listed.join('\n')}
  manifest.json    what this pack is, who made it for whom and why, what is withheld, and the hash of every file
  manifest.sig     the Ed25519 signature of manifest.json, 64 bytes
  manifest.tsr     where there is one: what a time stamp authority answered about manifest.sig (RFC 3161)

HOW TO CHECK IT WITH sha256sum AND openssl (3.0 or later) ALONE

1. Ask the force for the public key of this key id, by a way of which you are sure, and compare the id:

     ${about.keyId}

   The id of a public key in public.pem is what this prints:

     openssl pkey -pubin -in public.pem -outform DER | sha256sum

2. The signature of the manifest ("Signature Verified Successfully"):

     openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in manifest.json -sigfile manifest.sig

3. The list of hashes is the one of the manifest: this prints a line where it is.

     grep -o "$(sha256sum SHA256SUMS | cut -d' ' -f1)" manifest.json

4. The files are those of the list: each line ends in OK.

     sha256sum -c SHA256SUMS

5. Where there is a manifest.tsr: the signature was there at the time that it tells. The certificate of the authority, authority.pem,
   is to be had from the authority ("Verification: OK").

     openssl ts -verify -in manifest.tsr -data manifest.sig -CAfile authority.pem
     openssl ts -reply -in manifest.tsr -text

6. Where there is a commitments.json, and somebody holds the full pack about the same: each line of this, there, is in commitments.json.

     for file in alert.json record.json zone.geojson track.csv inputs.ndjson; do
       openssl dgst -sha256 -mac HMAC -macopt hexkey:$(cat commitments.salt) $file
     done

HOW TO REPEAT THE FINDING

  tagwatch evidence verify PACK.zip --keys public.pem

checks all of the above and folds inputs.ndjson by the engine once more. So does the page tagwatch-verify.html, which needs no
login and no network: the force's Tagwatch serves it at /verify, and it may be saved and opened from a disk. Whoever has Node.js and
nothing else takes tagwatch-verify.mjs, which it serves at /verify.mjs:

  node tagwatch-verify.mjs PACK.zip --keys public.pem

Times are UTC unless they carry an offset.
`;
}
