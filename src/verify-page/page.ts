/** The page that verifies a pack by itself: the verifier and the engine of the program, in a browser without a network. */
import { PORTABLE_CRYPTO } from '../evidence/portable-crypto.js';
import { type Certificate, readCertificates } from '../evidence/time-stamp/certificate.js';
import { readTrustedKeys, type TrustedKey } from '../evidence/trusted-keys.js';
import { answersOf, type SaidAnswer, saidOfItself } from '../evidence/verdict-words.js';
import { verifyPack } from '../evidence/verify-pack.js';

/** Put in by the build: the hash of the engine that stands in the page. */
declare const ENGINE_VERSION: string;
/** A pack is at most 128 MB unpacked, so that none packed is larger. */
const MAX_PACK_BYTES = 128 * 1_048_576;
const MAX_KEYS_BYTES = 1_048_576;

let authorities: readonly Certificate[] = [];
let trusted: readonly TrustedKey[] = [];
/** Of the packs that were given: an earlier one that is read late is not shown. */
let turn = 0;
let pack: { readonly name: string; readonly bytes: Uint8Array } | null = null;

const find = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as Kind;
};

function make(tag: string, text: string, className = ''): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

function showAnswer({ question, text, isGood }: SaidAnswer): HTMLElement {
  const row = document.createElement('tr');
  const [result, className] = isGood === null ? ['–', ''] : isGood ? ['✓ Good', 'good'] : ['✗ Not good', 'bad'];
  const head = make('th', question);
  head.setAttribute('scope', 'row');
  row.append(head, make('td', result, `result ${className}`), make('td', text));
  return row;
}

function showVerdict(): void {
  if (pack === null) return;
  const verdict = verifyPack(pack.bytes, trusted, { crypto: PORTABLE_CRYPTO, engine: ENGINE_VERSION, authorities });
  const outcome = find('outcome');
  outcome.textContent = verdict.verified ? 'Verified' : 'Not verified';
  outcome.className = verdict.verified ? 'good' : '';
  find('said').replaceChildren(...saidOfItself(verdict).map((line) => make('li', line)));
  find('answers').replaceChildren(...answersOf(verdict).map(showAnswer));
  find('file').textContent = `${pack.name}, SHA-256 ${PORTABLE_CRYPTO.sha256Hex(pack.bytes)}`;
  find('verdict').hidden = false;
}

async function readFile(file: File, limitBytes: number): Promise<Uint8Array> {
  if (file.size > limitBytes) throw new Error(`${file.name} is larger than ${limitBytes / 1_048_576} MB`);
  return new Uint8Array(await file.arrayBuffer());
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function takeKeys(file: File): Promise<void> {
  const said = find('keys-said');
  try {
    trusted = readTrustedKeys(new TextDecoder().decode(await readFile(file, MAX_KEYS_BYTES)), PORTABLE_CRYPTO);
    said.textContent = `Key ${trusted.map(({ keyId }) => keyId).join(', ')}`;
  } catch (error) {
    trusted = [];
    said.textContent = `${file.name} cannot be used: ${reasonOf(error)}.`;
  }
  showVerdict();
}

async function takeAuthorities(file: File): Promise<void> {
  const said = find('authorities-said');
  try {
    authorities = readCertificates(new TextDecoder().decode(await readFile(file, MAX_KEYS_BYTES)));
    said.textContent = `Trusted: ${authorities.map(({ name }) => name).join(', ')}`;
  } catch (error) {
    authorities = [];
    said.textContent = `${file.name} cannot be used: ${reasonOf(error)}.`;
  }
  showVerdict();
}

async function takePack(file: File): Promise<void> {
  turn += 1;
  const mine = turn;
  pack = null;
  const outcome = find('outcome');
  find('verdict').hidden = false;
  outcome.textContent = 'Checking …';
  outcome.className = '';
  for (const id of ['said', 'answers', 'file']) find(id).replaceChildren();
  try {
    const bytes = await readFile(file, MAX_PACK_BYTES);
    // The engine takes a moment: first the browser draws that it does.
    await new Promise((resolve) => setTimeout(resolve, 50));
    if (mine !== turn) return;
    pack = { name: file.name, bytes };
    showVerdict();
  } catch (error) {
    if (mine !== turn) return;
    outcome.textContent = `Not verified: ${reasonOf(error)}`;
  }
  outcome.focus();
}

function listen(): void {
  const [keys, chosen, drop] = [find<HTMLInputElement>('keys'), find<HTMLInputElement>('pack'), find('drop')];
  const take = (files: FileList | null | undefined, into: (file: File) => Promise<void>) => {
    const file = files?.[0];
    if (file !== undefined) void into(file);
  };
  const authority = find<HTMLInputElement>('authorities');
  authority.addEventListener('change', () => take(authority.files, takeAuthorities));
  keys.addEventListener('change', () => take(keys.files, takeKeys));
  chosen.addEventListener('change', () => take(chosen.files, takePack));
  // What is dropped beside it must not take the page's place.
  for (const type of ['dragover', 'drop']) document.addEventListener(type, (event) => event.preventDefault());
  drop.addEventListener('dragover', () => drop.classList.add('over'));
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    drop.classList.remove('over');
    take(event.dataTransfer?.files, takePack);
  });
  find('engine').textContent = ENGINE_VERSION;
  // A page that was saved is the file already.
  find('save').hidden = location.protocol === 'file:';
}

listen();
