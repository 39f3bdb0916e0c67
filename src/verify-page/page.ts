/** The page that verifies a pack by itself: the verifier and the engine of the program, in a browser without a network. */
import { PORTABLE_CRYPTO } from '../evidence/portable-crypto.js';
import { readCertificates } from '../evidence/time-stamp/certificate.js';
import { readTrustedKeys, type TrustedKey } from '../evidence/trusted-keys.js';
import type { SaidAnswer } from '../evidence/verdict-words.js';
import { answerInThread, checkBeside, isThread } from './check-beside.js';

/** Put in by the build: the hash of the engine that stands in the page. */
declare const ENGINE_VERSION: string;
/** A pack is at most 128 MB unpacked, so that none packed is larger. */
const MAX_PACK_BYTES = 128 * 1_048_576;
const MAX_KEYS_BYTES = 1_048_576;

let trusted: readonly TrustedKey[] = [];
/** PEM. */
let authorities = '';
let pack: File | null = null;
/** What is being checked. */
let running: AbortController | null = null;

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

/** Of what was given last; what was being checked before is not shown. Tells whether this one was. */
async function checkPack(): Promise<boolean> {
  running?.abort();
  if (pack === null) return false;
  running = new AbortController();
  const { signal } = running;
  const { name } = pack;
  const outcome = find('outcome');
  find('verdict').hidden = false;
  outcome.textContent = 'Checking …';
  outcome.className = '';
  for (const id of ['part', 'said', 'answers', 'file']) find(id).replaceChildren();
  const tell = (words: string) => {
    if (!signal.aborted) find('part').textContent = `${words} …`;
  };
  try {
    const question = { pack, trusted, authorities, engine: ENGINE_VERSION };
    const { isVerified, said, answers, sha256 } = await checkBeside(question, tell, signal);
    if (signal.aborted) return false;
    outcome.textContent = isVerified ? 'Verified' : 'Not verified';
    outcome.className = isVerified ? 'good' : '';
    find('said').replaceChildren(...said.map((line) => make('li', line)));
    find('answers').replaceChildren(...answers.map(showAnswer));
    find('file').textContent = `${name}, SHA-256 ${sha256}`;
  } catch (error) {
    if (signal.aborted) return false;
    outcome.textContent = `Not verified: ${reasonOf(error)}`;
  }
  find('part').textContent = '';
  return true;
}

function refuseLarge(file: File, limitBytes: number): void {
  if (file.size > limitBytes) throw new Error(`${file.name} is larger than ${limitBytes / 1_048_576} MB`);
}

async function readText(file: File): Promise<string> {
  refuseLarge(file, MAX_KEYS_BYTES);
  return new TextDecoder().decode(await file.arrayBuffer());
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function takeKeys(file: File): Promise<void> {
  const said = find('keys-said');
  try {
    trusted = readTrustedKeys(await readText(file), PORTABLE_CRYPTO);
    said.textContent = `Key ${trusted.map(({ keyId }) => keyId).join(', ')}`;
  } catch (error) {
    trusted = [];
    said.textContent = `${file.name} cannot be used: ${reasonOf(error)}.`;
  }
  await checkPack();
}

async function takeAuthorities(file: File): Promise<void> {
  const said = find('authorities-said');
  try {
    authorities = await readText(file);
    const names = readCertificates(authorities).map(({ name }) => name);
    said.textContent = `Trusted: ${names.join(', ')}`;
  } catch (error) {
    authorities = '';
    said.textContent = `${file.name} cannot be used: ${reasonOf(error)}.`;
  }
  await checkPack();
}

async function takePack(file: File): Promise<void> {
  pack = file;
  try {
    refuseLarge(file, MAX_PACK_BYTES);
  } catch (error) {
    pack = null;
    running?.abort();
    for (const id of ['part', 'said', 'answers', 'file']) find(id).replaceChildren();
    find('verdict').hidden = false;
    find('outcome').textContent = `Not verified: ${reasonOf(error)}`;
    find('outcome').className = '';
  }
  if (await checkPack()) find('outcome').focus();
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

if (isThread) answerInThread();
else listen();
