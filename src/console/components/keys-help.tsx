/** The keys, on `?`; and the switch for who says letters to a machine that hears keys. */
import { signal } from '@preact/signals';
import { singleKeys } from '../preferences.js';
import { Dialog } from './dialog.js';

export const isHelpOpen = signal(false);

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['j  or  ↓', 'next alert'],
  ['k  or  ↑', 'alert before'],
  ['Enter  or  o', 'open the alert, or the alerts of a row'],
  ['a', 'acknowledge the alert'],
  ['t', 'take it: it is yours, and acknowledged'],
  ['d', 'close it: then 1 to 9, 0 or - choose how, Enter closes it'],
  ['w', 'write a note'],
  ['v', 'tell of a contact with the victim'],
  ['i', 'assign it'],
  ['h', 'hand it over'],
  ['g', 'give it back'],
  ['s', 'suspend it; e ends that'],
  ['c', 'at a victim’s zone propose to suspend it; another one agrees by y, or refuses by q'],
  ['r', 'ask for a review'],
  ['u', 'reopen it'],
  ['x', 'mark it; keys then act on all that are marked, Escape lets go of them'],
  ['p', 'make an evidence pack of it, or of all that are marked'],
  ['n', 'show new alerts that wait'],
  ['m', 'go to the wearer on the map'],
  ['b', 'back to the board'],
  ['?', 'these keys'],
];

export function KeysHelp() {
  if (!isHelpOpen.value) return null;
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <Dialog label="Keys" onClose={close}>
      <h2 class="govuk-heading-m">Keys</h2>
      <table class="tw-table tw-keys">
        <tbody>
          {KEYS.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <label class="tw-check">
          <input
            type="checkbox"
            checked={singleKeys.value}
            onChange={({ currentTarget }) => {
              singleKeys.value = currentTarget.checked;
            }}
          />
          Single keys act. Without, everything is done by Tab, arrows and Enter.
        </label>
      </p>
      <button type="button" class="tw-button" onClick={close}>
        Close
      </button>
    </Dialog>
  );
}
