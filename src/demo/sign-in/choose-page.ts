/** The page on which a newcomer chooses who to be: one button a person, nothing to type, no script. */
import { createHash } from 'node:crypto';
import type { Person } from './people.js';

const STYLE = `
body { margin: 0; background: #f3f2f1; color: #0b0c0c; font: 17px/1.4 arial, sans-serif; }
header { background: #1d3557; color: #fff; padding: 14px 24px; font-weight: 700; font-size: 24px; }
main { max-width: 1080px; margin: 0 auto; padding: 8px 24px 24px; }
h1 { font-size: 32px; margin: 8px 0; }
ul { list-style: none; margin: 16px 0; padding: 0; display: grid; gap: 10px; }
button { width: 100%; text-align: left; font: inherit; color: inherit; background: #fff; border: 1px solid #b1b4b6;
  border-left: 6px solid #1d70b8; padding: 10px 18px; cursor: pointer; }
button:hover { background: #f8fbff; }
button:focus-visible { outline: 3px solid #fd0; outline-offset: 0; box-shadow: inset 0 0 0 2px #0b0c0c; }
strong { display: block; font-size: 20px; }
small { color: #505a5f; font-size: 16px; }
`;

/** Nothing from elsewhere. The form goes on to the program that asked. */
export const choosePolicy = (programUrl: string): string =>
  [
    "default-src 'none'",
    // The empty icon, so that no browser asks for one.
    'img-src data:',
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    `form-action 'self' ${programUrl}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const row = ({ personId, name, role, does }: Person): string =>
  `<li><button name="person" value="${personId}"><strong>${name} <small>${role}</small></strong>${does}</button></li>`;

/** `people` are our own words: none holds markup. */
export const drawChoosePage = (people: readonly Person[]): string => `<!doctype html>
<html lang="en-GB">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tagwatch: who would you like to be?</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><header>Tagwatch</header><main>
<h1>Who would you like to be?</h1>
<p>Nobody here exists. One click signs you in; after signing out you can be somebody else.</p>
<form method="post"><ul>
${people.map(row).join('\n')}
</ul></form></main></body></html>
`;
